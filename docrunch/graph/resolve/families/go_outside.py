"""Go: the interfaces of the standard library, by the methods that fulfil them.

The table is made by ``go run go_interfaces.go > go_interfaces.txt`` in this folder. A method is a signature as
`go_contracts.signature` has them: types of parameters and results without the names of packages.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

Signature = tuple[str, ...]
Methods = Mapping[str, Signature]
_TABLE = Path(__file__).with_name("go_interfaces.txt")
# Those that readers look for. A type fulfils many more by the way: whatever has ``String`` is an ``expvar.Var``.
_TOLD = """
    builtin.error context.Context database/sql.Scanner database/sql/driver.Valuer encoding.BinaryMarshaler
    encoding.BinaryUnmarshaler encoding.TextMarshaler encoding.TextUnmarshaler encoding/json.Marshaler
    encoding/json.Unmarshaler flag.Value fmt.Formatter fmt.Stringer hash.Hash container/heap.Interface io.Closer
    io.ReadCloser io.ReadSeeker io.ReadWriteCloser io.ReadWriter io.Reader io.ReaderAt io.ReaderFrom io.Seeker
    io.WriteCloser io.Writer io.WriterTo io/fs.DirEntry io/fs.FS io/fs.File io/fs.FileInfo log/slog.Handler
    log/slog.LogValuer net.Addr net.Conn net.Error net.Listener net/http.CookieJar net/http.FileSystem
    net/http.Flusher net/http.Handler net/http.Hijacker net/http.Pusher net/http.ResponseWriter
    net/http.RoundTripper sort.Interface sync.Locker
"""
TOLD = frozenset(_TOLD.split())


@cache
def interfaces() -> Mapping[str, Methods]:
    """By the name that `builtin_names` and imports give them."""
    found: dict[str, dict[str, Signature]] = {}
    methods: dict[str, Signature] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        if line[:1] != "\t":
            methods = found.setdefault("builtin.error" if line == "error" else line, {})
        else:
            name, *types = line[1:].split("\t")
            methods[name] = tuple(plain(text) for text in types)
    return found


def plain(type_: str) -> str:
    return type_.replace("interface{}", "any").replace(" ", "")


@cache
def by_method() -> Mapping[str, tuple[str, ...]]:
    """The first method of an interface → those interfaces, sorted."""
    found: dict[str, list[str]] = {}
    for name, methods in sorted(interfaces().items()):
        found.setdefault(min(methods), []).append(name)
    return {method: tuple(names) for method, names in found.items()}


def fulfilled(own: Methods) -> tuple[str, ...]:
    """The interfaces that somebody with these methods fulfils, sorted."""
    every = interfaces()
    return tuple(
        sorted(
            interface
            for method in own
            for interface in by_method().get(method, ())
            if all(own.get(name) == wanted for name, wanted in every[interface].items())
        )
    )
