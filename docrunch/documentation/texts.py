"""The stored text that pages quote, loaded when it is asked for."""

from collections.abc import Iterator, Mapping

from docrunch.source.model import TreeReader


class TreeTexts(Mapping[str, bytes]):
    """Path → stored text of every unskipped file of a tree; nothing is read before it is used."""

    def __init__(self, tree: TreeReader) -> None:
        self._tree = tree
        self._paths = {entry.path: None for entry in tree.parsed_entries()}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        return self._tree.text(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def documentation_texts(tree: TreeReader) -> Mapping[str, bytes]:
    """What `DocumentationInput.texts` wants: README, decision records, manifests and call sites are quoted from it."""
    return TreeTexts(tree)
