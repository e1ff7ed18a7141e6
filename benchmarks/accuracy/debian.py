"""Source packages of Debian by apt-get, with the sources that this machine has configured for binary packages."""

import re
from pathlib import Path

from benchmarks.accuracy.errors import NotAvailable
from benchmarks.accuracy.tools import need, run

_SOURCES = Path("/etc/apt")
_BINARY = re.compile(r"^(Types:.*?\bdeb\b(?!-)|deb(?=\s))", re.MULTILINE)


def download(source: str, work: Path) -> Path:
    """The upstream archive of a source package; nothing of the system's own lists is changed.

    Raises:
        NotAvailable: apt-get is missing, or the archive does not have the package.
    """
    parts, lists = work / "parts", work / "lists"
    parts.mkdir()
    (lists / "partial").mkdir(parents=True)
    listed = [_SOURCES / "sources.list", *sorted((_SOURCES / "sources.list.d").glob("*"))]
    for path in listed:
        if path.suffix in (".list", ".sources") and path.is_file():
            text = path.read_text("utf-8", "replace")
            (parts / path.name).write_text(_BINARY.sub(lambda found: found[0].replace("deb", "deb-src"), text))
    settings = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": str(parts),
        "Dir::State::lists": str(lists),
        "APT::Sandbox::User": "root",
    }
    flags = [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
    run([need("apt-get"), *flags, "update", "-qq"], check=False)  # others' archives may be unreachable
    run([need("apt-get"), *flags, "source", "-qq", "--download-only", source], cwd=work)
    found = sorted(work.glob("*.orig.tar.*"))
    if not found:
        raise NotAvailable(f"apt-get brought no archive of {source}")
    return found[0]
