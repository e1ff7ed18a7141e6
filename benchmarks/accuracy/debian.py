"""Sources of Debian packages, by apt and the settings of this machine, whose own lists stay as they are."""

import re
from pathlib import Path

from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.tools import need, run

_SETTINGS = Path("/etc/apt")
_LINE = re.compile(r"^deb(\s)", re.MULTILINE)
_TYPES = re.compile(r"^Types:.*$", re.MULTILINE)


def source(wanted: str, into: Path) -> Path:
    """The upstream archive of a source package. Args: ``wanted``: its name, or ``name=version``.

    Raises:
        NotAvailable: apt is missing, or its sources have no such package.
    """
    options = _options(into)
    run([need("apt-get"), *options, "update"], cwd=into, check=False)  # others' archives may be unreachable
    run([need("apt-get"), *options, "source", "--download-only", wanted], cwd=into, check=False)
    found = sorted(into.glob("*.orig.tar.*"))
    if not found:
        raise NotAvailable(f"apt has no sources of {wanted}")
    return found[0]


def _options(into: Path) -> list[str]:
    """The sources that this machine takes packages from, asked for source packages."""
    folder, lists = into / "sources", into / "lists"
    folder.mkdir()
    (lists / "partial").mkdir(parents=True)
    for path in (_SETTINGS / "sources.list", *sorted((_SETTINGS / "sources.list.d").glob("*"))):
        if path.suffix == ".sources":
            (folder / path.name).write_text(_TYPES.sub("Types: deb-src", path.read_text("utf-8", "replace")))
        elif path.suffix == ".list" and path.exists():
            (folder / path.name).write_text(_LINE.sub(r"deb-src\1", path.read_text("utf-8", "replace")))
    return [
        "-o",
        "Dir::Etc::sourcelist=/dev/null",
        "-o",
        f"Dir::Etc::sourceparts={folder}",
        "-o",
        f"Dir::State::Lists={lists}",
        "-o",
        "APT::Sandbox::User=root",
    ]
