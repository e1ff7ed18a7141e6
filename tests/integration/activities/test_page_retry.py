"""A page whose first attempt committed and could not say so gives the answer that other steps have read."""

from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.facts import FactsCache
from activities.ingest import Ingest
from activities.scans import ScanRows
from activities.worlds import Worlds
from db.objects import ObjectKind, ObjectStore
from db.repositories import issues
from db.session import Database
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.source.model import Issue
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source, parse_spec
from docrunch.source.tree import write_tree
from tests.support.publishing import opened, repository
from workflows.contracts.scan import PageRequest, PageResult

pytestmark = pytest.mark.integration


async def stored_tree(objects: ObjectStore, root: Path) -> str:
    for folder in ("src", "job"):
        (root / folder).mkdir(mode=0o700)
    for name in ("a.py", "slow.py"):
        (root / "src" / name).write_text(f"def {name[0]}():\n    return 1\n")
    spec, options = parse_spec(str(root / "src"), cwd=root), ScanOptions()
    read = open_source(
        spec, ref=None, name=None, options=options, policy=SourcePolicy(), workdir=root / "job", detect=detect
    )
    with (root / "tree").open("xb") as out:
        write_tree(read, out)
    return await objects.put(ObjectKind.TREE, root / "tree")


async def test_a_file_that_was_lost_stays_lost_for_this_scan(database: Database, tmp_path: Path) -> None:
    scan = await opened(database, await repository(database))
    async with database.transaction() as connection:
        await issues.add_many(connection, scan.id, [Issue("slow.py", "parse_timeout", stage="parse")])
    objects, rows = ObjectStore("memory://"), ScanRows(database)
    facts = FactsCache(rows, processes=1)
    subject = Ingest(Worlds(objects, tmp_path), rows, facts, policy=SourcePolicy(), work=tmp_path, processes=1)
    page = PageRequest(scan_id="r1", tree_object=await stored_tree(objects, tmp_path), lo=0, hi=2, cursor=0)
    try:
        found: PageResult = await ActivityEnvironment().run(subject.parse_page, page)
    finally:
        facts.close()
    assert (found.parsed, found.failed, found.next_cursor) == (1, 1, 2)
    assert found.issues == {"parse_timeout": 1}
