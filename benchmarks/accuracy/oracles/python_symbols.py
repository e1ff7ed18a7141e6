"""Python definitions by the standard library's ``ast``."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.accuracy.facts import SymbolFact

KINDS = ("class", "interface", "enum", "function", "method", "constructor", "accessor")
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})
_ACCESSORS = frozenset({"property", "cached_property", "abstractproperty", "getter", "setter", "deleter"})


class Definition(NamedTuple):
    fact: SymbolFact
    start_line: int  # of the first decorator
    qualified: str  # dotted names inside the file


def definitions(path: str, text: str) -> list[Definition]:
    """Classes and functions of one file, in source order.

    Raises:
        SyntaxError: the running Python cannot read it.
    """
    return list(_walk(path, ast.parse(text), "", None))


def _walk(path: str, node: ast.AST, prefix: str, owner: ast.ClassDef | None) -> Iterator[Definition]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            qualified = f"{prefix}{child.name}"
            fact = SymbolFact(path, child.lineno, child.end_lineno or child.lineno, _kind(child, owner), child.name)
            start = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
            yield Definition(fact, start, qualified)
            inner = child if isinstance(child, ast.ClassDef) else None
            yield from _walk(path, child, f"{qualified}.", inner)
        else:
            yield from _walk(path, child, prefix, owner)


def _kind(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None) -> str:
    if isinstance(node, ast.ClassDef):
        bases = {_last_name(base) for base in node.bases}
        return "enum" if bases & _ENUMS else "interface" if "Protocol" in bases else "class"
    if owner is None:
        return "function"
    if any(_last_name(decorator) in _ACCESSORS for decorator in node.decorator_list):
        return "accessor"
    return "constructor" if node.name == "__init__" else "method"


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def of_tree(tree: Path) -> tuple[dict[str, list[Definition]], list[str]]:
    """By path; and the paths that could not be read."""
    found: dict[str, list[Definition]] = {}
    broken = []
    for file in sorted(tree.rglob("*.py")):
        path = file.relative_to(tree).as_posix()
        try:
            found[path] = definitions(path, file.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            broken.append(path)
    return found, broken
