"""`verify` is what a receiver relies on: every way to falsify a pack must be found, and nothing may be executed."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.docpack import gzip, tar
from docrunch.docpack.identity import manifest_id, manifest_json
from docrunch.docpack.pack import pack
from docrunch.docpack.read import Docpack, ReadLimits, read_docpack
from docrunch.docpack.schema import Manifest, MemberRow
from docrunch.docpack.verify import verify
from docrunch.documentation.render import render
from docrunch.errors import InvalidArchive, NotFound
from docrunch.source.model import Skip
from tests.support.world import SMALL, make_docpack_input, make_documentation
from tests.unit.docrunch.docpack.archives import write


@pytest.fixture(scope="module")
def good() -> bytes:
    data = make_documentation(skipped={"logo.png": Skip.BINARY})
    return pack(make_docpack_input(data, render(data))).data


def repack(members: dict[str, bytes]) -> bytes:
    return gzip.compress(write(tar.Member(f"docpack/{name}", data) for name, data in members.items()))


def resealed(pack: Docpack, changes: dict[str, bytes | None]) -> bytes:
    """A forger's work: members changed, and every hash and the id recomputed."""
    members = {name: data for name, data in {**pack.members, **changes}.items() if data is not None}
    rows = {n: MemberRow(sha256_hex(d), len(d)) for n, d in members.items() if n != "manifest.json"}
    manifest = msgspec.structs.replace(pack.manifest, members=rows)
    manifest = msgspec.structs.replace(manifest, id=manifest_id(manifest))
    return repack({**members, "manifest.json": manifest_json(manifest)})


def codes(data: bytes) -> set[str]:
    found = verify(data)
    assert found.ok == (not found.problems)
    return {problem.code for problem in found.problems}


def test_a_good_pack_is_good(good: bytes) -> None:
    found = verify(good)
    assert found.problems == ()
    assert found.ok
    assert found.id == read_docpack(good).manifest.id
    assert found.citations > 50


def test_every_changed_member_is_found(good: bytes) -> None:
    opened = read_docpack(good)
    for name, data in opened.members.items():
        if name != "manifest.json":
            assert "hash" in codes(repack({**opened.members, name: data.replace(b"e", b"f", 1)})) | codes_or_schema(
                opened, name, data
            )


def codes_or_schema(pack: Docpack, name: str, data: bytes) -> set[str]:
    found = codes(repack({**pack.members, name: data + b" "}))
    return {"hash"} if found & {"hash", "schema"} else found


def test_a_member_too_many_or_too_few_is_found(good: bytes) -> None:
    opened = read_docpack(good)
    fewer = {name: data for name, data in opened.members.items() if name != "docs/index.md"}
    assert "members" in codes(repack(fewer))
    assert "members" in codes(repack({**opened.members, "docs/more.md": b"# x\n"}))
    without_graph = {name: data for name, data in opened.members.items() if name != "graph.json"}
    assert codes(repack(without_graph)) == {"archive"}
    assert codes(repack({**opened.members, "evil.sh": b"rm"})) == {"archive"}


FORGERIES: dict[str, tuple[str, Callable[[Docpack], dict[str, bytes | None]]]] = {
    "an edge is dropped": ("graph_sha256", lambda p: {"graph.json": _json(p.graph, edges=p.graph.edges[1:])}),
    "an edge starts nowhere": (
        "reference",
        lambda p: {
            "graph.json": _json(
                p.graph, edges=(msgspec.structs.replace(p.graph.edges[0], source="n_none"), *p.graph.edges[1:])
            )
        },
    ),
    "a node is renamed": (
        "graph_sha256",
        lambda p: {
            "nodes.json": _json(
                p.nodes, nodes=(msgspec.structs.replace(p.nodes.nodes[0], name="x"), *p.nodes.nodes[1:])
            )
        },
    ),
    "counts": ("counts", lambda p: {"docs/zz.md": b"# x\n"}),
    "a citation beyond the file": ("citation", lambda p: {"docs/index.md": b"`shop/till.py#L1-L9999`\n"}),
    "a citation of no file": ("citation", lambda p: {"docs/index.md": b"`nothing.py#L1-L1`\n"}),
    "a dead link": ("link", lambda p: {"docs/index.md": b"[x](nothing.md)\n"}),
    "a script link": ("link", lambda p: {"docs/index.md": b"[x](ftp://example.invalid)\n"}),
    "html": ("markup", lambda p: {"docs/index.md": b"<script>x</script>\n"}),
    "unsorted json": ("canonical", lambda p: {"nodes.json": p.members["nodes.json"].rstrip() + b" \n"}),
    "an unknown field": ("schema", lambda p: {"nodes.json": b'{"nodes":[],"more":1,"schema":"docpack.nodes/1"}\n'}),
    "another schema": ("schema", lambda p: {"nodes.json": b'{"nodes":[],"schema":"docpack.nodes/2"}\n'}),
    "NaN": ("schema", lambda p: {"clusters.json": p.members["clusters.json"].replace(b"0.75", b"NaN")}),
    "infinity": ("schema", lambda p: {"clusters.json": p.members["clusters.json"].replace(b"0.75", b"1e999")}),
    "bad UTF-8": ("schema", lambda p: {"nodes.json": b'{"nodes":[],"schema":"\xff"}'}),
    "bad UTF-8 in a page": ("schema", lambda p: {"docs/index.md": b"\xff\n"}),
    "deep nesting": ("schema", lambda p: {"nodes.json": b"[" * 100_000}),
    "not JSON": ("schema", lambda p: {"graph.json": b"\x80\x04c__builtin__\neval\n"}),
    "damaged vectors": ("schema", lambda p: {"embeddings.bin": p.members["embeddings.bin"][:-1]}),
    "fewer ids": (
        "embeddings",
        lambda p: {"embeddings.json": _json(p.embeddings, ids=p.embeddings.ids[1:] if p.embeddings else ())},
    ),
    "an unknown member of a cluster": (
        "reference",
        lambda p: {"clusters.json": _json(p.clusters, noise=("n_none",))},
    ),
}


def _json(value: msgspec.Struct | None, **changes: object) -> bytes:
    assert value is not None
    return canonical_json(msgspec.structs.replace(value, **changes)) + b"\n"


@pytest.mark.parametrize("name", FORGERIES)
def test_forgeries_with_matching_hashes_are_found(good: bytes, name: str) -> None:
    code, forge = FORGERIES[name]
    opened = read_docpack(good)
    changes = forge(opened)
    assert any(opened.members.get(key) != data for key, data in changes.items())
    assert code in codes(resealed(opened, changes))


def test_a_changed_manifest_is_found(good: bytes) -> None:
    opened = read_docpack(good)
    manifest = opened.members["manifest.json"]
    assert "id" in codes(repack({**opened.members, "manifest.json": manifest.replace(b"owner/shop", b"owner/shot")}))
    assert "canonical" in codes(repack({**opened.members, "manifest.json": manifest + b"\n"}))
    later = manifest.replace(b'"docpack/1"', b'"docpack/2"')
    assert codes(repack({**opened.members, "manifest.json": later})) == {"archive"}


def test_hostile_files_are_a_finding_and_not_a_crash(good: bytes, tmp_path: Path) -> None:
    for bad in (
        b"",
        b"x",
        good[:-3],
        good + b"x",
        good + good,
        good[:500],
        gzip.compress(b""),
        gzip.compress(b"x" * 5000),
    ):
        assert codes(bad) == {"archive"}
    assert verify(good, limits=ReadLimits(max_bytes=1000)).problems[0].code == "archive"
    with pytest.raises(NotFound):
        verify(tmp_path / "none.docpack")


def test_the_source_is_compared_file_by_file(good: bytes, tmp_path: Path) -> None:
    for path, text in SMALL.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = verify(good, source=tmp_path)
    assert (found.ok, found.files_compared) == (True, len(SMALL))
    (tmp_path / "shop/till.py").write_text("changed")
    (tmp_path / "README.md").unlink()
    (tmp_path / "README.md").symlink_to("/etc/passwd")
    (tmp_path / "shop/cli.py").unlink()
    wrong = verify(good, source=tmp_path)
    assert sorted(p.where for p in wrong.problems) == ["README.md", "shop/cli.py", "shop/till.py"]


def test_a_source_map_cannot_make_verify_read_elsewhere(good: bytes, tmp_path: Path) -> None:
    opened = read_docpack(good)
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_text("x")
    (root / "link").symlink_to(tmp_path)
    file = msgspec.structs.replace(opened.source_map.files["shop/cli.py"], sha256=sha256_hex(b"x"), symbols=())
    paths = ["../secret", str(tmp_path / "secret"), "link/secret", "a\0b", ""]
    forged = resealed(opened, {"source_map.json": _json(opened.source_map, files=dict.fromkeys(paths, file))})
    found = [p for p in verify(forged, source=root).problems if p.code == "source"]
    assert sorted(p.where for p in found) == sorted(paths)


def test_a_tree_as_source(good: bytes) -> None:
    data = make_documentation(skipped={"logo.png": Skip.BINARY})

    @dataclasses.dataclass
    class Tree:
        entries = data.entries

    assert verify(good, source=Tree()).ok  # type: ignore[arg-type]
    Tree.entries = data.entries[1:]
    assert {p.code for p in verify(good, source=Tree()).problems} == {"source"}  # type: ignore[arg-type]


def test_a_manifest_that_cannot_be_read_is_refused_by_the_reader(good: bytes) -> None:
    opened = read_docpack(good)
    with pytest.raises(InvalidArchive):
        read_docpack(repack({**opened.members, "manifest.json": b"{}"}))
    assert isinstance(opened.manifest, Manifest)
