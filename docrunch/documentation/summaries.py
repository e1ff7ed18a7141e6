"""One line about a module or a symbol: the first sentence of its documentation, else facts about it."""

import re
from collections.abc import Callable

from docrunch.documentation.escape import code, prose, unmarked
from docrunch.documentation.reader import Reader
from docrunch.documentation.world import FUNCTIONS, TYPES
from docrunch.graph.model import Node, NodeKind

MAX_SENTENCE = 220
NAMED = 3  # names listed before "and n more"
MAX_DOC = 20_000  # characters of documentation in which a first sentence is looked for
_NOT_A_DESCRIPTION = re.compile(
    r"^\W*(?:copyright\b|\(c\)|©|spdx-|licen[cs]ed? |all rights reserved|permission is hereby|use of this source|"
    r"eslint|jshint|global |@?ts-|@(?:license|flow|format|jest-environment|internal$)|go:build|\+build|vim:|-\*-|"
    r"terms and conditions|apache license|version 2\.0, |https?://|prettier|code generated|this file is part of|"
    r"the mit license|mit license|redistribution|"
    r"// *eslint|istanbul|c8 ignore|!/|usr/bin)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!\bvs\.)(?<!etc\.)\s+(?=[A-Z`\"'(\[*:\d])")
_UNDERLINE = re.compile(r"^[=\-~^#*\"'`+.]{3,}$")
_FIELD = re.compile(r"^(?::\w+[^:`]*:(?!`)|@\w+\b|\.\. \w+|>>> )")


def first_sentence(doc: str) -> str:
    """The first sentence of documentation that describes something, without markup; empty without one."""
    if not doc:
        return ""
    for paragraph in re.split(r"\n\s*\n", doc[:MAX_DOC].strip()):
        lines = [line.strip() for line in paragraph.strip().splitlines()]
        lines = [line for line in lines if line and not _UNDERLINE.match(line)]
        kept: list[str] = []
        for line in lines:
            if _FIELD.match(line):
                break
            kept.append(line.lstrip("#").strip() if not kept else line)
        text = unmarked(" ".join(kept))
        if not text or _NOT_A_DESCRIPTION.match(text):
            continue
        sentence = _SENTENCE_END.split(text, maxsplit=1)[0]
        if len(sentence) > MAX_SENTENCE:
            sentence = sentence[: MAX_SENTENCE - 1].rsplit(" ", 1)[0].rstrip(",;:") + " …"
        return sentence
    return ""


About = Callable[[Node], str]
"""`describe` of a module, from wherever it was kept."""


def describe(reader: Reader, node: Node) -> str:
    """Markdown of one line: the first sentence of the documentation, else what the node contains or is."""
    sentence = first_sentence(module_doc(reader, node) if node.kind is NodeKind.MODULE else node.doc)
    if sentence:
        return prose(sentence)
    if node.kind is NodeKind.MODULE:
        return module_facts(reader, node)
    return ""


def module_doc(reader: Reader, node: Node) -> str:
    """Documentation of a module: its own, or what the graph says about it."""
    facts = reader.facts(node)
    return (facts.doc if facts else "") or node.doc


def module_facts(reader: Reader, module: Node) -> str:
    """What a module without documentation holds: its main names, with what the first of them says about itself."""
    top = reader.file(module.path).top
    reexported = reader.reexports(module)
    if len(reexported) > len(top):
        return f"Re-exports {_listed(reader.most_important(reexported, NAMED), len(reexported))}."
    public = [n for n in top if n.exported] or top
    types = [n for n in public if n.kind in TYPES]
    functions = [n for n in public if n.kind in FUNCTIONS]
    named = reader.most_important(types or functions, NAMED)
    if named:
        sentence = first_sentence(named[0].doc)
        total = len(types) + len(functions)
        if sentence and total == 1:
            return f"Defines {code(named[0].name)}: {prose(sentence, starts_line=False)}"
        said = f" {code(named[0].name)}: {prose(sentence, starts_line=False)}" if sentence else ""
        return f"Defines {_listed(named, total)}.{said}"
    if top:
        return f"Defines {_listed(public[:NAMED], len(public))}."
    targets = reader.dependencies(module.path, out=True)
    if targets:
        return f"Defines nothing itself; takes from {plural(len(targets), 'module')}."
    return "Defines nothing."


def _listed(named: list[Node], total: int) -> str:
    names = list(dict.fromkeys(code(n.name) for n in named))
    rest = total - len(named)
    return ", ".join(names) + (f" and {rest} more" if rest > 0 else "")


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters, and a sign where some are missing."""
    return text if len(text) <= limit else text[: limit - 2].rstrip() + " …"


def plural(number: int, noun: str, many: str = "") -> str:
    return f"{number:,} {noun if number == 1 else many or noun + 's'}"
