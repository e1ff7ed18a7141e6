"""The main job over a repository of many kinds: the same bytes with and without servers, and no secret anywhere."""

import asyncio
import gzip
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from api.operations.export_graph import stored_graph, write_graph
from api.operations.graph_view import Views, file_view
from api.operations.stored_view import stored_view
from db.objects import ObjectStore
from db.session import Database
from docrunch.docpack.read import read_docpack
from docrunch.docpack.verify import verify
from docrunch.graph.queries.cycles import cycles
from docrunch.graph.queries.entrypoints import KINDS, entrypoints
from docrunch.graph.queries.hierarchy import callees, callers
from docrunch.graph.queries.impact import impact
from docrunch.graph.queries.outline import outline
from docrunch.graph.queries.paths import shortest_path
from docrunch.graph.queries.rank import rank
from docrunch.graph.queries.select import select
from docrunch.graph.queries.unused import unused
from docrunch.graph.queries.view import GraphView
from docrunch.graph.queries.who_tests import who_tests
from tests.support.repositories import Repository, python_files
from tests.support.stack import Scanned, Stack

CANARIES = (
    "AKIA" + "Q3EGVD7MUSBWXK2P",
    "ghp_" + "x7Kq2mPz9LwRt4Vn8BcYf1Hd6Gs3JaEu5oQi",
    "hunter2" + "Zq9TrombonePlum",
)
NAME = "example.org/acme/mixed"
MIXED: dict[str, str | bytes] = {
    "README.md": "# Mixed\n\nA till, in four languages.\n\n"
    "```python\nfrom shop.till import Till\n\nTill().take(3)\n```\n",
    "docs/adr/0001-use-integers.md": "# 1. Use integers\n\n## Status\n\nAccepted\n\n## Decision\n\nMoney is an int.\n",
    "pyproject.toml": '[project]\nname = "mixed"\nversion = "1.0"\n\n[project.scripts]\nmixed = "shop.cli:main"\n',
    "shop/__init__.py": '"""A shop."""\n\nfrom shop.till import Till\n\n__all__ = ["Till"]\n',
    "shop/till.py": '"""Takes money."""\n\nfrom shop.goods import price_of\n\n\nclass Till:\n    """Holds money."""\n\n'
    '    def take(self, amount: int) -> int:\n        """Take an amount."""\n        return amount + price_of("tea")\n',
    "shop/goods.py": 'PRICES = {"tea": 3}\n\n\ndef price_of(name: str) -> int:\n    """What it costs."""\n'
    "    return PRICES[name]\n",
    "shop/cli.py": "from shop.till import Till\n\n\ndef main() -> None:\n    print(Till().take(1))\n\n\n"
    'if __name__ == "__main__":\n    main()\n',
    "shop/config.py": f'"""Settings."""\n\nKEY = "{CANARIES[0]}"\nTOKEN = "{CANARIES[1]}"\n'
    f'URL = "postgresql://shop:{CANARIES[2]}@db.example.org/shop"\n\n\ndef url() -> str:\n    return URL\n',
    "NOTES.md": f"# Notes\n\nThe deploy token was {CANARIES[1]} once.\n",
    "web/cart.ts": "import { total } from './total';\n\n/** Holds goods. */\nexport class Cart {\n"
    "  add(price: number): number {\n    return total(price, 1);\n  }\n}\n",
    "web/total.ts": "export function total(a: number, b: number): number {\n  return a + b;\n}\n",
    "tool/go.mod": "module example.org/tool\n\ngo 1.22\n",
    "tool/main.go": "package main\n\n// Sum adds.\nfunc Sum(a, b int) int { return a + b }\n\n"
    "func main() { Sum(1, 2) }\n",
    "core/Cargo.toml": '[package]\nname = "core"\nversion = "0.1.0"\n',
    "core/src/lib.rs": "//! Sums.\n\n/// Adds.\npub fn add(a: i32, b: i32) -> i32 {\n    twice(a) + b\n}\n\n"
    "fn twice(a: i32) -> i32 {\n    a * 2\n}\n",
    "broken.py": "def broken(:\n    return (((\n\nclass Still(object):\n    def here(self):\n        pass\n",
    "latin.py": b'# -*- coding: latin-1 -*-\n"""caf\xe9"""\n\n\ndef caf() -> str:\n    return "\xe9"\n',
    "logo.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "huge.py": "x = 1\n" * 200_000,
    "empty.py": "",
}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository(tmp_path_factory.mktemp("mixed") / "repo", MIXED)
    (made.root / "link.py").symlink_to("/etc/passwd")
    made.commit()
    return made


@pytest.fixture(scope="module")
async def scanned(stack: Stack, mixed: Repository) -> Scanned:
    return await stack.scan(mixed.root, name=NAME)


@pytest.fixture(scope="module")
async def offline(stack: Stack, mixed: Repository) -> Path:
    return (await stack.offline(mixed.root, name=NAME))[1]


def files_below(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


async def exported(stack: Stack, repository: str, into: Path) -> bytes:
    database = Database(stack.url)
    try:
        graph = (await stored_graph(database, ObjectStore(stack.settings.objects_url), repository, None)).graph
    finally:
        await database.close()
    with into.open("wb") as out:
        write_graph(graph, "jsonl", out)
    return into.read_bytes()


async def test_the_workflow_writes_what_the_offline_run_writes(
    stack: Stack, scanned: Scanned, offline: Path, tmp_path: Path
) -> None:
    assert scanned.outcome == "completed"
    assert scanned.docpack.read_bytes() == (offline / "run.docpack").read_bytes()
    assert files_below(scanned.docs) == files_below(offline / "docs")
    assert await exported(stack, NAME, tmp_path / "graph.jsonl") == (offline / "graph.jsonl").read_bytes()


async def test_questions_have_one_answer_whatever_form_is_asked(
    stack: Stack, scanned: Scanned, offline: Path, tmp_path: Path
) -> None:
    views = Views(tmp_path / "views")
    database = Database(stack.url)
    try:
        stored = await stored_view(views, database, ObjectStore(stack.settings.objects_url), NAME, None, tmp_path)
    finally:
        await database.close()
    forms = [stored, file_view(views, offline / "graph.jsonl"), file_view(views, scanned.docpack)]
    answers = {msgspec.json.encode([*asked(view)]) for view in forms}
    assert len(answers) == 1
    assert b"shop.cli.main" in answers.pop()


def asked(view: GraphView) -> Iterator[object]:
    """One answer to every kind of question."""
    price, take = select(view, "price_of"), select(view, "shop/till.py:10")
    yield from (callers(view, price, depth=3), callees(view, take), shortest_path(view, take, price))
    yield from (impact(view, price), impact(view, [], parts=take), who_tests(view, price), cycles(view))
    yield from (unused(view, exported=True), entrypoints(view, KINDS), rank(view, limit=0), rank(view, of="file"))
    yield outline(view, select(view, "shop/till.py")[0])


async def test_the_docpack_verifies_against_its_source(scanned: Scanned, mixed: Repository) -> None:
    found = verify(scanned.docpack, source=mixed.root)
    assert found.problems == ()
    assert found.files_compared >= 15
    assert found.citations > 10


async def test_every_file_that_was_left_out_says_why(scanned: Scanned) -> None:
    skipped = {each.path: each.reason for each in read_docpack(scanned.docpack).manifest.skipped_files}
    assert skipped == {"huge.py": "too_large", "link.py": "symlink", "logo.png": "binary"}


async def test_languages_symbols_and_decisions_arrive(scanned: Scanned) -> None:
    pack = read_docpack(scanned.docpack)
    names = {node.qualified_name for node in pack.nodes.nodes}
    assert {"shop.till.Till.take", "web/cart.Cart.add", "core::add"} <= names
    assert any(name.endswith("tool.Sum") for name in names)
    assert any(page.path.startswith("decisions/") for page in pack.pages)


async def test_no_row_is_left_open(stack: Stack, scanned: Scanned) -> None:
    assert await stack.leftovers() == {}
    assert await stack.value("SELECT count(*) FROM docpacks WHERE workflow_id = $1", scanned.started.workflow_id) == 1


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def unpacked(data: bytes) -> Iterator[bytes]:
    """The bytes, and what any zstd or gzip stream within them holds."""
    yield data
    for magic, inflate in ((b"\x28\xb5\x2f\xfd", _unzstd), (b"\x1f\x8b\x08", _ungzip)):
        at = data.find(magic)
        while at >= 0:
            yield inflate(data[at:])
            at = data.find(magic, at + 1)


def _unzstd(data: bytes) -> bytes:
    try:
        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    except zstandard.ZstdError:
        return b""


def _ungzip(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(data)
    except zlib.error:
        return b""


def canaries_in(data: bytes) -> list[str]:
    return [canary for part in unpacked(data) for canary in CANARIES if canary.encode() in part]


async def test_no_secret_is_anywhere(stack: Stack, scanned: Scanned, offline: Path) -> None:
    assert scanned.end.result
    assert scanned.end.result.issues["secret_redacted"] == 4
    found: dict[str, list[str]] = {}
    async for each in stack.client.list_workflows():
        history = await stack.client.get_workflow_handle(each.id, run_id=each.run_id).fetch_history()
        for event in history.events:
            found[f"history of {each.id}, event {event.event_id}"] = canaries_in(event.SerializeToString())
    found["logs"] = canaries_in(stack.logs().encode())
    columns = await stack.rows(
        "SELECT table_name AS t, column_name AS c, data_type = 'bytea' AS raw FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type IN ('text', 'character varying', 'bytea', 'jsonb', 'json')"
    )
    assert len(columns) > 50
    for row in columns:
        cast = "" if row["raw"] else "::text"
        for value in await stack.rows(
            f'SELECT "{row["c"]}"{cast} AS v FROM "{row["t"]}" WHERE "{row["c"]}" IS NOT NULL'
        ):
            held = value["v"] if row["raw"] else value["v"].encode()
            found.setdefault(f"{row['t']}.{row['c']}", []).extend(canaries_in(held))
    for folder in (stack.home, scanned.docs, scanned.docpack.parent, offline):
        for path, data in files_below(folder).items():
            if "encoder" not in path:  # ninety megabytes of weights
                found[path] = canaries_in(data)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_search_for_secrets_would_find_one() -> None:
    text = f"{list(range(2_000))} {CANARIES[0]}".encode()
    packed = zstandard.compress(text)
    assert CANARIES[0].encode() not in packed
    assert canaries_in(text) == canaries_in(b"ab" + packed) == canaries_in(gzip.compress(text)) == [CANARIES[0]]


# ── again, and with changes ──────────────────────────────────────────────────────────────────────────────────────────


async def test_a_second_scan_reuses_everything(stack: Stack, scanned: Scanned, mixed: Repository) -> None:
    again = await stack.scan(mixed.root, name=NAME)
    assert scanned.end.result
    assert again.end.result
    counts = again.end.result.counts
    assert (counts.embedded, counts.parse_reused) == (0, counts.parsed)
    assert counts.texts == counts.embed_reused == scanned.end.result.counts.texts > 0
    assert again.docpack.read_bytes() == scanned.docpack.read_bytes()


async def told_files(stack: Stack, behind: int) -> list[dict[str, Any]]:
    """Outbox rows of files with a larger id."""
    return await stack.rows(
        "SELECT key AS path, action AS operation FROM sync_events WHERE id > $1 AND entity_type = 'file' ORDER BY key",
        behind,
    )


async def test_one_changed_file_gives_what_a_clean_scan_gives(stack: Stack, tmp_path: Path) -> None:
    """And enqueues that file alone for the derived stores."""
    repository = Repository(tmp_path / "repo", python_files(12, "inc"))
    await stack.scan(repository.root, name="inc")
    before = await stack.value("SELECT max(id) FROM sync_events")
    path = "inc/m5.py"
    text = (repository.root / path).read_text()
    repository.commit({path: text.replace("Do step 5", "Perform step 5").replace("value + 5", "value + 55")})
    changed = await stack.scan(repository.root, name="inc")
    _, offline = await stack.offline(repository.root, name="inc")
    assert changed.end.result
    counts = changed.end.result.counts
    assert (counts.parsed - counts.parse_reused, counts.embedded) == (1, 1)
    assert changed.docpack.read_bytes() == (offline / "run.docpack").read_bytes()
    assert files_below(changed.docs) == files_below(offline / "docs")
    assert await told_files(stack, before) == [{"path": path, "operation": "upsert"}]


async def test_a_removed_and_a_new_file_reach_the_derived_stores(stack: Stack, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo", python_files(3, "gone"))
    await stack.scan(repository.root, name="gone")
    before = await stack.value("SELECT max(id) FROM sync_events")
    (repository.root / "gone/m2.py").unlink()
    repository.commit({"gone/new.py": "def fresh() -> None:\n    pass\n"})
    await stack.scan(repository.root, name="gone")
    rows = await stack.rows(
        "SELECT key AS path, action AS operation FROM sync_events WHERE id > $1 AND entity_type = 'file' ORDER BY key",
        before,
    )
    assert {row["path"]: row["operation"] for row in rows} == {
        "": "upsert",  # what is in no file: the package, which contains another module now
        "gone/m2.py": "delete",
        "gone/new.py": "upsert",
    }
    assert await stack.value(
        "SELECT array_agg(path ORDER BY path) FROM files f JOIN refs r ON r.id = f.ref_id"
        " JOIN repositories p ON p.id = r.repository_id WHERE p.name = 'gone'"
    ) == ["README.md", "gone/m0.py", "gone/m1.py", "gone/new.py"]


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_command_line_scans_and_reports(
    stack: Stack, mixed: Repository, scanned: Scanned, tmp_path: Path
) -> None:
    """``scan --json`` against configured servers: the fields that other tools rely on, and the files it names."""
    command = [sys.executable, "-m", "api.cli.main", "scan", str(mixed.root), "--name", NAME, "--json"]
    done = await asyncio.to_thread(
        subprocess.run, command, env=stack.environment, cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"workflow_id", "run_id", "repository", "commit", "outcome", "counts", "stages", "docpack"} <= set(found)
    assert found["workflow_id"] == scanned.started.workflow_id
    assert found["counts"]["embedded"] == 0
    written = tmp_path / found["docpack"]["path"]
    assert written.read_bytes() == scanned.docpack.read_bytes()
    assert os.path.getsize(written) == found["docpack"]["bytes"]
    assert (tmp_path / found["docs_path"] / "index.md").is_file()
