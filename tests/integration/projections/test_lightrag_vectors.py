"""Nothing is embedded twice: what the graph needs stays in the cache as long as its ref is shown, and no longer."""

from collections.abc import Sequence
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.maintenance import Maintenance
from activities.projections.target import Change
from db.bulk import execute, fetch
from db.repositories.removal import remove_repository
from docrunch.storage.model import Action, EntityType
from tests.support.knowledge import KnowledgeWorld
from workflows.contracts.cleanup import CleanupKind, CleanupStep

pytestmark = pytest.mark.integration

PAGE = {"path": "decisions/0001.md", "kind": "decision", "title": "Use decimals", "text": "We sum prices as decimals."}
FINDING = {"id": "f1", "type": "pattern", "title": "Carts are never emptied", "content": "checkout keeps the items"}
WRITTEN = [
    Change(EntityType.PAGE, "1/decisions/0001.md", "decisions/0001.md", Action.UPSERT, b"p", PAGE),
    Change(EntityType.FINDING, "r1/f1", "f1", Action.UPSERT, b"f", FINDING),
]


async def sql(world: KnowledgeWorld, statement: str, *arguments: Any) -> None:
    async with world.database.transaction() as connection:
        await execute(connection, statement, *arguments)


async def cached(world: KnowledgeWorld) -> int:
    async with world.database.transaction() as connection:
        [row] = await fetch(connection, "SELECT count(*) AS n FROM embeddings")
    return int(row["n"])


async def shown(world: KnowledgeWorld, changes: Sequence[Change]) -> None:
    """Project, and register the workspace as the drain does."""
    assert not (await world.project(changes)).failed
    where = await world.workspace()
    await sql(
        world,
        "INSERT INTO workspaces (target, repository_id, ref_id, generation, state)"
        " VALUES ('lightrag', $1, $2, 1, 'active')",
        where.repository_id,
        where.ref_id,
    )


async def cleanup_after_the_grace(world: KnowledgeWorld) -> int:
    await sql(world, "UPDATE embeddings SET used_at = now() - interval '3 days'")
    context = world.context
    cleanup = Maintenance(world.database, context.objects, None, context.settings, context.settings.home)
    done = await ActivityEnvironment().run(cleanup.cleanup_step, CleanupStep(kind=CleanupKind.CACHES, now=0.0))
    return done.deleted


async def rebuilt(world: KnowledgeWorld, changes: Sequence[Change]) -> int:
    """How many texts a rebuild embeds."""
    before = world.encoder.calls
    await world.target.rebuild(await world.workspace(2))
    assert not (await world.project(changes, generation=2)).failed
    return world.encoder.calls - before


async def test_a_rebuild_after_a_cleanup_embeds_nothing(shop: KnowledgeWorld) -> None:
    changes = [*await shop.scan(), *WRITTEN]
    await shown(shop, changes)
    assert shop.encoder.calls > 2, "pages and findings have no card"
    await cleanup_after_the_grace(shop)
    assert await rebuilt(shop, changes) == 0


async def test_nor_does_one_after_the_scan_that_made_them_has_expired(shop: KnowledgeWorld) -> None:
    """Later scans of the ref leave the page as it is, so that no projection looks its vectors up."""
    changes = [*await shop.scan(), *WRITTEN]
    await shown(shop, changes)
    await sql(shop, "UPDATE scan_runs SET closed_at = now()")
    await shop.scan({"shop/new.py": "def fresh():\n    return 1\n"})
    await sql(shop, "UPDATE scan_runs SET status = 'expired' WHERE id NOT IN (SELECT current_scan_id FROM refs)")
    await cleanup_after_the_grace(shop)
    assert await rebuilt(shop, changes) == 0


async def test_what_no_workspace_needs_any_more_is_cleaned(shop: KnowledgeWorld) -> None:
    await shown(shop, [*await shop.scan(), *WRITTEN])
    before = await cached(shop)
    newer = [Change(each.entity_type, each.entity_id, each.key, Action.DELETE, None) for each in WRITTEN]
    await shop.project(newer)
    await sql(shop, "DELETE FROM scan_uses")
    assert await cleanup_after_the_grace(shop) > 0
    assert 0 < await cached(shop) < before


async def test_a_removed_repository_takes_the_vectors_of_its_pages_along(shop: KnowledgeWorld) -> None:
    changes = await shop.scan(embedded=False)
    await shown(shop, [*changes, *WRITTEN])
    assert await cached(shop) > 2
    await sql(shop, "UPDATE scan_runs SET closed_at = now()")
    async with shop.database.transaction() as connection:
        await remove_repository(connection, shop.world.owner.id, "demo")
    assert await cached(shop) == 0
