"""PHPDoc: the ``/** … */`` above a declaration (https://docs.phpdoc.org/guide/references/phpdoc/)."""

import re

import msgspec

from docrunch.parsing.draft import Draft
from docrunch.parsing.languages.php.names import VAGUE_TYPES
from docrunch.parsing.model import Param
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

_STAR = re.compile(r"^[ \t]*\*+ ?", re.MULTILINE)
_TAG = re.compile(r"^@(?:phpstan-|psalm-)?([\w-]+)[ \t]*(.*)$")
_VARIABLE = re.compile(r"^[&.]*(\$\w+)[ \t]*(.*)$")
_OPENING, _CLOSING = "<({[", ">)}]"
_TYPE_CHARACTERS = 300
_GAP_BYTES = 2_000  # of white space between a comment and what it documents


class Described(msgspec.Struct):
    """What a doc comment says; types as written."""

    params: dict[str, tuple[str, str]] = {}  # "$name" → (type, text)
    returns: tuple[str, str] = ("", "")
    type: str = ""  # @var


def note(walk: Walk, comment: Node) -> None:
    """The last doc comment passed, for the declaration that may follow."""
    places = (comment.start_byte, comment.end_byte, comment.start_point[0] + 1, comment.end_point[0] + 1)
    walk.extra["doc"] = [str(each) for each in places]


def doc_before(walk: Walk, start: int) -> tuple[str, int, int]:
    """(text, first line, last line) of the doc comment that nothing but white space parts from byte ``start``."""
    noted = walk.extra.get("doc")
    if noted is None:
        return "", 0, 0
    first, last, line, last_line = (int(each) for each in noted)
    if last > start or start - last > _GAP_BYTES or walk.text[last:start].strip():
        return "", 0, 0
    return text_of(walk.slice(first, last)), line, last_line


def text_of(raw: str) -> str:
    return _STAR.sub("", raw[3:].removesuffix("*/")).strip()


def document(walk: Walk, draft: Draft) -> Described:
    """Fill the documentation of a draft; its types are taken from there where the code states none."""
    doc, first, last = doc_before(walk, draft.start_byte)
    if not doc:
        return _NOTHING
    draft.doc, draft.doc_line, draft.doc_end_line = doc, first, last
    if "@" not in doc:
        return _NOTHING
    described = describe(doc)
    type_, draft.returns_doc = described.returns
    if draft.returns in VAGUE_TYPES and type_:
        draft.returns = type_
    if described.params:
        draft.params = tuple(_described(param, described) for param in draft.params)
    return described


def _described(param: Param, described: Described) -> Param:
    type_, text = described.params.get(param.name.lstrip("&."), ("", ""))
    return msgspec.structs.replace(param, doc=text, type=type_ if param.type in VAGUE_TYPES and type_ else param.type)


def describe(doc: str) -> Described:
    found = Described({})
    tag, lines = "", [""]
    for line in doc.split("\n"):
        started = _TAG.match(line.strip())
        if started is None:
            lines.append(line.strip())
            continue
        _take(found, tag, lines)
        tag, lines = started[1], [started[2]]
    _take(found, tag, lines)
    return found


def _take(found: Described, tag: str, lines: list[str]) -> None:
    if tag not in ("param", "return", "var"):
        return
    type_, rest = split_type(" ".join(line for line in lines if line))
    if tag == "return":
        found.returns = (type_, rest) if not found.returns[0] else found.returns
    elif tag == "var":
        found.type = found.type or type_
    elif (named := _VARIABLE.match(rest if rest.startswith(("$", "&", ".")) else f"{type_} {rest}")) is not None:
        found.params.setdefault(named[1], ("" if type_.startswith(("$", "&", ".")) else type_, named[2]))


def split_type(text: str) -> tuple[str, str]:
    """(type, what follows): a type ends at white space outside brackets."""
    depth = 0
    for at, character in enumerate(text[:_TYPE_CHARACTERS]):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth -= 1
        elif character.isspace() and depth <= 0:
            return text[:at], text[at:].strip()
    return (text, "") if len(text) < _TYPE_CHARACTERS else ("", text)


_NOTHING = Described({})
