"""What stores are given is what is published: made from the tables, it has the bytes that the outbox carried."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from db.events import append, event_id
from db.objects import ObjectStore
from db.publishing.outbox import Target, cause_key
from db.publishing.payload import payload_hash
from db.session import Database
from db.storage import PostgresStorage, StorageHub, file_payloads
from docrunch.storage.model import Document, DocumentType, EntityType, Relation
from tests.support.publish_world import publish_world

pytestmark = pytest.mark.integration
TREE = {
    "app/__init__.py": "from app.models import User\n",
    "app/models.py": "import os\n\n\nclass User:\n    '\"User\" ünï'\n\n    def name(self):\n        return os.sep\n",
    "app/views.py": "from app.models import User\n\n\ndef show(user: User) -> str:\n    return user.name()\n",
    "lib/Zeta.ts": "export class Zeta { run(): number { return 1 } }\nexport const a = new Zeta().run();\n",
    "lib/_under.ts": "import { Zeta } from './Zeta';\nexport function b(): number { return new Zeta().run(); }\n",
    "README.md": "# App\n\nSee `app/models.py`.\n",
    "data.bin": "\x00\x01\x02",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for name, content in TREE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


async def test_every_file_has_the_bytes_of_its_newest_outbox_row(
    database: Database, tmp_path: Path, tree: Path
) -> None:
    world = await publish_world(database, tmp_path, "demo", tree, ObjectStore("memory://"))
    await world.scan_and_publish()
    (tree / "app/views.py").write_text(TREE["app/views.py"] + "\n\ndef more():\n    return show(None)\n")
    (tree / "app/extra.py").write_text("import json\n\n\ndef dump():\n    return json.dumps({})\n")
    (tree / "lib/_under.ts").unlink()
    await world.scan_and_publish()
    async with database.transaction() as connection:
        found = await connection.execute(
            text(
                "SELECT DISTINCT ON (key) key, ref_id, action, content_hash, payload::text FROM sync_events"
                " ORDER BY key, id DESC"
            )
        )
        newest = {row[0]: row for row in found}
        (ref_id,) = {row[1] for row in newest.values()}
        made = await file_payloads(connection, ref_id, [*newest, "no/such/file.py"])
    assert newest["lib/_under.ts"][2] == "delete"
    assert made.keys() == {key for key, row in newest.items() if row[2] == "upsert"}
    assert {"", "app/models.py", "app/extra.py", "README.md", "data.bin"} <= made.keys()
    for key, payload in made.items():
        assert payload.decode() == newest[key][4], key
        assert payload_hash(payload) == newest[key][3], key


async def test_a_file_is_read_with_its_symbols_and_relations(database: Database, tmp_path: Path, tree: Path) -> None:
    world = await publish_world(database, tmp_path, "demo", tree, ObjectStore("memory://"))
    await world.scan_and_publish()
    async with database.transaction() as connection:
        ref_id = (await connection.execute(text("SELECT id FROM refs"))).scalar_one()
    storage = PostgresStorage(database)
    found = await storage.get_file(ref_id, "app/views.py")
    assert found is not None
    assert found.file is not None
    assert (found.file.path, found.file.language) == ("app/views.py", "python")
    show = next(symbol for symbol in found.symbols if symbol.name == "show")
    relations = await storage.get_relationships(ref_id, show.id)
    assert relations
    edges = [edge for edge in found.relationships if edge.source == show.id]
    assert relations == [Relation(edge.target, edge.type, edge.certainty) for edge in edges]
    shared = await storage.get_file(ref_id, "")
    assert shared is not None
    assert shared.file is None
    assert {"repository", "package"} <= {symbol.kind for symbol in shared.symbols}
    assert await storage.get_file(ref_id, "no/such/file.py") is None


async def _fails_after_writing(database: Database, owner: Target, document: Document) -> None:
    async with database.transaction() as connection:
        await StorageHub().on_file_indexed(connection, owner, EntityType.FINDING, "f1", document)
        raise RuntimeError


async def test_a_finding_and_its_outbox_row_commit_together_or_not_at_all(database: Database) -> None:
    document = Document("f1", DocumentType.PATTERN, "A finding", "Text", {"path": "a.py"}, (Relation("n_1", "about"),))
    owner = Target("local", 7, 0, 0)
    with pytest.raises(RuntimeError):
        await _fails_after_writing(database, owner, document)
    async with database.transaction() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM sync_events"))).scalar_one() == 0
        told = await StorageHub().on_file_indexed(
            connection, owner, EntityType.FINDING, "f1", document, cause=event_id("the finding")
        )
        await append(connection, [told])
    async with database.transaction() as connection:
        (row,) = await connection.execute(
            text("SELECT id, entity_id, priority, payload::text, content_hash FROM sync_events")
        )
        (event,) = await connection.execute(text("SELECT event_id, parent_id, payload FROM events"))
    assert (row[1], row[2]) == ("r7/f1", 0)
    assert msgspec.json.decode(row[3], type=Document) == document
    assert payload_hash(row[3].encode()) == row[4]
    assert event[0] == event_id(cause_key(EntityType.FINDING, 0, row[0]))
    assert event[1] == event_id("the finding")
    assert event[2]["count"] == 1
