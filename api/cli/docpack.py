"""``docrunch docpack``: look into, check, compare and unpack docpacks. A docpack is untrusted input."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import Json
from api.cli.output import emit, emit_json, pairs, size

SHOWN = 20  # names per kind of change; --json has all

app = typer.Typer(help="Docpack files.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(help="A .docpack file.")]


@app.command()
def inspect(file: File, as_json: Json = False) -> None:
    """Print what a docpack says about itself. Not verified."""
    import msgspec

    from docrunch.docpack.inspect import inspect as look
    from docrunch.docpack.read import read_docpack

    found = msgspec.to_builtins(look(read_docpack(file)))
    if as_json:
        emit_json(found)
        return
    emit(pairs({name: _text(value) for name, value in found.items()}))


@app.command()
def verify(
    file: File,
    source: Annotated[Path | None, typer.Option("--source", help="Compare with the files of this directory.")] = None,
    as_json: Json = False,
) -> int:
    """Check hashes, canonical form, citations, links. Exit 1 when anything is wrong."""
    import msgspec

    from docrunch.docpack.verify import verify as check

    found = check(file, source=source)
    if as_json:
        emit_json(msgspec.to_builtins(found))
    elif found.ok:
        compared = f", {found.files_compared:,} files equal to {source}" if source else ""
        emit(f"ok {found.id}\n{found.members:,} members, {found.citations:,} citations{compared}")
    else:
        for problem in found.problems:
            emit(" ".join(str(part) for part in msgspec.structs.astuple(problem) if part))
        emit(f"BAD: {len(found.problems)} problems")
    return 0 if found.ok else 1


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="A .docpack file.")],
    after: Annotated[Path, typer.Argument(help="Another one.")],
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit 1 when they differ.")] = False,
    as_json: Json = False,
) -> int:
    """Say what changed from one docpack to another."""
    import msgspec

    from docrunch.docpack.diff import diff as compare
    from docrunch.docpack.read import read_docpack

    found = compare(read_docpack(before), read_docpack(after))
    if as_json:
        emit_json(msgspec.to_builtins(found))
    else:
        emit(_differences(msgspec.to_builtins(found)))
    return 1 if exit_code and not found.same else 0


@app.command()
def unpack(
    file: File,
    target: Annotated[Path, typer.Argument(help="A directory that does not exist yet, or is empty.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what the directory holds.")] = False,
    as_json: Json = False,
) -> None:
    """Write the members of a docpack into a directory."""
    from docrunch.docpack.unpack import unpack as write

    written = write(file, target, force=force)
    if as_json:
        emit_json({"target": str(target), "files": [str(path) for path in written]})
    else:
        emit(f"{len(written):,} files in {target}")


def _text(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_amount(name, item)}" for name, item in value.items()) or "none"
    return "none" if value is None else value


def _amount(name: str, value: object) -> object:
    sized = isinstance(value, int) and (name.endswith((".json", ".bin", "/")))
    return size(value) if sized and isinstance(value, int) else value


def _differences(found: dict[str, object]) -> str:
    if found["same"]:
        return f"equal: {found['id_after']}"
    lines = [f"{found['id_before']} → {found['id_after']}"]
    for kind, change in found.items():
        if not isinstance(change, dict):
            continue
        for how in ("added", "removed", "changed"):
            names = change.get(how) or []
            lines += [f"{kind} {how}: {name}" for name in names[:SHOWN]]
            if len(names) > SHOWN:
                lines.append(f"{kind} {how}: … and {len(names) - SHOWN:,} more")
    return "\n".join(lines)
