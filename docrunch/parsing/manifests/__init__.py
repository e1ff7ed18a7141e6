"""What naming and documentation need of package manifests, told by content alone: facts know no path.

``manifest["kind"]`` is pyproject | setup.cfg | setup.py | package.json | tsconfig | go.mod | go.work | cargo |
swift-package.
"""

from docrunch.parsing.manifests import gomod, ini, jsons, package_swift, setup_py, tomls
from docrunch.parsing.manifests.shape import Manifest, Unreadable
from docrunch.source.model import Issue

_READERS = {
    "toml": tomls.read,
    "json": jsons.read,
    "ini": ini.read,
    "go-mod": gomod.read,
    "python": setup_py.read,
    "swift": package_swift.read,
}
MAX_MANIFEST_BYTES = 2_000_000


def read_manifest(text: bytes, language: str) -> tuple[Manifest, Issue | None]:
    """The manifest that a text holds ({} for none), and an issue where it should be one but cannot be read."""
    reader = _READERS.get(language)
    if reader is None or len(text) > MAX_MANIFEST_BYTES:
        return {}, None
    try:
        return reader(text.decode("utf-8", "replace")), None
    except Unreadable as error:
        return {}, Issue("", "manifest_unreadable", str(error), stage="parse")
