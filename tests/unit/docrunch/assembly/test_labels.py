from docrunch.assembly.labels import label_groups
from docrunch.graph.model import NodeKind
from tests.unit.docrunch.assembly.worlds import node

PARSERS = [node("pkg/parser.py", f"parse_{what}", symbol=i, doc="Read tokens.") for i, what in enumerate("abc")]
CLIENTS = [node("pkg/client.py", f"send_{what}", symbol=i, doc="Send a request.") for i, what in enumerate("abc")]


def labels_of(*groups: list) -> list:  # type: ignore[type-arg]
    nodes = {member.id: member for members in groups for member in members}
    return label_groups([tuple(member.id for member in members) for members in groups], nodes)


def test_a_label_is_what_is_typical_for_the_group_alone() -> None:
    (parsers, parser_terms), (clients, client_terms) = labels_of(PARSERS, CLIENTS)
    assert parsers.startswith("parse, ")
    assert clients.startswith("send, ")
    assert dict(parser_terms).keys() & dict(client_terms).keys() == {"pkg"}
    assert list(parser_terms) == sorted(parser_terms, key=lambda term: (-term[1], term[0]))


def test_groups_of_equal_words_still_have_distinct_labels() -> None:
    twins = [[node(f"{where}/x.py", "parse_tokens", symbol=0)] for where in ("a", "b", "c")]
    found = [label for label, _ in labels_of(*twins)]
    assert len(set(found)) == 3


def test_a_group_without_words_is_called_unnamed() -> None:
    assert labels_of([node("a.py", "f", NodeKind.FUNCTION, symbol=0)])[0] == ("unnamed", ())
