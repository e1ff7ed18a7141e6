"""The one exception tree of Docrunch.

Every error that a person may see is a `DocrunchError`: a stable ``code``, a sentence that says what happened
to what, a ``hint`` that says what to do next, the process ``exit_code`` (architecture §9) and whether trying
again unchanged can help. It is mapped once, at each edge, to ``ApplicationError``, problem+json and exit codes.

    DocrunchError
    ├── UsageError              2   the request itself is wrong
    │   ├── InvalidConfig           a setting is unknown, malformed or not allowed here
    │   └── AmbiguousName           several repositories or runs match
    ├── NotFound                3   repository, run, ref, path or object does not exist
    │   ├── RefNotFound
    │   ├── RefNotIndexed           it was scanned, but is no published branch or tag: search does not know it
    │   ├── SourceNotFound
    │   ├── Gone                    it was there, and its retention is over
    │   └── ObjectMissing           an immutable object was cleaned up or never written
    ├── AuthError               4   private, or the token is missing or refused
    ├── Conflict                5   someone else holds it, or it is newer
    │   └── Superseded              a newer scan of the ref is published
    ├── ApprovalRequired        6
    ├── LimitExceeded           7   a configured limit or budget was reached
    ├── Unreachable             8   a service does not answer (retry helps)
    ├── SourceRefused           1   policy forbids this source: never retried
    ├── InvalidArchive          1   hostile or damaged archive, docpack or object
    ├── TooManyFailures         1   more bad files than the configured share
    ├── DatabaseTooNew          1   the schema is newer than this code
    └── Failed                  1   anything else that ended without a result
"""

from collections.abc import Mapping
from typing import ClassVar


class DocrunchError(Exception):
    """Base of all errors shown to people.

    Args:
        message: what happened, to what. One sentence, no secrets.
        hint: what to do next, or ``None`` when the message already says it.

    ``candidates`` are what an ambiguous name may mean, for programs; the hint says it to people.
    """

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    candidates: tuple[Mapping[str, object], ...] = ()

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint))


def _rebuild(kind: type[DocrunchError], message: str, hint: str | None) -> DocrunchError:
    return kind(message, hint=hint)


class UsageError(DocrunchError):
    code = "usage"
    exit_code = 2


class InvalidConfig(UsageError):
    code = "invalid_config"


class AmbiguousName(UsageError):
    code = "ambiguous"


class NotFound(DocrunchError):
    code = "not_found"
    exit_code = 3


class RefNotFound(NotFound):
    code = "ref_not_found"


class RefNotIndexed(NotFound):
    code = "ref_not_indexed"


class SourceNotFound(NotFound):
    code = "source_not_found"


class Gone(NotFound):
    code = "gone"


class ObjectMissing(NotFound):
    code = "object_missing"


class AuthError(DocrunchError):
    code = "auth"
    exit_code = 4


class Conflict(DocrunchError):
    code = "conflict"
    exit_code = 5


class Superseded(Conflict):
    code = "superseded"


class ApprovalRequired(DocrunchError):
    code = "approval_required"
    exit_code = 6


class LimitExceeded(DocrunchError):
    code = "limit_exceeded"
    exit_code = 7


class Unreachable(DocrunchError):
    code = "unreachable"
    exit_code = 8
    retryable = True


class SourceRefused(DocrunchError):
    code = "source_refused"


class InvalidArchive(DocrunchError):
    code = "invalid_archive"


class TooManyFailures(DocrunchError):
    code = "too_many_failures"


class DatabaseTooNew(DocrunchError):
    code = "database_too_new"


class Failed(DocrunchError):
    code = "failed"


def all_errors() -> dict[str, type[DocrunchError]]:
    """Every concrete error by its stable code, for mapping an error that crossed a process back to its class."""
    found: dict[str, type[DocrunchError]] = {}
    queue: list[type[DocrunchError]] = [DocrunchError]
    while queue:
        kind = queue.pop()
        found.setdefault(kind.code, kind)
        queue.extend(kind.__subclasses__())
    found["failed"] = Failed
    return found
