"""Texts are loaded when a page quotes them: a large repository must not be in memory for its index page."""

from collections.abc import Iterator

import pytest

from docrunch.documentation.texts import documentation_texts
from docrunch.source.model import FileEntry, Issue, Skip, SourceKind, SourceRef


class Tree:
    source = SourceRef("r", "tree:" + "0" * 64, "@source", SourceKind.DIRECTORY)
    entries = (FileEntry("a.py", 1), FileEntry("b.png", 1, skip=Skip.BINARY), FileEntry("c.py", 1))
    issues: tuple[Issue, ...] = ()
    tree_sha256 = "0" * 64

    def __init__(self) -> None:
        self.asked: list[str] = []

    def parsed_entries(self) -> Iterator[FileEntry]:
        return (entry for entry in self.entries if entry.skip is None)

    def text(self, path: str) -> bytes:
        self.asked.append(path)
        return path.encode()


def test_only_what_is_asked_for_is_read_and_skipped_files_are_not_there() -> None:
    tree = Tree()
    texts = documentation_texts(tree)
    assert (list(texts), len(texts), "b.png" in texts) == (["a.py", "c.py"], 2, False)
    assert tree.asked == []
    assert texts["c.py"] == b"c.py"
    assert tree.asked == ["c.py"]
    with pytest.raises(KeyError):
        texts["b.png"]
