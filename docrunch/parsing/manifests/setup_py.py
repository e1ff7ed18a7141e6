"""The literal arguments of ``setup(…)`` in setup.py; nothing is executed."""

import ast
import re

from docrunch.parsing.manifests.shape import Manifest, compact, pairs, text, texts

_SETUP = re.compile(r"^\s*(?:setuptools\.|core\.)?setup\s*\(", re.MULTILINE)
_IMPORT = re.compile(r"\b(?:setuptools|distutils)\b")
_MAX_CHARACTERS = 200_000  # a setup.py is small; anything else that calls setup() is no manifest


def read(source: str) -> Manifest:
    if len(source) > _MAX_CHARACTERS or "setup" not in source:
        return {}
    if _IMPORT.search(source) is None or _SETUP.search(source) is None:
        return {}
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}  # the grammar has reported what is wrong with the text
    for statement in module.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and _is_setup(call.func):
            return _manifest({keyword.arg: keyword.value for keyword in call.keywords if keyword.arg})
    return {}


def _is_setup(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return bool(name == "setup")


def _manifest(arguments: dict[str, ast.expr]) -> Manifest:
    packages = arguments.get("packages")
    where: list[str] = []
    if isinstance(packages, ast.Call):  # find_packages("src") or find_packages(where="src")
        where = [text(_literal(item)) for item in packages.args[:1]]
        where += [text(_literal(keyword.value)) for keyword in packages.keywords if keyword.arg == "where"]
    return compact(
        kind="setup.py",
        name=text(_literal(arguments.get("name"))),
        version=text(_literal(arguments.get("version"))),
        description=text(_literal(arguments.get("description"))),
        packages=texts(_literal(packages)),
        package_dir=pairs(_literal(arguments.get("package_dir"))),
        where=[item for item in where if item],
        dependencies=texts(_literal(arguments.get("install_requires"))),
    )


def _literal(node: ast.expr | None) -> object:
    if node is None:
        return None
    try:
        value: object = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value
