"""Entry points of Ruby: routes of Rails and Sinatra.

Rails names handlers by text: ``to: "admin/users#show"`` is ``show`` of an instance of ``Admin::UsersController``.
"""

import re
from typing import NamedTuple

from docrunch.parsing.model import Entry
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

MARKED = frozenset(
    ["get", "post", "put", "patch", "delete", "match", "root", "resources", "resource", "namespace", "scope", "draw"]
)
_VERBS = frozenset(["get", "post", "put", "patch", "delete", "match"])
_HANDLER = re.compile(r"(?:[a-z_]\w*/)*[a-z_]\w*#[a-z_]\w*[?!]?\Z")
_WORD = re.compile(r"(?:^|_)([a-z0-9])")


_JOBS = {
    "Sidekiq::Job": "sidekiq",
    "Sidekiq::Worker": "sidekiq",
    "ApplicationJob": "rails",
    "ActiveJob::Base": "rails",
}


class _Around(NamedTuple):
    """What a block puts in front of the paths and controllers in it."""

    start: int
    end: int
    path: str
    module: str


def add_entries(walk: Walk) -> None:
    _jobs(walk)
    marks = [mark for mark in walk.marks if len(mark.chain) == 1]
    drawn = [mark.node for mark in walk.marks if mark.chain[-2:] == ("routes()", "draw")]
    sinatra = any(each.module.startswith("sinatra") for each in walk.imports)
    around = [found for mark in marks if (found := _around(walk, mark)) is not None]
    for mark in marks:
        if any(block.start_byte < mark.node.start_byte < block.end_byte for block in drawn):
            _rails(walk, mark, [a for a in around if a.start < mark.node.start_byte < a.end])
        elif sinatra and mark.chain[0] in _VERBS and mark.node.child_by_field_name("block") is not None:
            _sinatra(walk, mark)


def _jobs(walk: Walk) -> None:
    """``perform`` of a class that a queue runs."""
    for number, draft in enumerate(walk.symbols):
        owner = walk.symbols[draft.parent] if draft.parent >= 0 and draft.name == "perform" else None
        base = next((base.name for base in owner.bases if base.name in _JOBS), "") if owner is not None else ""
        if owner is not None and base:
            walk.entries.append(Entry("job", owner.local_name, draft.line, number, framework=_JOBS[base]))


def _around(walk: Walk, mark: Mark) -> _Around | None:
    block = mark.node.child_by_field_name("block")
    if mark.chain[0] not in ("namespace", "scope") or block is None:
        return None
    places, keywords = _arguments(walk, mark.node)
    name = places[0] if places else keywords.get("path", "")
    module = name if mark.chain[0] == "namespace" else keywords.get("module", "")
    return _Around(block.start_byte, block.end_byte, name, module)


def _rails(walk: Walk, mark: Mark, around: list[_Around]) -> None:
    places, keywords = _arguments(walk, mark.node)
    word = mark.chain[0]
    module = "/".join(each.module for each in around if each.module)
    if word in ("resources", "resource"):
        for name in places:
            controller = keywords.get("controller", name if word == "resources" else f"{name}s")
            chain = _controller(f"{module}/{controller}" if module else controller)
            _add(walk, mark, f"RESOURCES {_path(around, name)}", chain, "rails")
        return
    if word not in _VERBS and word != "root":
        return
    target = keywords.get("to", "") or (places[0] if word == "root" and places else "")
    path = places[0] if places and word != "root" else ""
    for key, value in keywords.items():
        if _HANDLER.match(value) and not target:  # "x" => "controller#action"
            path, target = key, value
    if not path and word != "root":
        return
    label = f"{'GET' if word in ('root', 'match') else word.upper()} {_path(around, path)}"
    _add(walk, mark, label, _handler(f"{module}/{target}" if module else target), "rails")


def _sinatra(walk: Walk, mark: Mark) -> None:
    places, _ = _arguments(walk, mark.node)
    if places and places[0].startswith(("/", "*")):
        _add(walk, mark, f"{mark.chain[0].upper()} {places[0]}", (), "sinatra")


def _add(walk: Walk, mark: Mark, label: str, chain: tuple[str, ...], framework: str) -> None:
    line = mark.node.start_point[0] + 1
    walk.entries.append(Entry("route", label[:200], line, -1, chain, mark.scope, framework))


def _path(around: list[_Around], path: str) -> str:
    parts = [part.strip("/") for part in (*(each.path for each in around), path)]
    return "/" + "/".join(part for part in parts if part)


def _handler(target: str) -> tuple[str, ...]:
    if not _HANDLER.match(target):
        return ()
    controller, _, action = target.partition("#")
    return (*_controller(controller), "new()", action)


def _controller(path: str) -> tuple[str, ...]:
    names = [_WORD.sub(lambda found: found[1].upper(), part) for part in path.split("/")]
    return (*names[:-1], f"{names[-1]}Controller")


def _arguments(walk: Walk, call: Node) -> tuple[list[str], dict[str, str]]:
    """Literal arguments: by place, and by key."""
    node = call.child_by_field_name("arguments")
    places: list[str] = []
    keywords: dict[str, str] = {}
    for child in node.named_children if node is not None else ():
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            said = _literal(walk, value) if value is not None else None
            if key is not None and said is not None:
                keywords[_literal(walk, key) or walk.read(key).strip(":\"'")] = said
        elif (found := _literal(walk, child)) is not None:
            places.append(found)
    return places, keywords


def _literal(walk: Walk, node: Node) -> str | None:
    if node.type == "simple_symbol":
        return walk.read(node)[1:]
    if node.type != "string" or any(child.type == "interpolation" for child in node.named_children):
        return None
    return walk.read(node)[1:-1]
