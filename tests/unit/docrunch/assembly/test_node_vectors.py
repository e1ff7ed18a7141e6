import numpy as np

from docrunch.assembly.node_vectors import symbol_and_file_vectors
from docrunch.embedding.quantise import SCALE
from docrunch.graph.model import NodeKind
from tests.unit.docrunch.assembly.worlds import node, unit

MODULE = node("a.py", "a", NodeKind.MODULE)
FUNCTION = node("a.py", "f", symbol=0)
SILENT = node("a.py", "g", symbol=1)
README = node("README.md", "README", NodeKind.MODULE)


def test_a_symbol_has_the_mean_of_its_texts_and_a_file_that_of_all_its_texts() -> None:
    units = [unit("a.py", 0), unit("a.py", 0, part=1), unit("a.py", -1), unit("README.md", -1), unit("gone.py", 0)]
    vectors = np.eye(5, 8, dtype=np.float32)
    symbols, files = symbol_and_file_vectors([MODULE, FUNCTION, SILENT, README], units, vectors)
    assert symbols.ids == (FUNCTION.id,)
    assert symbols.rows[0].tolist() == [round(SCALE / 2**0.5)] * 2 + [0] * 6
    assert files.ids == tuple(sorted((MODULE.id, README.id)))
    by_id = dict(zip(files.ids, files.rows.tolist(), strict=True))
    assert by_id[MODULE.id] == [round(SCALE / 3**0.5)] * 3 + [0] * 5
    assert by_id[README.id] == [0, 0, 0, SCALE, 0, 0, 0, 0]
