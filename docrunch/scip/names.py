"""Names and kinds of symbols as SCIP writes them."""

import re

from docrunch.graph.model import Node, NodeKind

_SIMPLE = re.compile(r"[A-Za-z0-9_+$-]+")
_TYPES = frozenset(
    {NodeKind.CLASS, NodeKind.INTERFACE, NodeKind.TRAIT, NodeKind.STRUCT, NodeKind.ENUM, NodeKind.TYPE, NodeKind.TABLE,
     NodeKind.VIEW, NodeKind.BLOCK}
)  # fmt: skip
_FUNCTIONS = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.CONSTRUCTOR})
_SPACES = frozenset({NodeKind.MODULE, NodeKind.NAMESPACE, NodeKind.PACKAGE})

KINDS = {  # SymbolInformation.Kind of the public schema
    NodeKind.CLASS: 7, NodeKind.CONSTANT: 8, NodeKind.CONSTRUCTOR: 9, NodeKind.ENUM: 11, NodeKind.COLUMN: 15,
    NodeKind.FUNCTION: 17, NodeKind.INTERFACE: 21, NodeKind.KEY: 22, NodeKind.MACRO: 25, NodeKind.METHOD: 26,
    NodeKind.MODULE: 29, NodeKind.NAMESPACE: 30, NodeKind.PROPERTY: 41, NodeKind.STRUCT: 49, NodeKind.TRAIT: 53,
    NodeKind.TYPE: 54, NodeKind.VARIABLE: 61,
}  # fmt: skip

LANGUAGES = {  # Document.language of the public schema; others as docrunch calls them
    "bash": "ShellScript", "c": "C", "cpp": "CPP", "c-sharp": "CSharp", "dockerfile": "Dockerfile", "elixir": "Elixir",
    "go": "Go", "java": "Java", "javascript": "JavaScript", "json": "JSON", "kotlin": "Kotlin", "lua": "Lua",
    "make": "Makefile", "markdown": "Markdown", "php": "PHP", "python": "Python", "ruby": "Ruby", "rust": "Rust",
    "scala": "Scala", "sql": "SQL", "swift": "Swift", "toml": "TOML", "tsx": "TypeScriptReact",
    "typescript": "TypeScript", "yaml": "YAML",
}  # fmt: skip


def root(repository: str) -> str:
    """What the symbols of a repository start with: scheme, and a package without manager and version."""
    return f"docrunch . {repository.replace(' ', '  ') or '.'} . "


def file_symbol(repository: str, path: str) -> str:
    return root(repository) + _name(path) + "/"


def outside_symbol(qualified_name: str) -> str:
    return f"docrunch . . . {_name(qualified_name)}."


def descriptor(node: Node, number: int) -> str:
    """One step of a symbol's name. ``number`` tells apart what would have the same name, 0 for the first."""
    name = node.name or "_"
    if node.kind in _FUNCTIONS:
        return f"{_name(name)}({f'+{number}' if number else ''})."
    numbered = _name(f"{name}+{number}" if number else name)
    if node.kind in _TYPES:
        return numbered + "#"
    if node.kind in _SPACES:
        return numbered + "/"
    return numbered + ("!" if node.kind is NodeKind.MACRO else ".")


def _name(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else "`" + text.replace("`", "``") + "`"
