"""Bash and POSIX shell: functions, variables at the top, sourced files, commands that may be functions."""

import re

from docrunch.parsing.draft import Draft
from docrunch.parsing.model import Import, SymbolKind
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Handler, Walk
from docrunch.parsing.wording import signature

_WORDS = """
    . : [ [[ alias bg bind break builtin caller cd command compgen complete continue declare dirs disown echo
    enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd
    printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true type
    typeset ulimit umask unalias unset wait awk basename cat chmod chown cp curl cut date diff dirname docker
    env expr find git grep head id install ln ls mkdir mktemp mv node npm pip ps python python3 rm rmdir sed
    sleep sort ssh sudo tail tar tee touch tr uname uniq wc which xargs
"""
_NO_FUNCTIONS = frozenset(_WORDS.split())  # what scripts call all the time and hardly ever define
_NAME = re.compile(r"[A-Za-z_][\w.:-]*\Z")
_PATH = re.compile(r"[\w./@+-]+\Z")
_BRACKETS = r"\$\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\)"  # $(…) with two more levels inside
_HERE = re.compile(rf"^(?:{_BRACKETS}|`[^`]*`|\$\{{[^}}]*\}}|\$\w+)++(?=/)")


def begin(text: bytes, language: str) -> tuple[bytes, Walk]:
    """The grammar does not know ``<>``, and loses the functions around it."""
    return text.replace(b"<>", b"< "), Walk(text)


def on_function(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node)
    draft = Draft(name, SymbolKind.FUNCTION, walk.local_path(name), walk.scope, name_node.start_point[0] + 1, node)
    body = node.child_by_field_name("body")
    draft.signature = signature(walk.slice(node.start_byte, body.start_byte if body is not None else node.end_byte))
    draft.complexity = 1
    draft.exported = walk.scope < 0 and not name.startswith("_")
    comment_above(walk, draft)
    walk.open(draft)


def comment_above(walk: Walk, draft: Draft) -> None:
    """The ``#`` lines directly above, without decoration; a shebang is none."""
    found = walk.comments.above(draft.start_line)
    texts = [walk.slice(comment.start_byte, comment.end_byte) for comment in found]
    if texts and texts[0].startswith("#!"):
        found, texts = found[1:], texts[1:]
    if texts:
        draft.doc = "\n".join(text.lstrip("#").strip() for text in texts).strip()
        draft.doc_line, draft.doc_end_line = found[0].start_line, found[-1].end_line


def on_variable(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None or walk.scope >= 0 or name_node.type != "variable_name":
        return
    name = walk.read(name_node)
    if name in walk.defined:
        return
    walk.defined.add(name)
    parent = node.parent
    whole = parent if parent is not None and parent.type == "declaration_command" else node
    word = walk.text[whole.start_byte : name_node.start_byte].decode("utf-8", "replace").split()
    constant = "readonly" in word or "-r" in word
    kind = SymbolKind.CONSTANT if constant else SymbolKind.VARIABLE
    draft = Draft(name, kind, name, -1, name_node.start_point[0] + 1, whole)
    draft.signature = signature(walk.slice(whole.start_byte, min(whole.end_byte, whole.start_byte + 600)))
    draft.exported = "export" in word
    comment_above(walk, draft)
    walk.add(draft)


def on_call(walk: Walk, node: Node) -> None:
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return
    name = walk.read(name_node)
    arguments = node.children_by_field_name("argument")
    if name in (".", "source"):
        if arguments:
            _source(walk, node, walk.read(arguments[0]))
        return
    if name == "trap" and arguments and _NAME.match(handler := walk.read(arguments[0]).strip("\"'")):
        walk.refer("use", (handler,), node)
    if name not in _NO_FUNCTIONS and _NAME.match(name):
        walk.refer("call", (name,), node, len(arguments))


def _source(walk: Walk, node: Node, written: str) -> None:
    """``source "$(dirname "$0")/lib.sh"``: what stands for the script's own directory is one."""
    path = _HERE.sub(".", written.strip("\"'").replace('"', ""))
    if _PATH.match(path):
        walk.imports.append(Import(path, node.start_point[0] + 1, "*", dynamic=path != written.strip("\"'")))


def on_local(walk: Walk, node: Node) -> None:
    if walk.scope >= 0:
        walk.make_local([walk.read(node)])


def on_decision(walk: Walk, node: Node) -> None:
    walk.decide()


def on_comment(walk: Walk, node: Node) -> None:
    walk.comments.add(node)


def finish(walk: Walk, root: Node) -> None:
    """The comment at the top of a script describes it."""
    for child in root.named_children:
        if child.type != "comment":
            break
        text = walk.read(child)
        if text.startswith("#!"):
            continue
        if walk.doc and child.start_point[0] != walk.doc_end_line:
            break
        walk.doc = f"{walk.doc}\n{text.lstrip('#').strip()}".strip()
        walk.doc_line = walk.doc_line or child.start_point[0] + 1
        walk.doc_end_line = child.start_point[0] + 1


HANDLERS: dict[str, Handler] = {
    "definition.function": on_function,
    "definition.variable": on_variable,
    "reference.call": on_call,
    "local": on_local,
    "decision": on_decision,
    "comment": on_comment,
}
