"""Real packages as trees of texts: those that are installed here, and those that registries have."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from docrunch.parsing.catalog import detect, is_parsed
from tests.support import corpus
from tests.support.edits import Tree

INSTALLED = ("click", "jinja2", "httpx")
FETCHED: dict[str, tuple[Callable[[Path, str, str], Path], str, str]] = {
    "zod": (corpus.npm, "zod", "4.1.5"),
    "express": (corpus.npm, "express", "4.21.2"),
    "chi": (corpus.go_module, "github.com/go-chi/chi/v5", "v5.2.1"),
    "serde_json": (corpus.crate, "serde_json", "1.0.140"),
    "flask": (corpus.pypi_sdist, "flask", "3.1.2"),
}


def installed(package: str) -> Tree:
    """An installed package with its folder and a manifest, as its repository would have it."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise LookupError(f"{package} is not installed")
    tree = read(Path(found.origin).parent, f"src/{package}/")
    return {"pyproject.toml": f'[project]\nname = "{package}"\n', **tree}


def fetched(name: str, root: Path) -> Tree:
    fetch, package, version = FETCHED[name]
    return read(fetch(root, package, version))


def read(folder: Path, prefix: str = "", files: int = 200) -> Tree:
    """The texts of the first files that are parsed."""
    tree: Tree = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        data = path.read_bytes()
        relative = path.relative_to(folder).as_posix()
        if len(tree) < files and len(data) < 300_000 and is_parsed(detect(relative, data[:1000])):
            try:
                tree[prefix + relative] = data.decode()
            except UnicodeDecodeError:
                continue
    return tree
