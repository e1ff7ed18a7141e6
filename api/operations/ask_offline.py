"""Answers from an exported graph or a docpack: no server, no model, no texts beyond what the graph holds."""

from docrunch.ask.compose import find_answer
from docrunch.ask.model import Answer
from docrunch.ask.question import read_question
from docrunch.ask.world import graph_library, world_of
from docrunch.graph.queries.view import GraphView

NO_TEXTS = "only a graph is asked: documents of the repository are not quoted, nothing is searched"


def ask_view(view: GraphView, question: str) -> Answer:
    """
    Raises:
        UsageError, LimitExceeded: the question is empty or too long.
    """
    asked = read_question(question)
    return find_answer(world_of(view, graph_library(view)), asked, (NO_TEXTS,))
