"""The search attributes of Docrunch: one typed registry for code, dev server, production server and documentation.

Values change only with the phase: each upsert is an event and a write to the visibility store.
"""

from dataclasses import dataclass

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

REPOSITORY = SearchAttributeKey.for_keyword("DocrunchRepository")
TENANT = SearchAttributeKey.for_keyword("DocrunchTenant")
PHASE = SearchAttributeKey.for_keyword("DocrunchPhase")
OUTCOME = SearchAttributeKey.for_keyword("DocrunchOutcome")
UNDO_INCOMPLETE = SearchAttributeKey.for_bool("DocrunchUndoIncomplete")


@dataclass(frozen=True, slots=True)
class Documented:
    key: SearchAttributeKey[str] | SearchAttributeKey[bool]
    type: str  # as the `temporal` command spells it
    meaning: str


REGISTRY: tuple[Documented, ...] = (
    Documented(REPOSITORY, "Keyword", "Repository name as exported, e.g. `github.com/owner/name`"),
    Documented(TENANT, "Keyword", "Owner of the job; `local` on a single-user installation"),
    Documented(PHASE, "Keyword", "Phase the run is in: `resolve`, `waiting-for-gpu`, `ingest`, … `done`"),
    Documented(OUTCOME, "Keyword", "`completed`, `partial`, `failed` or `cancelled`, once the run has ended"),
    Documented(UNDO_INCOMPLETE, "Bool", "`true` when a compensation failed and the sweeper has to finish the work"),
)


def start_attributes(*, repository: str, tenant: str, phase: str = "start") -> TypedSearchAttributes:
    """Attributes to start a job with."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(REPOSITORY, repository),
            SearchAttributePair(TENANT, tenant),
            SearchAttributePair(PHASE, phase),
        ]
    )


def command_line_flags() -> list[str]:
    """``--search-attribute Name=Type`` for `temporal server start-dev`."""
    return [word for row in REGISTRY for word in ("--search-attribute", f"{row.key.name}={row.type}")]
