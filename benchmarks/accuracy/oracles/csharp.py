"""C#: what Mono's compiler made of the sources, read back from the assembly and its debug symbols with Cecil.

Declarations come from `csharp_symbols`. A call's line is that of its statement; the line of its name is looked for in
the text behind it. Lines that the compiler leaves out (``#if``) are unknown.
"""

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from benchmarks.accuracy.facts import CallSite, OracleFacts, Place, SymbolFact, Verdict
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.oracles.csharp_directives import inactive
from benchmarks.accuracy.oracles.csharp_symbols import Declaration, declarations
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.tools import built, need, run

KINDS = ("class", "struct", "interface", "enum", "type", "method", "constructor", "property")
_PROGRAM = PROGRAMS / "csharp" / "Calls.cs"
_CECIL = Path("/usr/lib/mono-cecil")  # where Debian's libmono-cecil-cil puts it
_REACH = 40  # lines that a statement may go on for
_ACCESSORS = ("get_", "set_", "add_", "remove_", "op_")


class Method(msgspec.Struct, frozen=True):
    """``first`` and ``last``: lines with code; 0 where it has none."""

    id: int
    type: str
    name: str
    params: int
    file: str
    first: int
    last: int
    overrides: tuple[int, ...]


class Call(msgspec.Struct, frozen=True):
    """``target``: id of the method, -1 outside; ``loads``: its address is taken, not called."""

    file: str
    line: int
    name: str
    type: str
    target: int
    caller: int
    loads: bool
    made: str = ""  # the struct that is made without a constructor


class Said(msgspec.Struct, frozen=True):
    methods: tuple[Method, ...]
    calls: tuple[Call, ...]


class CSharpOracle:
    language = "csharp"

    def version(self, base: Path) -> str:
        texts = [path.read_text() for path in (_PROGRAM, *sorted(Path(__file__).parent.glob("csharp*.py")))]
        return "\0".join([run([need("mcs"), "--version"]), *texts])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        program = built(base, "csharp", self.version(base), _build)
        defined = package.extra.get("defines", "").split()
        said = self._compiled(package, tree, base, program, defined)
        texts = {path.relative_to(tree).as_posix(): _text(path) for path in sorted(tree.rglob("*.cs"))}
        found = {path: declarations(text) for path, text in texts.items()}
        return OracleFacts(
            oracle=run([need("mcs"), "--version"]).strip(),
            symbols=tuple(sorted(_symbol(path, each) for path, all_ in found.items() for each in all_)),
            calls=tuple(sorted(set(_sites(said, tree, texts, found, defined)))),
            files=dict.fromkeys(("symbols", "calls"), tuple(texts)),
            kinds=KINDS,
            missing={"imports": "namespaces are no files"},
        )

    def _compiled(self, package: Package, tree: Path, base: Path, program: Path, defined: Sequence[str]) -> Said:
        made = base / "assemblies" / f"{package.slug}.dll"
        made.parent.mkdir(parents=True, exist_ok=True)
        references = [f"-r:{name}" for name in package.extra.get("references", "").split()]
        options = ["-debug", "-target:library", "-unsafe", "-warn:0", *(f"-d:{each}" for each in defined), *references]
        sources = [str(path) for path in sorted(tree.rglob("*.cs"))]
        run([need("mcs"), *options, f"-out:{made}", *sources])
        said = run([need("mono"), str(program / "calls.exe"), str(made)])
        return msgspec.json.decode(said, type=Said)


def _build(into: Path) -> None:
    for path in _CECIL.glob("Mono.Cecil*.dll"):
        shutil.copyfile(path, into / path.name)
    libraries = [f"-r:{into / name}" for name in ("Mono.Cecil.dll", "Mono.Cecil.Mdb.dll")]
    run([need("mcs"), f"-out:{into / 'calls.exe'}", *libraries, str(_PROGRAM)])


def _text(path: Path) -> str:
    return path.read_text("utf-8-sig", "replace")


def _symbol(path: str, found: Declaration) -> SymbolFact:
    return SymbolFact(path, found.line, found.end_line, found.kind, found.name.lstrip("@"))


class _Places:
    """Where the methods of an assembly are declared."""

    def __init__(self, said: Said, tree: Path, found: dict[str, list[Declaration]]) -> None:
        self._tree = str(tree)
        self._by_name: dict[tuple[str, str, int], list[tuple[Place, Declaration]]] = {}
        self._types: dict[str, list[Place]] = {}
        for path, all_ in found.items():
            for each in all_:
                place = Place(path, each.line)
                name = ".ctor" if each.kind == "constructor" else each.name.lstrip("@")
                if each.params >= 0:
                    self._by_name.setdefault((each.type, name, each.params), []).append((place, each))
                elif each.kind in ("class", "struct", "interface", "type", "enum"):
                    self._types.setdefault(f"{each.type}.{each.name}" if each.type else each.name, []).append(place)
        self.methods = {method.id: method for method in said.methods}
        self.above: dict[int, list[int]] = {}
        for method in said.methods:
            for overridden in method.overrides:
                self.above.setdefault(overridden, []).append(method.id)

    def path(self, file: str) -> str:
        return file[len(self._tree) :].lstrip("/") if file.startswith(self._tree) else ""

    def of(self, id_: int) -> list[Place]:
        """The declarations that a method can be: one, where its lines tell; of a constructor, also its type."""
        method = self.methods[id_]
        name = method.name.rsplit(".", 1)[-1] if not method.name.startswith(".") else method.name
        name = name.split("`", 1)[0]
        known = self._by_name.get((method.type, name, method.params), [])
        exact = [
            place
            for place, each in known
            if method.first and each.line <= method.first <= each.end_line and place.path == self.path(method.file)
        ]
        places = exact or [place for place, _ in known]
        return places + self._types.get(method.type, []) if name == ".ctor" else places

    def type(self, name: str) -> list[Place]:
        return self._types.get(name, [])

    def overriders(self, id_: int) -> list[Place]:
        seen: set[int] = set()
        pending = [id_]
        while pending:
            for each in self.above.get(pending.pop(), ()):
                if each not in seen:
                    seen.add(each)
                    pending.append(each)
        return [place for each in sorted(seen) for place in self.of(each)]


def _sites(
    said: Said, tree: Path, texts: dict[str, str], found: dict[str, list[Declaration]], defined: Sequence[str]
) -> Iterable[CallSite]:
    places = _Places(said, tree, found)
    lines = {path: text.split("\n") for path, text in texts.items()}
    for path, text in texts.items():
        for line in inactive(text, defined):
            yield CallSite(path, line, line, "", "unknown")
    for call in said.calls:
        path = places.path(call.file)
        if (
            path not in lines
            or not 0 < call.line <= len(lines[path])
            or call.loads
            or call.name.startswith((*_ACCESSORS, ".cctor"))
        ):
            continue
        name = call.type if call.name == ".ctor" else call.name.rsplit(".", 1)[-1]
        start, at, written = _written(lines[path], call.line, name, call.name == ".ctor")
        if not at:
            continue
        targets = tuple(dict.fromkeys(places.of(call.target) if call.target >= 0 else places.type(call.made)))
        also = tuple(dict.fromkeys(places.overriders(call.target))) if call.target >= 0 else ()
        verdict: Verdict = "inside" if targets else "outside"
        single = len({place.path for place in targets}) == 1 and (call.name == ".ctor" or len(targets) == 1)
        yield CallSite(path, start, at, written, verdict, targets, single, also)


def _written(lines: Sequence[str], line: int, name: str, made: bool) -> tuple[int, int, str]:
    """(first line, line of the name, the name), 0 where no call of that name is written near a line."""
    pattern = re.compile(rf"\b{re.escape(name)}\s*(?:<[^;{{}}]*>)?\s*[({{\[]" if made else rf"\b{re.escape(name)}\b")
    for at in range(line, min(line + _REACH, len(lines)) + 1):
        if pattern.search(lines[at - 1]):
            return line, at, name
    for at in range(line - 1, max(line - _REACH, 0), -1):
        if pattern.search(lines[at - 1]):
            return at, line, name
    if made and re.search(r":\s*(?:base|this)\s*\(", lines[line - 1]):
        return line, line, "base"
    return 0, 0, ""
