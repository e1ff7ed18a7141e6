"""Runs in the oracle's own environment: prints what jedi says of every call expression as JSON.

Usage: python_calls.py TREE IMPORT_ROOT FILE…
Rows: {path, start_line, line, name, verdict, targets: [[path, line, type]], also: the same}.
"""

import ast
import concurrent.futures
import functools
import json
import os
import sys
from pathlib import Path

import jedi

CALLABLE = frozenset({"function", "class", "property"})
PROCESSES = 2


def main(tree: str, import_root: str, files: list[str]) -> None:
    with concurrent.futures.ProcessPoolExecutor(PROCESSES) as pool:
        pages = pool.map(_file, [(tree, import_root, file) for file in files])
        print(json.dumps([row for page in pages for row in page]))


def _file(asked: tuple[str, str, str]) -> list[dict[str, object]]:
    tree, import_root, path = asked
    text = Path(tree, path).read_text("utf-8")
    project = jedi.Project(tree, added_sys_path=[import_root], smart_sys_path=False, load_unsafe_extensions=False)
    script = jedi.Script(text, path=Path(tree, path), project=project)
    lines = text.split("\n")
    rows = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        place = _name(node.func, lines)
        if place is None:
            rows.append(_row(path, node.lineno, node.func.end_lineno, "", "unknown", [], []))
            continue
        name, line, column = place
        rows.append(_row(path, node.lineno, line, name, *_judge(script, tree, line, column)))
    return rows


def _row(path, start, line, name, verdict, targets, also):
    place = {"path": path, "start_line": start, "line": line}
    return {**place, "name": name, "verdict": verdict, "targets": targets, "also": also}


def _name(func: ast.expr, lines: list[str]) -> tuple[str, int, int] | None:
    """The callee's last name, its line and its column in characters (ast counts bytes)."""
    if isinstance(func, ast.Name):
        name, line, end = func.id, func.end_lineno, func.end_col_offset
    elif isinstance(func, ast.Attribute):
        name, line, end = func.attr, func.end_lineno, func.end_col_offset
    else:
        return None
    before = lines[line - 1].encode()[:end].decode()
    return name, line, len(before) - len(name)


def _judge(script: jedi.Script, tree: str, line: int, column: int):
    """The verdict, the definitions, and the variables or attributes that hold them."""
    held = []
    try:
        found = script.goto(line, column, follow_imports=True)
        if not found or any(one.type not in CALLABLE | {"module"} and not _defines(one, tree) for one in found):
            held = _inside([one for one in found if one.type == "statement"], tree)
            found = script.infer(line, column) if found else []
            if not all(one.type in CALLABLE and not _hides(one) for one in found):
                found = []
    except Exception:  # jedi has bugs of its own; the site is then one it says nothing about
        return "unknown", [], held
    inside = _inside(found, tree)
    if not found:
        return "unknown", [], held
    return ("inside" if inside else "outside"), inside, held


def _hides(one) -> bool:
    """The wrapper of a decorator or descriptor, behind which jedi does not see the function."""
    return one.module_name == "functools" or one.name == "__get__"


def _defines(one, tree: str) -> bool:
    """A function behind a decorator is an instance of something to jedi; its name is still that of a definition."""
    if one.module_path is None or not _within(str(one.module_path), tree) or not one.line:
        return False
    return (one.line, one.name) in _definitions(str(one.module_path))  # a parameter stands on the same line


@functools.lru_cache(maxsize=256)
def _definitions(path: str) -> frozenset[tuple[int, str]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return frozenset((n.lineno, n.name) for n in ast.walk(ast.parse(Path(path).read_bytes())) if isinstance(n, kinds))


def _inside(found, tree: str):
    return [
        [os.path.relpath(one.module_path, tree), one.line, one.type]
        for one in found
        if one.module_path is not None and _within(str(one.module_path), tree) and one.line
    ]


def _within(path: str, tree: str) -> bool:
    return os.path.realpath(path).startswith(os.path.realpath(tree) + os.sep)


if __name__ == "__main__":
    sys.setrecursionlimit(3_000)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
