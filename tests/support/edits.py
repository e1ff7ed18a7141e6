"""Random edits of a small tree: what people do to files between two commits, and what hurts an incremental link."""

import random
import re
import unicodedata
from collections.abc import Callable

Tree = dict[str, str]  # path → text
_WORD = re.compile(r"[^\W\d]\w{2,}")
_IMPORT = re.compile(r"\s*(?:import|from|use|pub use|export \*|#include|require)\b")
_MANIFESTS = frozenset({"pyproject.toml", "package.json", "tsconfig.json", "go.mod", "Cargo.toml", "pom.xml"})


def edited(tree: Tree, chance: random.Random, before: list[Tree]) -> Tree:
    """A tree after one to three edits; sometimes an earlier one comes back."""
    new = dict(tree)
    for _ in range(chance.randint(1, 3)):
        if before and chance.random() < 0.05:
            new = dict(chance.choice(before))
        elif new:
            chance.choice(EDITS)(new, chance)
    return new


def _any(tree: Tree, chance: random.Random) -> str:
    return chance.choice(sorted(tree))


def rename_symbol(tree: Tree, chance: random.Random) -> None:
    """In one file only, or everywhere."""
    path = _any(tree, chance)
    words = _WORD.findall(tree[path])
    if not words:
        return
    old = chance.choice(words)
    new = chance.choice([old + "_x", chance.choice(words), old.upper()])
    for each in [path] if chance.random() < 0.6 else sorted(tree):
        tree[each] = re.sub(rf"\b{re.escape(old)}\b", new, tree[each])


def take_word(tree: Tree, chance: random.Random) -> None:
    """Write a name of another file somewhere: another import, another base, another call."""
    path, other = _any(tree, chance), _any(tree, chance)
    words, others = list(_WORD.finditer(tree[path])), _WORD.findall(tree[other])
    if words and others:
        at = chance.choice(words)
        tree[path] = tree[path][: at.start()] + chance.choice(others) + tree[path][at.end() :]


def move_file(tree: Tree, chance: random.Random) -> None:
    path, other = _any(tree, chance), _any(tree, chance)
    name, folder = path.rsplit("/", 1)[-1], other.rpartition("/")[0]
    target = f"{folder}/{name}" if folder else name
    if target not in tree:
        tree[target] = tree.pop(path)


def rename_file(tree: Tree, chance: random.Random) -> None:
    path = _any(tree, chance)
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.partition(".")
    new = chance.choice([stem.upper(), stem.capitalize(), stem + "_x", "index", "mod", "lib", "__init__", "x.test"])
    target = f"{folder}/{new}{dot}{suffix}" if folder else f"{new}{dot}{suffix}"
    if target not in tree:
        tree[target] = tree.pop(path)


def recase_file(tree: Tree, chance: random.Random) -> None:
    """A rename that some disks do not see."""
    path = _any(tree, chance)
    folder, slash, name = path.rpartition("/")
    target = folder + slash + name.swapcase()
    if target not in tree:
        tree[target] = tree.pop(path)


def twin_file(tree: Tree, chance: random.Random) -> None:
    """Two names that look the same: one composed, one decomposed."""
    path = _any(tree, chance)
    stem, dot, suffix = path.rpartition(".")
    for form in ("NFC", "NFD"):
        tree[f"{stem}{unicodedata.normalize(form, 'é')}{dot}{suffix}"] = tree[path]


def change_import(tree: Tree, chance: random.Random) -> None:
    """One import goes, or comes from somewhere else."""
    path = _any(tree, chance)
    lines = tree[path].splitlines(keepends=True)
    found = [n for n, line in enumerate(lines) if _IMPORT.match(line)]
    if not found:
        return
    at = chance.choice(found)
    other = [line for line in tree[_any(tree, chance)].splitlines(keepends=True) if _IMPORT.match(line)]
    lines[at : at + 1] = [chance.choice(other)] if other and chance.random() < 0.6 else []
    tree[path] = "".join(lines)


def change_manifest(tree: Tree, chance: random.Random) -> None:
    """Another name of the project, or none."""
    found = sorted(path for path in tree if path.rsplit("/", 1)[-1] in _MANIFESTS)
    if not found:
        tree["pyproject.toml"] = '[project]\nname = "made"\n'
        return
    path = chance.choice(found)
    if chance.random() < 0.3:
        del tree[path]
    else:
        tree[path] = re.sub(r'(name"?\s*[=:]\s*"|^module )\S+?("|$)', r"\1other\2", tree[path], flags=re.MULTILINE)


def add_file(tree: Tree, chance: random.Random) -> None:
    """Half of another file, under a new name beside it."""
    path = _any(tree, chance)
    stem, dot, suffix = path.rpartition(".")
    lines = tree[path].splitlines(keepends=True)
    tree.setdefault(f"{stem}_{chance.randrange(1_000)}{dot}{suffix}", "".join(lines[: len(lines) // 2]))


def delete_file(tree: Tree, chance: random.Random) -> None:
    if len(tree) > 2:
        del tree[_any(tree, chance)]


def copy_file(tree: Tree, chance: random.Random) -> None:
    path, other = _any(tree, chance), _any(tree, chance)
    folder = other.rpartition("/")[0]
    name = path.rsplit("/", 1)[-1]
    tree.setdefault(f"{folder}/copy_{name}" if folder else f"copy_{name}", tree[path])


def swap_files(tree: Tree, chance: random.Random) -> None:
    first, second = _any(tree, chance), _any(tree, chance)
    tree[first], tree[second] = tree[second], tree[first]


def toggle_init(tree: Tree, chance: random.Random) -> None:
    folder = _any(tree, chance).rpartition("/")[0]
    path = f"{folder}/__init__.py" if folder else "__init__.py"
    if path in tree:
        del tree[path]
    else:
        tree[path] = ""


def lose_file(tree: Tree, chance: random.Random) -> None:
    """It cannot be parsed, or can be parsed again (`tests.support.linking.LOST`)."""
    path = _any(tree, chance)
    tree[path] = tree[path].removeprefix("# lost\n") if tree[path].startswith("# lost\n") else "# lost\n" + tree[path]


def delete_lines(tree: Tree, chance: random.Random) -> None:
    path = _any(tree, chance)
    lines = tree[path].splitlines(keepends=True)
    if lines:
        at = chance.randrange(len(lines))
        del lines[at : at + chance.randint(1, 3)]
        tree[path] = "".join(lines)


def move_lines(tree: Tree, chance: random.Random) -> None:
    """Within a file or into another one."""
    path, other = _any(tree, chance), _any(tree, chance)
    lines = tree[path].splitlines(keepends=True)
    if lines:
        at = chance.randrange(len(lines))
        moved = lines[at : at + chance.randint(1, 4)]
        if chance.random() < 0.5:
            del lines[at : at + len(moved)]
            tree[path] = "".join(lines)
        into = tree[other].splitlines(keepends=True)
        place = chance.randint(0, len(into))
        tree[other] = "".join([*into[:place], *moved, *into[place:]])


EDITS: tuple[Callable[[Tree, random.Random], None], ...] = (
    rename_symbol,
    rename_symbol,
    take_word,
    take_word,
    move_file,
    rename_file,
    recase_file,
    twin_file,
    change_import,
    change_import,
    change_manifest,
    add_file,
    delete_file,
    copy_file,
    swap_files,
    toggle_init,
    lose_file,
    delete_lines,
    move_lines,
    move_lines,
)
