"""A view to the file that `stored` maps."""

from typing import BinaryIO

import msgspec
import numpy as np
import safetensors.numpy

from docrunch.graph.queries.stored import BLOB, ENDS, VERSION
from docrunch.graph.queries.view import GraphView


def write_view(view: GraphView, out: BinaryIO) -> None:
    arrays = {name: np.ascontiguousarray(array) for name, array in view.arrays.items()}
    for name, texts in view.texts.items():
        arrays[name + BLOB], arrays[name + ENDS] = texts.blob, texts.ends
    about = msgspec.json.encode([VERSION, view.repository, view.commit]).decode()  # one key: several have no order
    out.write(safetensors.numpy.save(dict(sorted(arrays.items())), {"about": about}))
