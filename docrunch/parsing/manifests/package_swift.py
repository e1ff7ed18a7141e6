"""Package.swift: which targets a package has, and where they say their sources are
(https://docs.swift.org/package-manager/PackageDescription/). Read as text: the manifest is a program.
"""

import re

from docrunch.parsing.manifests.shape import Manifest, compact

_TARGET = re.compile(r"\.(target|executableTarget|testTarget|macro|plugin)\(\s*name:\s*\"([^\"\\]+)\"")
_PACKAGE = re.compile(r"\bPackage\(\s*name:\s*\"([^\"\\]+)\"")
_PATH = re.compile(r"\bpath:\s*\"([^\"\\]*)\"")
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_TARGET_CHARACTERS = 5_000


def read(source: str) -> Manifest:
    if "import PackageDescription" not in source:
        return {}
    source = _COMMENT.sub("", source)
    named = _PACKAGE.search(source)
    targets: dict[str, str] = {}
    for found in _TARGET.finditer(source):
        path = _PATH.search(_arguments(source, found.end()))
        targets[found[2]] = path[1].strip("/") if path is not None else targets.get(found[2], "")
    return compact(kind="swift-package", name=named[1] if named is not None else "", targets=targets)


def _arguments(source: str, start: int) -> str:
    """What stands from ``start`` to the bracket that closes the call."""
    depth = 1
    for at in range(start, min(len(source), start + _TARGET_CHARACTERS)):
        if source[at] == "(":
            depth += 1
        elif source[at] == ")":
            depth -= 1
            if not depth:
                return source[start:at]
    return ""
