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
_STRING = (
    r"""(?:[fFrRbBuU]{0,2}"(?P<double>(?:[^"\\\n]|\\.){1,400})"|[fFrRbBuU]{0,2}'(?P<single>(?:[^'\\\n]|\\.){1,400})'"""
)
_TAIL = r"""|`(?P<tick>(?:[^`\\]|\\.){1,400})`)"""
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
_PLUS = r"\s*\+\s*(?:(?P<value>[\w.()\[\]]{1,60})\s*\+\s*)?" + _STRING + _NOT_TAIL
_JOINED = {"python": r"(?P<value>)\s*" + _STRING + _NOT_TAIL, "rust": r"(?P<value>(?!))"}
_MOST_PARTS = 6
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
            message = as_seen(_whole(said, text, material.language))
            if node is not None and len(words(message)) >= _FEWEST_WORDS:
                kind = said["type"].rsplit(".", 1)[-1]
                found[f"{kind}: {message}" if material.language in _TYPED else message].add(node.id)
    for message, targets in found.items():
        if len(targets) <= _MOST_TARGETS:
            ids = tuple(sorted(targets))
            yield Query(material.name, material.language, KIND, "symbol", message, ids, View.CODE)


def _whole(said: re.Match[str], text: str, language: str) -> str:
    """The literal with those that are joined to it; what is joined and no literal is a placeholder."""
    parts = [_literal(said)]
    end, more = said.end(), re.compile(_JOINED.get(language, _PLUS))
    while len(parts) < _MOST_PARTS and (next_ := more.match(text, end)):
        parts.append(("%s" if next_["value"] else "") + _literal(next_))
        end = next_.end()
    return "".join(parts)


def _literal(found: re.Match[str]) -> str:
    return found["double"] or found["single"] or found["tick"] or ""


def as_seen(literal: str) -> str:
    """A literal as it is printed: escapes read, a value for each placeholder, chosen by its text."""
    text = literal.replace("\\n", " ").replace("\\t", " ").replace("{{", "{").replace("}}", "}")
    text = re.sub(r"\\(.)", r"\1", text)
    return " ".join(
        _HOLE.sub(lambda hole: _VALUES[int(sha256_hex(hole[0].encode())[:6], 16) % len(_VALUES)], text).split()
    )
