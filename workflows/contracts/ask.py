"""Ask: a question, its answer, and the port of the `query` role for it."""

from abc import ABC, abstractmethod
from typing import Annotated, Any

import msgspec
from pydantic import PlainSerializer, PlainValidator
from temporalio import activity

from docrunch.ask.model import Answer

from .model import Contract

ASK_WORKFLOW = "AskWorkflow"  # by which facades start it without importing any workflow


def _to_answer(value: Any) -> Answer:
    if isinstance(value, Answer):
        return value
    try:
        return msgspec.convert(value, Answer)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None


AnswerField = Annotated[Answer, PlainValidator(_to_answer), PlainSerializer(msgspec.to_builtins)]
"""`docrunch.ask.model.Answer` as a field of a contract. Bounded: at most 24 statements of at most 1,800 characters."""


class AskRequest(Contract):
    """Checked by the facade before a workflow starts (`docrunch.ask.question.check_question`)."""

    question: str
    repository: str  # as people name it
    ref: str | None = None
    use_model: bool = True
    tenant: str = "local"


class FoundAnswer(Contract):
    """``model`` is empty where none is configured; ``scan_id`` is the scan that the answer speaks of."""

    answer: AnswerField
    scan_id: int
    repository_id: int
    model: str = ""


class WordRequest(Contract):
    """The scan is the one that the answer was found in, whatever was published meanwhile."""

    request: AskRequest
    scan_id: int


class AnswerEnd(Contract):
    """What is told of an answer when it is there: numbers, not texts."""

    repository: str
    repository_id: int | None
    status: str = "completed"
    asked: str = ""
    found: bool = False
    sentences: int = 0
    dropped: int = 0
    model: str | None = None
    reasons: dict[str, int] = {}


class AskResult(Contract):
    answer: AnswerField


class AskActivities(ABC):
    """Queue `query`. `find_answer` and `record_answer` are local to the workflow's task."""

    @activity.defn(name="find_answer")
    @abstractmethod
    async def find_answer(self, request: AskRequest) -> FoundAnswer:
        """The answer without any model.

        Raises:
            NotFound, AmbiguousName: the repository or ref is not known.
            Gone: its scans have expired.
        """

    @activity.defn(name="word_answer")
    @abstractmethod
    async def word_answer(self, request: WordRequest) -> AskResult:
        """The same answer worded by the configured model, each sentence checked; parts of it are told as events.

        Raises:
            Unreachable, AuthError, Failed, InvalidConfig: of the model; nothing was kept.
        """

    @activity.defn(name="record_answer")
    @abstractmethod
    async def record_answer(self, end: AnswerEnd) -> None:
        """Write the event of the end."""
