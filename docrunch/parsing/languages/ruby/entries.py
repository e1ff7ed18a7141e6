"""Entry points of Ruby: routes of Rails and Sinatra.

Rails names handlers by text: ``to: "admin/users#show"`` is ``show`` of an instance of ``Admin::UsersController``.
"""

import re
from typing import NamedTuple

from docrunch.parsing.entries.address import UNKNOWN
from docrunch.parsing.model import Entry
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Mark, Walk

_BLOCKS = frozenset(["namespace", "scope", "member", "collection", "concern", "resources", "resource"])
_VERBS = frozenset(["get", "post", "put", "patch", "delete", "match"])
MARKED = _BLOCKS | _VERBS | {"root", "draw"}
_MAX_DRAWN = 20  # blocks of routes in one file
_MAX_NESTED = 40
_RESOURCES = ("resources", "resource")
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
    word: str
    path: str
    module: str
    controller: str  # of resources


def add_entries(walk: Walk) -> None:
    _jobs(walk)
    marks = [mark for mark in walk.marks if len(mark.chain) == 1]
    drawn = [mark.node for mark in walk.marks if mark.chain[-2:] == ("routes()", "draw")]
    sinatra = any(each.module.startswith("sinatra") for each in walk.imports)
    around: list[_Around] = []
    for mark in sorted(marks, key=lambda each: each.node.start_byte):
        start = mark.node.start_byte
        while around and around[-1].end <= start:
            around.pop()
        if any(block.start_byte < start < block.end_byte for block in drawn[:_MAX_DRAWN]):
            _rails(walk, mark, list(around[-_MAX_NESTED:]))
            opened = _around(walk, mark)
            around += [opened] if opened is not None else []
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
    block, word = mark.node.child_by_field_name("block"), mark.chain[0]
    if word not in _BLOCKS or block is None:
        return None
    places, keywords = _arguments(walk, mark.node)
    name = places[0] if places else ""
    module, controller = keywords.get("module", ""), ""
    path = keywords.get("path", name)
    if word == "namespace":
        module = keywords.get("module", name)
    elif word == "scope" and not path and _is_computed(mark.node):
        path = UNKNOWN
    elif word in _RESOURCES:
        controller = keywords.get("controller", name if word == "resources" else f"{name}s")
        name = keywords.get("param", f"{_one(name)}_id")
        path = f"{path}/:{name}" if word == "resources" else path
    elif word not in ("scope", *_RESOURCES):
        path = module = ""
    return _Around(block.start_byte, block.end_byte, word, path, module, controller)


def _is_computed(call: Node) -> bool:
    """Whether the first argument is there and no literal."""
    node = call.child_by_field_name("arguments")
    return node is not None and bool(node.named_children) and node.named_children[0].type not in ("pair", "block")


def _one(name: str) -> str:
    """``categories`` → ``category``, ``boxes`` → ``box``, ``posts`` → ``post``: what Rails calls one of them."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-2] if name.endswith(("sses", "xes", "ches", "shes")) else name.removesuffix("s")


def _rails(walk: Walk, mark: Mark, around: list[_Around]) -> None:
    places, keywords = _arguments(walk, mark.node)
    word = mark.chain[0]
    if any(each.word == "concern" for each in around):
        return  # where it is used nobody says here
    module = "/".join(each.module for each in around if each.module)
    if word in _RESOURCES:
        for name in places:
            controller = keywords.get("controller", name if word == "resources" else f"{name}s")
            chain = _controller(f"{module}/{controller}" if module else controller)
            _add(walk, mark, f"RESOURCES {_path(around, keywords.get('path', name))}", chain, "rails")
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
    inner = next((each for each in reversed(around) if each.controller), None)
    if not target and inner is not None and path.isidentifier():
        target = f"{inner.controller}#{path}"
    around = _members(around, keywords.get("on", ""))
    verb = {"root": "GET", "match": keywords.get("via", "").upper()}.get(word, word.upper())
    _add(
        walk,
        mark,
        f"{verb} {_path(around, path)}".strip(),
        _handler(f"{module}/{target}" if module else target),
        "rails",
    )


def _members(around: list[_Around], on: str) -> list[_Around]:
    """Routes of one of the resources (``member``), and of all of them (``collection``)."""
    words = [each.word for each in around]
    where = on or next((word for word in reversed(words) if word in ("member", "collection")), "")
    place = max((n for n, each in enumerate(around) if each.word == "resources"), default=-1)
    if place < 0 or where not in ("member", "collection"):
        return around
    path = around[place].path.rpartition("/")[0]
    path = f"{path}/:id" if where == "member" else path
    return [*around[:place], around[place]._replace(path=path), *around[place + 1 :]]


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
