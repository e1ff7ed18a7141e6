"""Searches and questions."""

import msgspec
from temporalio import activity

from docrunch.ask.model import Answer, Citation, Kind, Sentence
from tests.support.fakes.world import Fake
from workflows.contracts import ask, query


class FakeAsk(Fake, ask.AskActivities):
    @activity.defn(name="find_answer")
    async def find_answer(self, request: ask.AskRequest) -> ask.FoundAnswer:
        model = self._worlds.here().model
        found = ask.FoundAnswer(answer=self._answer(request), scan_id=1, repository_id=1, model=model)
        return await self.act(request, found)

    @activity.defn(name="word_answer")
    async def word_answer(self, request: ask.WordRequest) -> ask.AskResult:
        answer = self._answer(request.request)
        worded = msgspec.structs.replace(answer, answer="worded", model=self._worlds.here().model)
        return await self.act(request, ask.AskResult(answer=worded))

    @activity.defn(name="record_answer")
    async def record_answer(self, end: ask.AnswerEnd) -> None:
        await self.act(end, None)

    def _answer(self, request: ask.AskRequest) -> Answer:
        world = self._worlds.here()
        return Answer(
            question=request.question,
            kind=Kind.FREE,
            answer="quoted",
            found=world.found,
            sentences=(Sentence("quoted", (Citation("a.py", 1, 2),)),),
            evidence=(),
            looked_for=("it",),
            degraded=(),
            repository=f"example.org/{world.name}",
            commit="0123456789abcdef0123456789abcdef01234567",
        )


class FakeQueries(Fake, query.QueryActivities):
    @activity.defn(name="search")
    async def search(self, request: query.SearchRequest) -> query.SearchAnswer:
        hit = query.FoundHit(
            rank=1,
            id="n_1",
            kind="symbol",
            path="a.py",
            line=1,
            end_line=2,
            name="f",
            score=1.0,
            signals={"keyword": 1.0},
        )
        return await self.act(request, query.SearchAnswer(hits=(hit,)))
