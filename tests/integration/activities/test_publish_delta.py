"""A publish that looks at changed files alone must leave what a publish of everything would, and tell the same."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from activities import basis
from db.objects import ObjectKind, ObjectStore
from db.session import Database
from docrunch.errors import Superseded
from docrunch.options import ScanOptions
from tests.support.publish_world import PublishWorld, publish_world

pytestmark = pytest.mark.integration

Make = Callable[..., Awaitable[PublishWorld]]
MODULE = (
    "import os\n\n\ndef f{n}(a, b):\n    return {body}\n\n\nclass C{n}:\n    def m(self):\n        return f{n}(1, 2)\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Sixteen modules in two packages that use each other, a text, and a file that will become a directory."""
    found = tmp_path / "src"
    for n in range(16):
        write(found, f"pkg{n % 2}/mod{n}.py", MODULE.format(n=n, body="a + b"))
    write(found, "pkg0/__init__.py", "from pkg0.mod0 import f0\n")
    write(found, "pkg1/user.py", "from pkg0.mod0 import f0\n\n\ndef use():\n    return f0(1, 2)\n")
    write(found, "README.md", "# Demo\n\nWhat this is good for, in more than three words.\n")
    write(found, "tools", "no code here\n")
    return found


def write(root: Path, path: str, content: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content)


@pytest.fixture
async def make(database: Database, tmp_path: Path, root: Path) -> AsyncIterator[Make]:
    objects = ObjectStore("memory://")
    async with AsyncExitStack() as stack:

        async def made(name: str, *, whole: bool = False) -> PublishWorld:
            world = await publish_world(database, tmp_path, name, root, objects, whole=whole)
            stack.callback(world.facts.close)
            return world

        yield made


def edit(root: Path) -> None:
    write(root, "pkg0/mod2.py", MODULE.format(n=2, body="a * b") + "\n\ndef more():\n    return f2(3, 4)\n")


def appear(root: Path) -> None:
    write(
        root,
        "pkg2/new.py",
        "import json\nfrom pkg0.mod0 import f0\n\n\ndef fresh():\n    return json.dumps(f0(1, 2))\n",
    )


def vanish(root: Path) -> None:
    (root / "pkg1/mod3.py").unlink()


def rename_target(root: Path) -> None:
    """Edges of files that nobody touched change their meaning."""
    write(root, "pkg0/mod0.py", MODULE.format(n=0, body="a").replace("def f0", "def g0"))


def file_becomes_directory(root: Path) -> None:
    (root / "tools").unlink()
    write(root, "tools/run.py", "def run():\n    return 1\n")


def directory_becomes_file(root: Path) -> None:
    shutil.rmtree(root / "tools")
    write(root, "tools", "no code here\n")


def text_alone(root: Path) -> None:
    write(
        root,
        "README.md",
        "# Demo\n\nQuite another sentence with enough words to be embedded.\n\n## More\n\nAnd more of it.\n",
    )


def binary_appears(root: Path) -> None:
    (root / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


def comment_alone(root: Path) -> None:
    with (root / "pkg0/mod4.py").open("a") as out:
        out.write("# nothing that the graph knows\n")


def nothing(_: Path) -> None:
    """The same tree again."""


EDITS = (edit, appear, vanish, rename_target, file_becomes_directory, text_alone, binary_appears, comment_alone)


async def test_deltas_leave_and_tell_what_whole_publishes_do(make: Make, root: Path) -> None:
    """Seeded: every edit once, in a random order, with an unchanged scan between some of them."""
    delta, whole = await make("delta"), await make("whole", whole=True)
    order = [*EDITS, directory_becomes_file, nothing]
    random.Random(7).shuffle(order)
    order.sort(key=lambda each: each is directory_becomes_file)  # it needs the directory
    for world in (delta, whole):
        await world.scan_and_publish()
    for change in order:
        change(root)
        answers = [await world.scan_and_publish() for world in (delta, whole)]
        assert delta.homes() is not None
        assert whole.homes() is None
        # a whole publish compares no graphs: its metrics are always due
        first, second = (answer.model_dump(exclude={"seconds", "metrics_due"}) for answer in answers)
        assert first == second
        assert await delta.tables() == await whole.tables()
        assert await delta.told() == await whole.told()
    clean = await make("clean", whole=True)
    await clean.scan_and_publish()
    assert await delta.tables() == await clean.tables()


async def test_one_edited_function_concerns_its_file_alone(make: Make, root: Path) -> None:
    world = await make("demo")
    await world.scan_and_publish()
    write(root, "pkg0/mod2.py", MODULE.format(n=2, body="a * b"))
    done = await world.scan_and_publish()
    assert world.homes() == frozenset({"pkg0/mod2.py"})
    assert (done.files_changed, done.pending_syncs) == (1, 1)


async def test_an_unchanged_scan_looks_at_nothing_and_keeps_its_counts(make: Make) -> None:
    world = await make("demo")
    await world.scan_and_publish()
    before = await world.tables(), (await world.told())[1][0][1]
    done = await world.scan_and_publish()
    assert world.homes() == frozenset()
    assert (done.files_changed, done.symbols, done.relationships, done.chunks, done.pending_syncs) == (0,) * 5
    assert (await world.tables(), (await world.told())[1][0][1]) == before


async def test_packages_and_externals_are_told_in_the_row_without_a_file(make: Make, root: Path) -> None:
    world = await make("demo")
    await world.scan_and_publish()
    appear(root)
    await world.scan_and_publish()
    outbox, _ = await world.told()
    assert [(path, operation) for path, operation, *_ in outbox] == [("", "upsert"), ("pkg2/new.py", "upsert")]
    assert '"file":null' in outbox[0][3]
    assert '"pkg2"' in outbox[0][3]


async def test_other_options_reach_the_texts_of_every_file(make: Make) -> None:
    world = await make("demo")
    await world.scan_and_publish()
    for options in (ScanOptions(embedding_text="card+body"), ScanOptions(embeddings=False), ScanOptions()):
        await world.scan_and_publish(options)
        assert world.homes() is None
        clean = await make(f"clean-{options.embedding_text}-{options.embeddings}")
        await clean.scan_and_publish(options)
        assert await world.tables() == await clean.tables()


async def test_a_file_that_is_lost_loses_its_texts_and_gets_them_back(make: Make) -> None:
    world, clean = await make("demo"), await make("clean")
    await world.scan_and_publish()
    before = await world.tables()
    for lost in (("README.md",), ()):
        await world.scan_and_publish(lost=lost)
        rows = await world.tables()
        assert any(row["path"] == "README.md" for row in rows["chunks"]) == (not lost)
    await clean.scan_and_publish()
    assert before == rows == await clean.tables()


async def test_without_the_objects_of_the_published_scan_everything_is_published(make: Make, root: Path) -> None:
    world, clean = await make("demo"), await make("clean")
    first = await world.scan()
    await world.publish(first)
    await world.objects.delete(ObjectKind.GRAPH, [first.graph_object])
    edit(root)
    await world.scan_and_publish()
    assert world.homes() is None
    await clean.scan_and_publish()
    assert await world.tables() == await clean.tables()


async def test_other_code_publishes_everything_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await make("demo")
    await world.scan_and_publish()
    monkeypatch.setattr(basis, "code_id", lambda: "another version")
    seen = []
    for _ in range(2):
        await world.scan_and_publish()
        seen.append(world.homes())
    assert seen == [None, frozenset()]


async def test_a_scan_published_meanwhile_is_the_new_base(make: Make, root: Path) -> None:
    """Prepared against one scan, published after another: the difference is made again."""
    world, clean = await make("demo"), await make("clean")
    await world.scan_and_publish()
    appear(root)
    between = await world.scan()
    vanish(root)
    edit(root)
    last = await world.scan()
    prepare = world.watched.prepare
    moved = False

    async def interrupted(*args: object, **kwargs: object) -> object:
        nonlocal moved
        prepared = await prepare(*args, **kwargs)  # type: ignore[arg-type]
        if not moved:
            moved = True
            await world.publish(between)
        return prepared

    world.watched.prepare = interrupted  # type: ignore[method-assign,assignment]
    done = await world.publish(last)
    assert done.files_removed == 1
    assert world.homes() is not None
    await clean.scan_and_publish()
    assert await world.tables() == await clean.tables()
    world.watched.prepare = prepare  # type: ignore[method-assign]
    assert await world.publish(last) == done.model_copy(update={"seconds": 0.0})


async def test_two_publishes_of_a_ref_at_once_end_with_the_newer_scan(make: Make, root: Path) -> None:
    world, clean = await make("demo"), await make("clean")
    await world.scan_and_publish()
    appear(root)
    older = await world.scan()
    vanish(root)
    newer = await world.scan()
    found = await asyncio.gather(world.publish(newer), world.publish(older), return_exceptions=True)
    assert not [each for each in found if isinstance(each, BaseException) and not isinstance(each, Superseded)]
    assert not isinstance(found[0], BaseException)
    await clean.scan_and_publish()
    assert await world.tables() == await clean.tables()


async def test_an_older_scan_does_not_replace_a_newer_one(make: Make, root: Path) -> None:
    world = await make("demo")
    await world.scan_and_publish()
    older = await world.scan()
    edit(root)
    await world.scan_and_publish()
    before = await world.tables()
    with pytest.raises(Superseded):
        await world.publish(older)
    assert await world.tables() == before


async def test_a_sha_is_counted_and_has_no_rows(make: Make) -> None:
    world, shown = await make("demo"), await make("shown")
    done = await world.publish(await world.scan(declared=False))
    await shown.scan_and_publish()
    assert not done.published
    assert not any((await world.tables()).values())
    counts = "SELECT counts FROM scan_runs WHERE repository_id = :owner"
    assert await world._rows(counts) == await shown._rows(counts)
