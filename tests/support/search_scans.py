"""Published scans that can be searched, written as the steps of a scan write them, without running one."""

import io
from collections.abc import Sequence
from pathlib import Path

from db.objects import ObjectKind, ObjectStore, parse_reference, reference
from db.publish import PublishRows, publish_scan
from db.publishing.texts import publish_texts
from db.repositories import scans
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.embedding.matrix import write_matrix
from docrunch.embedding.model import Encoder
from docrunch.graph.shards import split
from docrunch.options import ScanOptions
from docrunch.pipeline.embedding import scan_units
from docrunch.search.build import Indexed, build_shards, index_directory, search_object
from docrunch.search.shards import FileShard, Part, pack_index, pack_shard, read_index, read_shard
from docrunch.source.tree import write_tree
from tests.support.publishing import opened, repository, rows


async def store_folder(
    database: Database,
    objects: ObjectStore,
    folder: Path,
    *,
    name: str = "shop",
    ref: str = "main",
    commit: str = "c1",
    encoder: Encoder | None = None,
) -> ScanRow:
    """A published scan of a folder with every object that search reads."""
    made = await store_objects(objects, index_directory(folder), encoder)
    encoder_id = encoder.spec.id if encoder else None
    return await store_scan(database, made, name=name, ref=ref, commit=commit, encoder_id=encoder_id)


async def store_objects(objects: ObjectStore, found: Indexed, encoder: Encoder | None = None) -> dict[str, str]:
    """Name → reference of the objects of a scan."""
    packed = {path: pack_shard(shard) for path, shard in build_shards(found.tree, found.graph).items()}
    units = scan_units(found.tree, found.facts.items(), ScanOptions(), {}) if encoder else []
    index = search_object(found.tree, [Part(path, sha) for path, (sha, _) in packed.items()], units)
    await objects.put_many(ObjectKind.SEARCH_SHARD, [data for _, data in packed.values()])
    made = {"search": reference(ObjectKind.SEARCH, await objects.put(ObjectKind.SEARCH, pack_index(index)))}
    if encoder:
        matrix = write_matrix(encoder.encode([unit.text for unit in units]), [unit.id for unit in units])
        made["matrix"] = reference(ObjectKind.MATRIX, await objects.put(ObjectKind.MATRIX, matrix))
    graph = split(found.graph)
    await objects.put_many(ObjectKind.SHARD, graph.shards.values())
    made["graph"] = reference(ObjectKind.GRAPH, await objects.put(ObjectKind.GRAPH, graph.index))
    out = io.BytesIO()
    write_tree(found.tree, out)
    made["tree"] = reference(ObjectKind.TREE, await objects.put(ObjectKind.TREE, out.getvalue()))
    return made


async def store_scan(
    database: Database,
    made: dict[str, str],
    *,
    name: str = "shop",
    ref: str = "main",
    commit: str = "c1",
    encoder_id: str | None = None,
    declared: bool = True,
    published: PublishRows | None = None,
) -> ScanRow:
    """A scan with these objects, published where its ref is declared: with these rows, else with those of a file."""
    scan = await opened(database, await repository(database, name), ref=ref, commit=commit, declared=declared)
    if declared:
        await publish_scan(database, scan.id, published or rows(1))
    async with database.transaction() as connection:
        await scans.record(connection, scan.id, objects=made, encoder_id=encoder_id)
        return await scans.close_scan(connection, scan.id, "completed")


async def store_rows(database: Database, objects: ObjectStore, scan: ScanRow, made: dict[str, str]) -> None:
    """What Postgres searches by itself, of a published scan with these objects."""
    index = read_index(await objects.get(*parse_reference(made["search"])))
    shards = {part.path: part.shard for part in index.parts}

    async def read(paths: Sequence[str]) -> Sequence[FileShard]:
        return [read_shard(await objects.get(ObjectKind.SEARCH_SHARD, shards[path])) for path in paths]

    await publish_texts(database, scan.id, shards, read)
