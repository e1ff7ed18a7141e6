"""The page of one architecture decision record."""

from dataclasses import dataclass

from docrunch.documentation import paths
from docrunch.documentation.decisions import read_decision, safe_markdown
from docrunch.documentation.escape import prose
from docrunch.documentation.reader import Reader
from docrunch.documentation.views.links import Linker


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


def decision_view(reader: Reader, path: str, page: str) -> DecisionView:
    text = reader.text(path)
    decision = read_decision(path, text)
    return DecisionView(
        title=prose(decision.title) or prose(decision.path),
        number=decision.number,
        status=prose(decision.status),
        status_citation=reader.cite(decision.path, decision.status_line) if decision.status_line else "",
        date=prose(decision.date),
        date_citation=reader.cite(decision.path, decision.date_line) if decision.date_line else "",
        citation=reader.cite(decision.path, 1, decision.lines),
        text=safe_markdown(text),
        index_link=Linker(reader, page).page(paths.INDEX, "Start page"),
    )
