"""What publish, assembly and packing read of a scan: the same as from scratch, made from what the last scan left."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache
from activities.scan_world import ScanWorld, ScanWorlds
from activities.scans import ScanRows
from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore
from db.repositories import embeddings, issues
from db.session import Database
from docrunch.embedding.matrix import write_matrix
from docrunch.embedding.model import EncoderSpec, TextUnit
from docrunch.errors import Failed
from docrunch.ids import Sha256
from docrunch.options import ScanOptions
from docrunch.pipeline.embedding import LOST_TEXT, scan_units
from docrunch.source.model import Issue
from tests.support.publishing import opened, repository
from tests.support.trees import stored_tree

pytestmark = pytest.mark.integration

FILES = {"a.py": "def first(value):\n    return value\n", "b.py": "def second(value):\n    return value\n"}
CHANGED = {**FILES, "b.py": FILES["b.py"] + "\n\ndef third(value):\n    return value\n"}
OPTIONS = ScanOptions()


class Process:
    """A process that finishes scans."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.objects = ObjectStore("memory://")
        rows = ScanRows(database)
        self.facts = FactsCache(rows, processes=1)
        self.worlds = ScanWorlds(Worlds(self.objects, folder), rows, self.facts)
        self.scans = 0

    async def open(self, files: Mapping[str, str], scope: str = "public") -> tuple[str, ScanWorld, list[TextUnit]]:
        """Run id, world and units of a new scan."""
        self.scans += 1
        scan = await opened(self.database, await repository(self.database), run_id=f"r{self.scans}")
        tree = await stored_tree(self.objects, self.folder, files)
        world = await ActivityEnvironment().run(self.worlds.load, scan.run_id, tree, scope, OPTIONS)
        return scan.run_id, world, await self.worlds.units(world, OPTIONS, {})

    async def embed(self, run_id: str, units: list[TextUnit], scope: str = "public") -> None:
        """A vector for every text, told by the text itself."""
        texts = {unit.text_sha: unit.text for unit in units}
        async with self.database.transaction() as connection:
            run = await self.worlds.rows.run(connection, run_id)
            vectors = np.array([vector(each) for each in texts.values()], np.float32)
            await embeddings.insert_many(connection, run.id, scope, "e", list(texts), vectors)


def vector(content: str) -> list[float]:
    return [float(len(content)), float(sum(map(ord, content))), 1.0]


@pytest.fixture
async def process(database: Database, tmp_path: Path) -> AsyncIterator[Process]:
    made = Process(database, tmp_path)
    yield made
    made.facts.close()


async def test_units_after_a_change_are_those_of_a_scan_from_scratch(process: Process) -> None:
    _, _, before = await process.open(FILES)
    _, world, after = await process.open(CHANGED)
    assert after == scan_units(world.tree.reader, world.facts.items(), OPTIONS, {})
    kept = {id(unit) for unit in before if unit.path == "a.py"}
    assert {id(unit) for unit in after if unit.path == "a.py"} == kept
    assert len(after) > len(before)


async def test_units_depend_on_the_options_and_instructions_of_their_scan(process: Process) -> None:
    _, world, plain = await process.open(FILES)
    told = await process.worlds.units(world, OPTIONS, {"card": "find: "})
    assert [unit.text for unit in told] == [f"find: {unit.text}" for unit in plain]
    assert len(await process.worlds.units(world, ScanOptions(embedding_text="card+body"), {})) > len(plain)
    assert await process.worlds.units(world, ScanOptions(embeddings=False), {}) == []


async def test_only_vectors_of_new_texts_are_fetched(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _, units = await process.open(FILES)
    await process.embed(run, units)
    await process.worlds.vectors(run, "public", "e", units, 3)
    run, _, changed = await process.open(CHANGED)
    await process.embed(run, changed)
    fetched: list[Sha256] = []
    look_up = embeddings.lookup_many

    async def counted(connection, scan_id, scope, encoder_id, shas):  # type: ignore[no-untyped-def]
        fetched.extend(shas)
        return await look_up(connection, scan_id, scope, encoder_id, shas)

    monkeypatch.setattr(embeddings, "lookup_many", counted)
    kept, matrix, lost = await process.worlds.vectors(run, "public", "e", changed, 3)
    assert set(fetched) == {unit.text_sha for unit in changed} - {unit.text_sha for unit in units}
    assert (kept, lost) == (changed, ())
    assert matrix.tolist() == [vector(unit.text) for unit in changed]


@pytest.mark.parametrize(("scope", "encoder"), [("tenant:other", "e"), ("public", "other")])
async def test_a_vector_serves_its_own_scope_and_encoder_only(process: Process, scope: str, encoder: str) -> None:
    run, _, units = await process.open(FILES)
    await process.embed(run, units)
    assert len((await process.worlds.vectors(run, "public", "e", units, 3))[0]) == len(units)
    kept, matrix, lost = await process.worlds.vectors(run, scope, encoder, units, 3)
    assert (kept, matrix.shape, len(lost)) == ([], (0, 3), len(units))


async def test_a_scan_that_lost_a_text_has_the_vectors_that_the_database_has(
    process: Process, database: Database
) -> None:
    """The same docpack must come of it in a process that has seen the text before."""
    run, _, units = await process.open(FILES)
    await process.embed(run, units)
    await process.worlds.vectors(run, "public", "e", units, 3)
    gone = units[0]
    async with database.transaction() as connection:
        await connection.execute(
            text("DELETE FROM embeddings WHERE text_sha = :sha"), {"sha": bytes.fromhex(gone.text_sha)}
        )
    run, _, again = await process.open(FILES)
    async with database.transaction() as connection:
        scan = await process.worlds.rows.run(connection, run)
        await issues.add_many(connection, scan.id, [Issue(gone.path, LOST_TEXT, "card text", 1, "embed")])
    kept, _, lost = await process.worlds.vectors(run, "public", "e", again, 3)
    assert gone.id not in {unit.id for unit in kept}
    assert [issue.path for issue in lost] == [gone.path]


async def test_the_matrix_is_that_of_its_units_and_written_once(process: Process) -> None:
    run_id, _, units = await process.open(FILES)
    await process.embed(run_id, units)
    tree = await stored_tree(process.objects, process.folder, FILES)
    spec = EncoderSpec("e", "test", "onnxruntime", "fp32", 3, 64, "f" * 64)
    first = await ActivityEnvironment().run(process.worlds.matrix, run_id, tree, "public", OPTIONS, spec)
    expected = write_matrix(np.array([vector(unit.text) for unit in units], np.float32), [unit.id for unit in units])
    assert await process.objects.get(ObjectKind.MATRIX, first.name) == expected
    again = await ActivityEnvironment().run(process.worlds.matrix, run_id, tree, "public", OPTIONS, spec)
    assert again is first
    await process.objects.delete(ObjectKind.MATRIX, [first.name])
    await ActivityEnvironment().run(process.worlds.matrix, run_id, tree, "public", OPTIONS, spec)
    assert await process.objects.exists(ObjectKind.MATRIX, first.name)


async def test_a_matrix_without_a_vector_that_nobody_listed_is_refused(process: Process) -> None:
    run_id, _, units = await process.open(FILES)
    await process.embed(run_id, units[1:])
    tree = await stored_tree(process.objects, process.folder, FILES)
    spec = EncoderSpec("e", "test", "onnxruntime", "fp32", 3, 64, "f" * 64)
    with pytest.raises(Failed, match="1 texts have no vector"):
        await ActivityEnvironment().run(process.worlds.matrix, run_id, tree, "public", OPTIONS, spec)


async def test_units_of_a_changed_file_need_the_facts_of_no_other(process: Process) -> None:
    await process.open(FILES)
    run_id, _, expected = await process.open(CHANGED)
    tree = await stored_tree(process.objects, process.folder, CHANGED)
    process.worlds._units._entries.clear()
    found = await ActivityEnvironment().run(process.worlds.all_units, run_id, tree, "public", OPTIONS, {})
    assert found == expected
