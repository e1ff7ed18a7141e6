"""C and C++: which handler reads which capture."""

from collections.abc import Callable
from operator import attrgetter
from typing import cast

from docrunch.parsing.entries.find import find
from docrunch.parsing.languages.c import functions, references, types, variables
from docrunch.parsing.languages.c.entries import CppReader
from docrunch.parsing.languages.c.macros import namespace_macros
from docrunch.parsing.languages.c.walk import CWalk
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk

_READER = CppReader()


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    """The text as the grammar shall see it, and the walk over it."""
    walk = CWalk(text, language == "cpp")
    return walk.parsed, walk


def _of_c(handler: Callable[[CWalk, Node], None]) -> Handler:
    """A handler of the walk that `begin` makes."""
    return cast(Handler, handler)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    """The macros behind the last definition, the calls of macros that the grammar did not see, the file comment."""
    if not isinstance(walk, CWalk):
        raise TypeError("the walk of this language is made by `begin`")
    walk.flush(len(walk.text) + 1)
    references.add_unseen(walk)
    opened = namespace_macros(walk.macros)
    if opened:
        walk.manifest = {"namespace_macros": opened}
    references.document_file(walk)
    find(walk, _READER)
    walk.imports.sort(key=attrgetter("line"))
    walk.references.sort(key=attrgetter("line"))


HANDLERS: dict[str, Handler] = {
    "definition.function": _of_c(functions.on_function),
    "definition.variable": _of_c(variables.on_declaration),
    "definition.member": _of_c(variables.on_member),
    "definition.class": _of_c(types.on_class),
    "definition.type": _of_c(types.on_typedef),
    "definition.namespace": _of_c(types.on_namespace),
    "reference.call": _of_c(references.on_call),
    "reference.use": _of_c(references.on_use),
    "reference.type": _of_c(references.on_type_use),
    "assignment": _of_c(variables.on_assignment),
    "local": _of_c(variables.on_local),
    "import": _of_c(references.on_using),
    "decision": on_decision,
    "comment": on_comment,
}
