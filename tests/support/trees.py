"""Tree objects of files written in a test."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from db.objects import ObjectKind, ObjectStore
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.tree import write_tree


async def stored_tree(objects: ObjectStore, folder: Path, files: Mapping[str, str]) -> str:
    """The name of a tree object with these files."""
    root = Path(mkdtemp(dir=folder))
    for name in ("src", "job"):
        (root / name).mkdir(mode=0o700)
    for name, text in files.items():
        (root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "src" / name).write_text(text)
    spec, options = parse_spec(str(root / "src"), cwd=root), ScanOptions()
    with (
        open_source(
            spec, ref=None, name=None, options=options, policy=SourcePolicy(), workdir=root / "job", detect=detect
        ) as read,
        (root / "tree").open("xb") as out,
    ):
        write_tree(read, out)
    return await objects.put(ObjectKind.TREE, root / "tree")
