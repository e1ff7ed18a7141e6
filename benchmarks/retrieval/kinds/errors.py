"""What a user sees when something fails → the function that says it. Placeholders hold values, as they do then."""

import re
from collections import defaultdict
from collections.abc import Iterator

from benchmarks.retrieval.enclosing import Enclosing
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import words
from docrunch.canonical import sha256_hex

KIND = "error message"
_FEWEST_WORDS = 3
_MOST_TARGETS = 3
_STRING = r"""(?:[fFrRbBuU]{0,2}"(?P<double>(?:[^"\\\n]|\\.){6,400})"|[fFrRbBuU]{0,2}'(?P<single>(?:[^'\\\n]|\\.){6,400})'"""
_TAIL = r"""|`(?P<tick>(?:[^`\\]|\\.){6,400})`)"""
_NOT_TAIL = r"|(?P<tick>(?!)))"
_SAID = {
    "python": r"\braise\s+(?P<type>[\w.]+)\(\s*" + _STRING + _NOT_TAIL,
    "typescript": r"\bthrow\s+new\s+(?P<type>[\w.]+)\(\s*" + _STRING + _TAIL,
    "javascript": r"\b(?:throw\s+)?new\s+(?P<type>\w*Error)\(\s*" + _STRING + _TAIL,
    "go": r"\b(?P<type>errors\.New|fmt\.Errorf|panic|log\.Fatalf?)\(\s*(?:fmt\.Sprintf\()?" + _STRING + _TAIL,
    "rust": r"(?P<type>\bpanic!|\bunreachable!|\.expect|\bassert!|write_str|::custom|\bErr)\(\s*" + _STRING + _NOT_TAIL,
    "java": r"\bnew\s+(?P<type>\w+(?:Exception|Error))\(\s*" + _STRING + _NOT_TAIL,
}
_TYPED = frozenset({"python", "typescript", "javascript", "java"})  # whose users see the type in front
_HOLE = re.compile(r"\$?\{[^{}]*\}|%[-+#]?[\d.]*(?:\([a-z_]+\))?[sdqvrfxT]")
_VALUES = ("'example'", "42", "'index.html'", "None", "'user'", "'a-b'", "0", "'2024-01-01'")


def queries(material: Material) -> Iterator[Query]:
    world = material.code
    pattern = re.compile(_SAID[material.language])
    around = Enclosing(world)
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted(world.answer_paths & world.texts.keys()):
        text = world.texts[path].decode("utf-8", "replace")
        for said in pattern.finditer(text):
            node = around.at(path, text.count("\n", 0, said.start()) + 1)
            message = as_seen(said["double"] or said["single"] or said["tick"] or "")
            if node is not None and len(words(message)) >= _FEWEST_WORDS:
                kind = said["type"].rsplit(".", 1)[-1]
                found[f"{kind}: {message}" if material.language in _TYPED else message].add(node.id)
    for message, targets in found.items():
        if len(targets) <= _MOST_TARGETS:
            ids = tuple(sorted(targets))
            yield Query(material.name, material.language, KIND, "symbol", message, ids, View.CODE)


def as_seen(literal: str) -> str:
    """A literal as it is printed: escapes read, a value for each placeholder, chosen by its text."""
    text = literal.replace("\\n", " ").replace("\\t", " ").replace("{{", "{").replace("}}", "}")
    text = re.sub(r"\\(.)", r"\1", text)
    return " ".join(_HOLE.sub(lambda hole: _VALUES[int(sha256_hex(hole[0].encode())[:6], 16) % len(_VALUES)], text).split())
