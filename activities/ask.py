"""Ask: answers of one scan, found here, worded by a model where one is configured."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import NamedTuple

import msgspec
import structlog
from temporalio import activity

from activities.ask_deltas import Deltas
from activities.ask_worlds import AskWorlds, Known
from activities.heartbeat import heartbeating
from db.events.model import AskCompleted
from db.events.store import NewEvent, append
from db.repositories import projects, scans
from db.repositories.model_outputs import OutputKey, find_output, keep_output
from db.repositories.readable import readable_scan
from db.repositories.scans import ScanRow
from db.session import Database
from docrunch.ask.compose import find_answer
from docrunch.ask.model import Answer
from docrunch.ask.prompt import PROMPT_VERSION, Prompt, make_prompt
from docrunch.ask.question import Question, read_question
from docrunch.ask.wording import Wording, without_quotes, worded_answer
from docrunch.ask.world import World
from docrunch.errors import DocrunchError, InvalidConfig, Unreachable
from docrunch.llm.chat import ChatModel
from docrunch.search.model import Hit, Snippet
from workflows.contracts.ask import AnswerEnd, AskActivities, AskRequest, AskResult, FoundAnswer, WordRequest
from workflows.contracts.query import FoundHit, SearchAnswer, SearchRequest

HITS = 12  # of search, for one question
SEARCH_SECONDS = 20.0  # what search may take before the answer does without it

Search = Callable[[SearchRequest], Awaitable[SearchAnswer]]
_log = structlog.get_logger(__name__)


class Chat(NamedTuple):
    """``seconds``: longest time of one answer, from the first byte that is sent to the last that is read."""

    model: ChatModel
    seconds: float


class _Asked(NamedTuple):
    repository_id: int
    scan: ScanRow


class Ask(AskActivities):
    """Args: ``search``: of this process; ``chat``: None where no model is configured."""

    def __init__(self, database: Database, worlds: AskWorlds, search: Search, chat: Chat | None) -> None:
        self._database = database
        self._worlds = worlds
        self._search = search
        self._chat = chat

    @activity.defn(name="find_answer")
    async def find_answer(self, request: AskRequest) -> FoundAnswer:
        asked = await self._resolve(request)
        answer, _ = await self._answer(request, asked.scan)
        return FoundAnswer(
            answer=without_quotes(answer),
            scan_id=asked.scan.id,
            repository_id=asked.repository_id,
            model=self._chat.model.model if self._chat else "",
        )

    @activity.defn(name="word_answer")
    async def word_answer(self, request: WordRequest) -> AskResult:
        if self._chat is None:
            raise InvalidConfig("no language model is configured", hint="Set llm.base_url and llm.model.")
        async with heartbeating():
            async with self._database.transaction() as connection:
                scan = await scans.get_scan(connection, request.scan_id)
            extractive, known = await self._answer(request.request, scan)
            prompt = make_prompt(extractive)
            wording = Wording(prompt.given, known.library.exists)
            info = activity.info()
            deltas = Deltas(self._database, info.workflow_id or "", info.attempt, extractive.repository, scan)
            await self._word(prompt, wording, deltas, self._key(request.request, scan, prompt, self._chat), self._chat)
        model = self._chat.model.model
        return AskResult(answer=without_quotes(worded_answer(extractive, wording, model)))

    @activity.defn(name="record_answer")
    async def record_answer(self, end: AnswerEnd) -> None:
        workflow_id = activity.info().workflow_id or ""
        payload = AskCompleted(
            status=end.status,
            reasons=end.reasons,
            found=end.found,
            asked=end.asked,
            sentences=end.sentences,
            dropped=end.dropped,
            model=end.model,
        )
        event = NewEvent(
            payload=payload,
            subject=end.repository,
            idempotency_key=f"{workflow_id}/ask/completed",
            job_id=workflow_id,
            repository_id=end.repository_id,
        )
        async with self._database.transaction() as connection:
            await append(connection, [event])

    # -- finding ---------------------------------------------------------------------------------------------------

    async def _resolve(self, request: AskRequest) -> _Asked:
        async with self._database.transaction() as connection:
            found = await projects.find(connection, request.repository, tenant_id=request.tenant)
            return _Asked(found.id, await readable_scan(connection, found.id, found.name, request.ref))

    async def _answer(self, request: AskRequest, scan: ScanRow) -> tuple[Answer, Known]:
        known = await self._worlds.get(scan)
        question = await asyncio.to_thread(read_question, request.question)
        hits, degraded = await self._hits(request, question, scan)
        world = World(known.view, known.library, known.lexicon, hits, _arguments(request))
        answer = await asyncio.to_thread(find_answer, world, question, (*known.flaws, *degraded))
        return msgspec.structs.replace(answer, commit=scan.commit), known

    async def _hits(
        self, request: AskRequest, question: Question, scan: ScanRow
    ) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
        """What search finds in the same commit. A question is answered without it where it cannot be had."""
        wanted = SearchRequest(
            query=question.text,
            repositories=(request.repository,),
            ref=request.ref,
            limit=HITS,
            tenant=request.tenant,
        )
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                found = await self._search(wanted)
        except TimeoutError:
            return (), ("search did not answer in time: symbols are found by their names alone",)
        except DocrunchError as error:
            return (), (f"search cannot be used ({error.message}): symbols are found by their names alone",)
        return usable_hits(found, scan.commit)

    # -- wording ---------------------------------------------------------------------------------------------------

    def _key(self, request: AskRequest, scan: ScanRow, prompt: Prompt, chat: Chat) -> OutputKey:
        return OutputKey(request.tenant, scan.repository_id, prompt.context_sha, PROMPT_VERSION, chat.model.model)

    async def _word(self, prompt: Prompt, wording: Wording, deltas: Deltas, key: OutputKey, chat: Chat) -> None:
        """Feed the model's answer to ``wording``: the kept one if there is one, else a new one, which is kept."""
        async with self._database.transaction() as connection:
            kept = await find_output(connection, key)
        if kept is not None:
            _log.info("answer_reused", model=key.model)
            await deltas.add(wording.feed(kept))
        else:
            written = await self._stream(prompt, wording, deltas, chat)
            async with self._database.transaction() as connection:
                await keep_output(connection, key, written)
        await deltas.add(wording.end())
        await deltas.flush()

    async def _stream(self, prompt: Prompt, wording: Wording, deltas: Deltas, chat: Chat) -> str:
        """What the model wrote, as far as it is read."""
        pieces: list[str] = []
        try:
            async with (
                asyncio.timeout(chat.seconds),
                aclosing(chat.model.stream(prompt.system, prompt.user)) as stream,
            ):
                async for piece in stream:
                    pieces.append(piece)
                    await deltas.add(wording.feed(piece))
                    if wording.full:
                        break
        except TimeoutError:
            raise Unreachable(
                f"the language model took longer than {chat.seconds:g} s", hint="Raise llm.timeout_seconds."
            ) from None
        return "".join(pieces)


def _arguments(request: AskRequest) -> str:
    """That `docrunch graph` needs where several repositories were scanned."""
    told = ["--repo", request.repository, *(("--ref", request.ref) if request.ref else ())]
    return shlex.join(told)


def usable_hits(found: SearchAnswer, commit: str) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
    """Hits of the commit that is asked about, those that only look near left out, and what was missing."""
    here = [each for each in found.hits if each.commit == commit]
    if found.hits and not here:
        return (), ("the index of this commit is not ready: symbols are found by their names alone",)
    return tuple(_hit(each) for each in here if not each.weak), found.degraded


def _hit(found: FoundHit) -> Hit:
    values = found.model_dump(exclude={"snippet"})
    shown = found.snippet
    return Hit(**values, snippet=Snippet(shown.line, shown.end_line, shown.text) if shown else None)
