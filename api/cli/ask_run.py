"""What ``docrunch ask`` does: start, follow, print."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from api.cli import context
from api.cli.output import emit, emit_json, say
from docrunch.ask.citations import shown
from docrunch.ask.model import Answer
from docrunch.ask.question import check_question
from docrunch.config import Settings
from docrunch.errors import UsageError
from docrunch.ids import short_commit

if TYPE_CHECKING:
    from api.cli.services import Services

HERE = "."  # a repository argument that means the one you are in
INTERRUPTED = 130


class Asked(msgspec.Struct, frozen=True):
    """``words``: a repository and the question, or the question alone."""

    words: Sequence[str]
    ref: str | None
    no_model: bool
    show_evidence: bool
    no_wait: bool
    file: Path | None
    as_json: bool


def run(asked: Asked) -> int:
    *repositories, question = asked.words
    check_question(question)  # before any server is asked
    if len(repositories) > 1:
        raise UsageError("a question is about one repository", hint='docrunch ask REPO "question", in quotes.')
    if asked.file is not None:
        if repositories or asked.ref or asked.no_wait:
            raise UsageError("--from names a graph by itself", hint="Leave the repository, --ref and --no-wait out.")
        return _offline(asked, asked.file, question)
    settings = context.connected(context.settings())
    return asyncio.run(_ask(asked, settings, repositories[0] if repositories else HERE, question))


def _offline(asked: Asked, file: Path, question: str) -> int:
    from api.operations.ask_offline import ask_view
    from api.operations.graph_view import Views, file_view

    view = file_view(Views(context.settings().home / "cache" / "views"), file)
    _print(asked, ask_view(view, question), "")
    return 0


async def _ask(asked: Asked, settings: Settings, repository: str, question: str) -> int:
    from api.cli.services import open_services
    from api.operations.ask import AskOrder, cancel_ask, start_ask

    async with open_services(settings) as services:
        if repository == HERE:
            from api.operations.stored_view import find_stored

            repository = (await find_stored(services.database, None, None, Path.cwd())).repository
        order = AskOrder(question, repository, asked.ref, use_model=not asked.no_model)
        workflow_id = await start_ask(services.temporal, order)
        if asked.no_wait:
            emit_json({"workflow_id": workflow_id}) if asked.as_json else emit(workflow_id)
            return 0
        try:
            answer, told = await _follow(asked, services, workflow_id)
        except (KeyboardInterrupt, asyncio.CancelledError):
            await cancel_ask(services.temporal, workflow_id)
            say("cancelled")
            return INTERRUPTED
    _print(asked, answer, workflow_id, told=told)
    return 0


async def _follow(asked: Asked, services: "Services", workflow_id: str) -> tuple[Answer, bool]:
    """The answer, and whether its text was printed while it came."""
    from api.operations.ask import Part, answer_of, follow_ask

    if asked.as_json or asked.no_model:
        return await answer_of(services.temporal, workflow_id), False
    told = False
    async for each in follow_ask(services.temporal, services.database, workflow_id):
        if isinstance(each, Part):
            if each.again:
                say("(the model was interrupted: once more)")
            emit(each.text)
            told = True
        else:
            return each, told and each.model is not None
    raise AssertionError("a question ends with its answer")


def _print(asked: Asked, answer: Answer, workflow_id: str, *, told: bool = False) -> None:
    from api.operations.ask import as_json

    if asked.as_json:
        emit_json(as_json(answer, workflow_id))
        return
    if not told:
        emit(answer.answer)
    if asked.show_evidence:
        emit("\nevidence:")
        for each in answer.evidence:
            emit(f"  {each.id} ({each.origin}) {each.text}{shown(each.citations)}")
    words = f", worded by {answer.model}" if answer.model else ""
    emit(f"\nbased on commit {short_commit(answer.commit)} of {answer.repository}{words}")
    for note in answer.degraded:
        say(f"note: {note}")
