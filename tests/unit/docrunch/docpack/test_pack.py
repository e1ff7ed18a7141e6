"""One commit, one docpack: anything that makes the bytes differ breaks caching, comparison and trust."""

import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from docrunch.docpack.model import DocpackInput
from docrunch.docpack.pack import pack
from docrunch.docpack.read import read_docpack
from docrunch.documentation.model import Page
from docrunch.documentation.render import render
from docrunch.errors import InvalidArchive
from docrunch.source.model import Issue, Skip
from tests.support.world import make_docpack_input, make_documentation

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def given() -> DocpackInput:
    data = make_documentation(
        skipped={"logo.png": Skip.BINARY}, issues=[Issue("shop/cli.py", "secret_redacted", line=1)]
    )
    return make_docpack_input(data, render(data))


def test_the_members_are_the_contract(given: DocpackInput) -> None:
    made = pack(given)
    opened = read_docpack(made.data)
    assert [name for name in opened.members if not name.startswith("docs/")] == [
        "clusters.json",
        "embeddings.bin",
        "embeddings.json",
        "graph.json",
        "manifest.json",
        "nodes.json",
        "source_map.json",
        "symbol_contexts.json",
    ]
    assert "docs/index.md" in opened.members
    manifest = opened.manifest
    assert manifest.schema == "docpack/1"
    assert manifest.id == made.id
    assert manifest.graph_sha256 == made.graph_sha256
    assert [(s.path, s.reason) for s in manifest.skipped_files] == [("logo.png", "binary")]
    assert manifest.issues_by_reason == {"secret_redacted": 1}
    assert manifest.clustering.method == "kmeans"
    assert manifest.counts.nodes["function"] == 4
    assert manifest.counts.unresolved
    assert set(manifest.members) == set(opened.members) - {"manifest.json"}
    assert opened.vectors is not None
    assert opened.vectors.shape == (len(given.units), 8)
    assert given.vectors is not None
    np.testing.assert_allclose(opened.vectors, given.vectors, atol=2e-3)
    assert opened.embeddings is not None
    assert list(opened.embeddings.ids) == sorted(opened.embeddings.ids)
    assert opened.source_map.files["shop/till.py"].symbols


def test_the_id_can_be_computed_by_anyone(given: DocpackInput) -> None:
    made = pack(given)
    manifest = json.loads(read_docpack(made.data).members["manifest.json"])
    del manifest["id"]
    canonical = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert hashlib.sha256(canonical).hexdigest() == made.id


def test_members_are_json_that_any_program_writes_alike(given: DocpackInput) -> None:
    """Keys sorted at every level, compact, UTF-8: what `verify` compares with does not hang on one encoder."""
    for name, content in read_docpack(pack(given).data).members.items():
        if name.endswith(".json"):
            rows = json.loads(content)
            assert (
                content == json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
            )


def test_nodes_cite_their_definition(given: DocpackInput) -> None:
    nodes = {row.qualified_name: row for row in read_docpack(pack(given).data).nodes.nodes}
    assert nodes["shop.till.buy"].citation == "shop/till.py#L14-L26"
    assert nodes["shop.till.buy"].doc.startswith("Buy things.")


def test_the_order_in_which_parts_were_made_changes_nothing(given: DocpackInput) -> None:
    shuffle = random.Random(3)
    order = list(range(len(given.units)))
    nodes, edges = list(given.graph.nodes), list(given.graph.edges)
    pages, entries = list(given.pages), list(given.entries)
    for items in (order, nodes, edges, pages, entries):
        shuffle.shuffle(items)  # type: ignore[arg-type]
    assert given.vectors is not None
    metrics = given.assembly.metrics
    other = msgspec.structs.replace(
        given,
        units=[given.units[row] for row in order],
        vectors=given.vectors[order],
        pages=pages,
        entries=tuple(entries),
        facts=dict(reversed(list(given.facts.items()))),
        options=dict(reversed([*given.options.items(), ("a", "1")])),
        assembly=msgspec.structs.replace(
            given.assembly,
            metrics=msgspec.structs.replace(metrics, nodes=dict(reversed(list(metrics.nodes.items())))),
            contexts=tuple(reversed(given.assembly.contexts)),
        ),
    )
    same = msgspec.structs.replace(given, options={**given.options, "a": "1"})
    assert pack(other).data == pack(same).data


def test_two_processes_make_the_same_bytes() -> None:
    script = (
        "import hashlib; from tests.support.world import *; from docrunch.documentation.render import render;"
        "from docrunch.docpack.pack import pack; d = make_documentation(many_files(12));"
        "print(hashlib.sha256(pack(make_docpack_input(d, render(d))).data).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=cwd,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, cwd in (("1", ROOT), ("2", "/"))
    }
    assert len(made) == 1


def test_without_embeddings_the_pack_is_valid_and_another(given: DocpackInput) -> None:
    bare = msgspec.structs.replace(given, encoder=None, units=(), vectors=None)
    made = pack(bare)
    opened = read_docpack(made.data)
    assert opened.embeddings is None
    assert opened.vectors is None
    assert opened.manifest.encoder_id is None
    assert made.id != pack(given).id
    assert made.graph_sha256 == pack(given).graph_sha256


def test_nothing_of_where_and_from_what_ref_it_was_made_is_inside(given: DocpackInput) -> None:
    other = msgspec.structs.replace(given.source, ref="another-branch", url="https://example.invalid/x/y")
    assert pack(msgspec.structs.replace(given, source=other)).id == pack(given).id


def test_what_cannot_be_packed_is_refused(given: DocpackInput) -> None:
    clash = [Page("a.md", "1\n"), Page("A.md", "2\n")]
    with pytest.raises(InvalidArchive):
        pack(msgspec.structs.replace(given, pages=clash))
    with pytest.raises(InvalidArchive):
        pack(msgspec.structs.replace(given, pages=[Page("../a.md", "1\n")]))
    assert given.vectors is not None
    bad = given.vectors.copy()
    bad[0, 0] = np.nan
    with pytest.raises(ValueError):
        pack(msgspec.structs.replace(given, vectors=bad))
    with pytest.raises(ValueError):
        pack(msgspec.structs.replace(given, vectors=given.vectors[1:]))
    nan = msgspec.structs.replace(given.graph.edges[0], certainty=float("nan"))
    graph = msgspec.structs.replace(given.graph, edges=(nan,))
    with pytest.raises(ValueError):
        pack(msgspec.structs.replace(given, graph=graph))
