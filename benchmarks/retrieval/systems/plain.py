"""Plain BM25 over whole files and over chunks of 60 lines: what anybody has at hand.

A file or chunk stands for the symbols that have a line in it. To be fair to it, they are not taken in the order of the
file: those come first whose own lines hold most different words of the query, shorter ones before longer ones.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from benchmarks.retrieval.enclosing import Enclosing
from benchmarks.retrieval.model import Group
from benchmarks.retrieval.systems.bm25 import Bm25, Tokenise
from benchmarks.retrieval.worlds import World
from docrunch.embedding.words import words as split_words
from docrunch.graph.model import Node

CHUNK_LINES = 60
_TOKEN = re.compile(r"\w+")


def whole_words(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def with_parts(text: str) -> list[str]:
    """Whole words and the parts of identifiers."""
    found: list[str] = []
    for token in _TOKEN.findall(text):
        found.append(token.lower())
        parts = split_words(token)
        if len(parts) > 1:
            found += parts
    return found


class Piece(NamedTuple):
    path: str
    line: int
    end_line: int
    text: str


@dataclass(frozen=True)
class PlainSystem:
    name: str
    lines: int  # of a chunk; 0: whole files
    tokenise: Tokenise = whole_words

    def open(self, world: World) -> "PlainRanker":
        return PlainRanker(world, pieces(world, self.lines), self.tokenise)


def pieces(world: World, lines: int) -> list[Piece]:
    """Files, or what they are cut into, in path order; the path is part of each text."""
    found = []
    for path in sorted(world.texts):
        rows = world.texts[path].decode("utf-8", "replace").split("\n")
        size = lines or len(rows)
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            found.append(Piece(path, start + 1, start + len(part), "\n".join([path, *part])))
    return found


class PlainRanker:
    def __init__(self, world: World, found: list[Piece], tokenise: Tokenise) -> None:
        self._world = world
        self._pieces = found
        self._tokenise = tokenise
        self._bm25 = Bm25([piece.text for piece in found], tokenise)
        self._around = Enclosing(world)
        self._words: dict[str, frozenset[str]] = {}

    @cached_property
    def _lines(self) -> dict[str, list[str]]:
        return {path: text.decode("utf-8", "replace").split("\n") for path, text in self._world.texts.items()}

    def rank(self, query: str, group: Group, limit: int) -> list[str]:
        scores = self._bm25.scores(query)
        asked = frozenset(self._tokenise(query))
        found: dict[str, None] = {}
        for number in np.argsort(-scores, kind="stable"):
            if scores[number] <= 0 or len(found) >= limit:
                break
            piece = self._pieces[number]
            if group == "file":
                if piece.path in self._world.answer_paths:
                    found.setdefault(piece.path)
            else:
                nodes = self._around.overlapping(piece.path, piece.line, piece.end_line)
                for node in sorted(nodes, key=lambda node: self._order(node, asked)):
                    found.setdefault(node.id)
        return list(found)[:limit]

    def _order(self, node: Node, asked: frozenset[str]) -> tuple[int, int, int]:
        held = self._words.get(node.id)
        if held is None:
            text = "\n".join(self._lines[node.path][node.start_line - 1 : node.end_line])
            held = self._words[node.id] = frozenset(self._tokenise(text))
        return -len(asked & held), node.end_line - node.start_line, node.start_line
