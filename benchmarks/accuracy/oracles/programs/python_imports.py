"""Runs in the oracle's own environment: prints what grimp says of the packages as JSON.

Usage: python_imports.py TREE IMPORT_ROOT PACKAGE…
"""

import ast
import json
import sys
from pathlib import Path

import grimp


def main(tree: Path, import_root: Path, packages: list[str]) -> None:
    sys.path.insert(0, str(import_root))
    graph = grimp.build_graph(*packages, include_external_packages=False, cache_dir=None)

    def paths(file: Path) -> str:
        return file.relative_to(tree).as_posix()

    files = {name: file for name in sorted(graph.modules) if (file := _file(import_root, name)) is not None}
    rows = []
    for importer, file in files.items():
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            details = graph.get_import_details(importer=importer, imported=imported)
            line = min((detail["line_number"] for detail in details), default=0)
            rows.append((file, imported, line, False))
        rows += [(file, package, line, True) for package, line in _packages_run(importer, file)]
    imports = [
        {"path": paths(file), "target": paths(files[imported]), "line": line, "optional": optional}
        for file, imported, line, optional in rows
        if imported in files
    ]
    print(json.dumps({"files": [paths(file) for file in files.values()], "imports": imports}))


def _packages_run(importer: str, file: Path) -> list[tuple[str, int]]:
    """``from package import module`` runs the package's own file too; grimp counts the module alone."""
    is_package = file.name == "__init__.py"
    found = []
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.ImportFrom):
            base = importer.split(".")
            base = base[: len(base) - node.level + is_package] if node.level else []
            found.append((".".join([*base, *([node.module] if node.module else [])]), node.lineno))
    return found


def _file(root: Path, module: str) -> Path | None:
    stem = root.joinpath(*module.split("."))
    candidates = (stem / "__init__.py", stem.with_name(stem.name + ".py"))
    return next((path for path in candidates if path.is_file()), None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
