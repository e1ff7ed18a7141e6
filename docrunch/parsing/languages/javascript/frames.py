"""Names of functions that have no name themselves: ``it("a", () => { const box = … })``, twenty times in a file.

Such a function opens a frame. A name that it declares is told apart from the same name elsewhere by a number behind a
tilde (``box~2``): in the bindings and at the head of chains, once the whole file is read, since a function may use what
is declared below it. Symbols, types and imports keep their names.
"""

from bisect import bisect_right
from operator import attrgetter

import msgspec

from docrunch.parsing.model import Binding
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import Walk

MARK = "~"
_NEVER = 1 << 62  # no byte
_MAX_FRAMES = 256  # inside of each other, looked at for one router


class Frame:
    __slots__ = ("end", "names", "outer", "scope", "start")

    def __init__(self, scope: int, start: int, end: int, outer: int) -> None:
        self.scope = scope  # the symbol around it
        self.start = start
        self.end = end
        self.outer = outer  # number of the frame around it, -1 without; perhaps of another symbol
        self.names: dict[str, str] = {}  # → the name that it gets


class ScriptWalk(Walk):
    __slots__ = ("callbacks", "frame_end", "frames", "open_frames", "turns")

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self.frames: list[Frame] = []
        self.open_frames: list[int] = []
        self.frame_end = _NEVER  # where the innermost open frame closes
        self.turns: list[tuple[int, int, int]] = []  # from this reference and this binding on, in this frame
        self.callbacks: dict[int, tuple[str, ...]] = {}  # first byte of a function → the parameter it is passed for

    def frame_at(self, start: int) -> int:
        """The innermost open frame at a byte, -1 without. Bytes come in order."""
        open_ = self.open_frames
        if start >= self.frame_end:
            while open_ and self.frames[open_[-1]].end <= start:
                open_.pop()
            self._turn()
        return open_[-1] if open_ else -1

    def _turn(self) -> None:
        frame = self.open_frames[-1] if self.open_frames else -1
        self.frame_end = self.frames[frame].end if frame >= 0 else _NEVER
        self.turns.append((len(self.references), len(self.bindings), frame))

    def open_frame(self, node: Node) -> None:
        outer = self.frame_at(node.start_byte)
        self.open_frames.append(len(self.frames))
        self.frames.append(Frame(self.scope, node.start_byte, node.end_byte, outer))
        self._turn()

    def declare(self, names: list[str], node: Node) -> None:
        """Names of the function around a node, whether it has a name or not."""
        frame = self.frame_at(node.start_byte)
        if frame >= 0 and self.frames[frame].scope == self.scope:
            self.frames[frame].names.update(dict.fromkeys(names, ""))
        else:
            self.make_local(names)

    def refer(
        self, kind: str, chain: tuple[str, ...], node: Node, args: int = -1, labels: tuple[str, ...] = ()
    ) -> None:
        if node.start_byte >= self.frame_end:
            self.frame_at(node.start_byte)
        Walk.refer(self, kind, chain, node, args, labels)

    def bind(self, target: tuple[str, ...], node: Node, *, type_: str = "", value: tuple[str, ...] = ()) -> None:
        if node.start_byte >= self.frame_end:
            self.frame_at(node.start_byte)
        Walk.bind(self, target, node, type_=type_, value=value)


def declaring(walk: ScriptWalk, name: str, start: int, scope: int) -> int:
    """First byte of the innermost function around a byte, in symbol ``scope``, that declares a name; -1 for none."""
    frames = walk.frames
    frame = bisect_right(frames, start, key=attrgetter("start")) - 1
    for _ in range(_MAX_FRAMES):
        if frame < 0 or (frames[frame].end > start and frames[frame].scope != scope):
            break
        if frames[frame].end > start and name in frames[frame].names:
            return frames[frame].start
        frame = frames[frame].outer
    return -1


def rename(walk: ScriptWalk) -> None:
    """Give the names of frames their numbers, and what means them those names."""
    if not any(frame.names for frame in walk.frames):
        return
    _number(walk)
    own = _own_names(walk)
    dropped: set[int] = set()
    ends = [*walk.turns[1:], (len(walk.references), len(walk.bindings), -1)]
    for (reference, binding, frame), (last_reference, last_binding, _) in zip(walk.turns, ends, strict=True):
        if frame < 0:
            continue
        for number in range(binding, last_binding):
            walk.bindings[number] = _binding(walk, own, walk.bindings[number], frame)
        for number in range(reference, last_reference):
            if not _refer_anew(walk, own, number, frame):
                dropped.add(number)
    if dropped:
        walk.references[:] = [each for number, each in enumerate(walk.references) if number not in dropped]


def _refer_anew(walk: ScriptWalk, own: dict[int, set[str]], number: int, frame: int) -> bool:
    """False for a local value that is passed on, which is no reference."""
    reference = walk.references[number]
    chain = _chain(walk, own, reference.chain, reference.scope, frame)
    if chain is reference.chain:
        return True
    if len(chain) == 1 and reference.kind == "use":
        return False
    walk.references[number] = msgspec.structs.replace(reference, chain=chain)
    return True


def _number(walk: ScriptWalk) -> None:
    counts: dict[tuple[int, str], int] = {}
    for frame in walk.frames:
        for name in frame.names:
            count = counts[frame.scope, name] = counts.get((frame.scope, name), 0) + 1
            frame.names[name] = f"{name}{MARK}{count}"
        if frame.scope >= 0 and frame.names:
            walk.local_names.setdefault(frame.scope, set()).update(frame.names.values())


def _own_names(walk: ScriptWalk) -> dict[int, set[str]]:
    """What the symbols themselves declare, by scope."""
    own = {scope: set(names) for scope, names in walk.local_names.items()}
    for symbol in walk.symbols:
        if symbol.parent >= 0:
            own.setdefault(symbol.parent, set()).add(symbol.name)
    return own


def _renamed(walk: ScriptWalk, own: dict[int, set[str]], name: str, scope: int, frame: int) -> str:
    """The number that a name has where it is read, "" where no frame declares it."""
    frames = walk.frames
    while True:
        while frame >= 0 and frames[frame].scope == scope:
            if name in frames[frame].names:
                return frames[frame].names[name]
            frame = frames[frame].outer
        if scope < 0 or frame < 0 or name in own.get(scope, ()):
            return ""
        scope = walk.symbols[scope].parent


def _chain(
    walk: ScriptWalk, own: dict[int, set[str]], chain: tuple[str, ...], scope: int, frame: int
) -> tuple[str, ...]:
    head = chain[0]
    name = head.removesuffix("()")
    renamed = _renamed(walk, own, name, scope, frame)
    return (renamed + head[len(name) :], *chain[1:]) if renamed else chain


def _binding(walk: ScriptWalk, own: dict[int, set[str]], found: Binding, frame: int) -> Binding:
    target = _chain(walk, own, found.target, found.scope, frame)
    value = _chain(walk, own, found.value, found.scope, frame) if found.value else found.value
    if target is found.target and value is found.value:
        return found
    return msgspec.structs.replace(found, target=target, value=value)
