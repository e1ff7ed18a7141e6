"""The page of one architecture decision record."""

from dataclasses import dataclass

from docrunch.documentation import paths
from docrunch.documentation.decisions import Decision, safe_markdown
from docrunch.documentation.escape import prose
from docrunch.documentation.views.links import Linker
from docrunch.documentation.world import World


@dataclass(frozen=True, slots=True)
class DecisionView:
    title: str
    number: str
    status: str
    status_citation: str
    date: str
    date_citation: str
    citation: str
    text: str
    index_link: str


def decision_view(world: World, decision: Decision) -> DecisionView:
    page = paths.decision_page(decision.path)
    return DecisionView(
        title=prose(decision.title) or prose(decision.path),
        number=decision.number,
        status=prose(decision.status),
        status_citation=world.cite(decision.path, decision.status_line) if decision.status_line else "",
        date=prose(decision.date),
        date_citation=world.cite(decision.path, decision.date_line) if decision.date_line else "",
        citation=world.cite(decision.path, 1, decision.lines),
        text=safe_markdown(world.data.texts[decision.path]),
        index_link=Linker(world, page).page(paths.INDEX, "Start page"),
    )
