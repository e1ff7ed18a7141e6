"""JavaScript, TypeScript and TSX: which handler reads which capture."""

import re
from collections.abc import Callable
from typing import cast

from docrunch.parsing.entries.find import find
from docrunch.parsing.entries.tables import passing
from docrunch.parsing.languages.javascript import classes, functions, modules, uses, variables
from docrunch.parsing.languages.javascript.entries import JavaScriptReader
from docrunch.parsing.languages.javascript.frames import ScriptWalk, rename
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk

_READER = JavaScriptReader()


_PASSING = re.compile(rb"[\"'](?:%s)[\"'/]" % b"|".join(re.escape(start.encode()) for start in passing("javascript")))


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    walk = ScriptWalk(text)
    if _PASSING.search(text):
        walk.extra["routing"] = []  # any call may be given a router
    return text, walk


def of_script(handler: Callable[[ScriptWalk, Node], None]) -> Handler:
    """A handler of the walk that `begin` makes."""
    return cast(Handler, handler)


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def finish(walk: Walk, root: Node) -> None:
    modules.mark_exported(walk)
    modules.file_comment(walk)
    find(walk, _READER)
    rename(cast(ScriptWalk, walk))


HANDLERS: dict[str, Handler] = {
    "definition.function": functions.on_function,
    "definition.class": classes.on_class,
    "definition.type": classes.on_type_alias,
    "definition.namespace": classes.on_namespace,
    "definition.member": classes.on_member,
    "definition.variable": of_script(variables.on_variable),
    "reference.call": of_script(uses.on_call),
    "reference.use": uses.on_use,
    "reference.element": uses.on_element,
    "reference.type": uses.on_type,
    "reference.decorator": uses.on_decorator,
    "assignment": variables.on_assignment,
    "local": of_script(variables.on_local),
    "loop": of_script(variables.on_loop),
    "return": functions.on_return,
    "import": modules.on_import,
    "export": modules.on_export,
    "decision": on_decision,
    "comment": on_comment,
}
