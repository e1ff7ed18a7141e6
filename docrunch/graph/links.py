"""What documents and settings refer to: files, directories, and symbols that they mention."""

from docrunch.graph.layout import join, parent_of
from docrunch.graph.model import EdgeKind
from docrunch.graph.nodes import module_id
from docrunch.graph.place import Place
from docrunch.graph.resolve.reads import SLOT, slot
from docrunch.graph.resolve.values import EXACT
from docrunch.ids import NodeId
from docrunch.parsing.model import DOCUMENT_KINDS, Reference

NO_FILE = "no_file"
_ACTION = ("action.yml", "action.yaml", "Dockerfile")  # what a directory means to CI and compose files


def add(here: Place) -> None:
    for reference in here.facts.references:
        if reference.kind not in DOCUMENT_KINDS:
            continue
        source = here.source(reference.scope)
        if reference.kind == "mention":
            found = here.shared.mentions.find(reference.chain, reference.args == 0)
            if found is not None and found[0] != source:
                here.edges.add(source, found[0], EdgeKind.USES, found[1], reference.line)
            continue
        target = _place(here, reference)
        if target is not None and target not in (source, here.module):
            here.edges.add(source, target, EdgeKind.USES, EXACT, reference.line)
        elif target is None and reference.kind == "link" and not reference.chain[0].endswith("/"):
            here.unresolved(NO_FILE)


def _place(here: Place, reference: Reference) -> NodeId | None:
    """The file or directory that is meant: from the file; from the root with "/" in front; a path in code from both."""
    written = reference.chain[0]
    if written.startswith("/"):
        return _at(here, join(written.lstrip("/")))
    found = _at(here, join(parent_of(here.path), written))
    return found if found is not None or reference.kind == "link" else _at(here, join(written))


def _at(here: Place, place: str) -> NodeId | None:
    if not place or place.startswith(".."):
        return None
    names = here.index.names
    inside = (f"{place}/{name}" for name in _ACTION) if here.facts.language == "yaml" else ()
    for path in (place, *inside):
        here.index.reads.note(SLOT, slot(path))
        if path in names.layout.files:
            return module_id(path, names)
    return here.shared.package(place)
