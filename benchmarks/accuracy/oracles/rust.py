"""Rust: syn for symbols and call expressions, rustc's MIR for what they resolve to.

syn runs in a small program that cargo builds from the registry. The MIR is that of ``cargo check`` of the library with
its default features, on this platform.
"""

import hashlib
import os
import shutil
from pathlib import Path

import msgspec

from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.facts import CallSite, OracleFacts, SymbolFact
from benchmarks.accuracy.oracles import PROGRAMS
from benchmarks.accuracy.oracles.rust_calls import Callees, Owned, Site, sites
from benchmarks.accuracy.package import Package
from benchmarks.accuracy.tools import built, need, run

KINDS = ("struct", "enum", "trait", "function", "method", "type", "namespace", "property")
_PROGRAM = PROGRAMS / "rust"


class _Output(msgspec.Struct, frozen=True):
    """As the program prints it."""

    files: tuple[str, ...]
    symbols: tuple[SymbolFact, ...]
    owned: tuple[Owned, ...]
    sites: tuple[Site, ...]
    notes: tuple[str, ...]


class RustOracle:
    language = "rust"

    def version(self, base: Path) -> str:
        programs = [path.read_text() for path in sorted(_PROGRAM.rglob("*")) if path.is_file()]
        own = [Path(__file__).read_text(), Path(__file__).with_name("rust_calls.py").read_text()]
        return "\0".join([_compiler(), *programs, *own])

    def facts(self, package: Package, tree: Path, base: Path) -> OracleFacts:
        program = _program(base)
        said = msgspec.json.decode(run([str(program / "target" / "release" / "facts"), str(tree)]), type=_Output)
        calls: tuple[CallSite, ...] | None = None
        missing: dict[str, str] = {}
        try:
            calls = _calls(said, tree, _mir(package, tree, base, program))
        except NotAvailable as error:
            missing["calls"] = str(error)
        return OracleFacts(
            oracle=f"syn 2, MIR of {_compiler()}",
            symbols=tuple(sorted(said.symbols)),
            calls=calls,
            files={"symbols": said.files, "calls": said.files},
            kinds=KINDS,
            missing=missing,
            notes=said.notes,
        )


def _compiler() -> str:
    return run([need("rustc"), "--version"]).strip()


def _program(base: Path) -> Path:
    texts = [path.read_text() for path in sorted(_PROGRAM.rglob("*")) if path.is_file()]
    return built(base, "rust", "\0".join([_compiler(), *texts]), _build)


def _build(into: Path) -> None:
    shutil.copytree(_PROGRAM, into, dirs_exist_ok=True)
    (into / "wrapper.sh").chmod(0o755)
    run([need("cargo"), "build", "--release", "--quiet"], cwd=into)


def _mir(package: Package, tree: Path, base: Path, program: Path) -> str:
    """The MIR of the library; the work happens beside the tree, which both sides must see unchanged.

    rustc writes it and may fail afterwards, since ``check`` keeps no code of dependencies.
    """
    home = base / "crates" / f"{package.slug}-{hashlib.sha256(_compiler().encode()).hexdigest()[:8]}"
    out = home / "library.mir"
    if not out.exists():
        shutil.copytree(tree, home / "tree", dirs_exist_ok=True)
        environment = {
            **os.environ,
            "ACCURACY_MIR": str(out),
            "RUSTC_WORKSPACE_WRAPPER": str(program / "wrapper.sh"),
            "CARGO_TARGET_DIR": str(home / "target"),
        }
        said = run([need("cargo"), "check", "--lib"], cwd=home / "tree", environment=environment, check=False)
        if not out.exists():
            raise NotAvailable(f"rustc wrote no MIR of {package.title} {said[-200:]}".strip())
    return out.read_text()


def _calls(said: _Output, tree: Path, mir: str) -> tuple[CallSite, ...]:
    texts = {path: (tree / path).read_text("utf-8").split("\n") for path in said.files}
    return tuple(sorted(set(sites(said.sites, mir, Callees(said.owned, said.symbols), texts))))
