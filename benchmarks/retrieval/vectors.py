"""Vectors kept on disk by encoder and text: encoding the cards of all packages takes minutes, once."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from docrunch.embedding.encoders import EncoderSettings, open_encoder
from docrunch.embedding.model import Encoder
from docrunch.ids import Sha256, text_sha

Rows = npt.NDArray[np.float32]
_BATCH = 1_024
_ASKED_AT_ONCE = 500  # SQLite limits the variables of a statement


class VectorCache:
    """The product's own encoder behind a table. Close it when done, or use it as a context manager."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._encoder: Encoder = open_encoder(EncoderSettings(cache_dir=base / "onnx"))
        base.mkdir(parents=True, exist_ok=True)
        self._table = sqlite3.connect(base / f"vectors-{self._encoder.spec.id}.sqlite")
        self._table.execute("CREATE TABLE IF NOT EXISTS vectors (sha TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._table.close()
        self._encoder.close()

    @property
    def encoder(self) -> Encoder:
        return self._encoder

    def of(self, texts: Sequence[str]) -> Rows:
        """(n, dimensions) float32 unit rows in the order of ``texts``."""
        shas = [text_sha(text) for text in texts]
        wanted = dict(zip(shas, texts, strict=True))
        known = self._known(list(wanted))
        missing = sorted((sha for sha in wanted if sha not in known), key=lambda sha: (len(wanted[sha]), sha))
        for start in range(0, len(missing), _BATCH):
            known.update(self._encode(missing[start : start + _BATCH], wanted))
        found = np.zeros((len(texts), self._encoder.spec.dimensions), np.float32)
        for row, sha in enumerate(shas):
            found[row] = known[sha]
        return found

    def _known(self, shas: Sequence[Sha256]) -> dict[Sha256, Rows]:
        found: dict[Sha256, Rows] = {}
        for start in range(0, len(shas), _ASKED_AT_ONCE):
            part = shas[start : start + _ASKED_AT_ONCE]
            marks = ",".join("?" * len(part))
            for sha, blob in self._table.execute(f"SELECT sha, vector FROM vectors WHERE sha IN ({marks})", part):
                found[sha] = np.frombuffer(blob, np.float32)
        return found

    def _encode(self, shas: Sequence[Sha256], texts: Mapping[Sha256, str]) -> dict[Sha256, Rows]:
        rows = self._encoder.encode([texts[sha] for sha in shas])
        with self._table:
            pairs = [(sha, row.tobytes()) for sha, row in zip(shas, rows, strict=True)]
            self._table.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", pairs)
        return dict(zip(shas, rows, strict=True))
