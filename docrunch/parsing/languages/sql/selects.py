"""Which tables a query selects from: the names behind FROM and JOIN, without those that it defines itself."""

from docrunch.parsing.languages.sql.tokens import Hand, Token
from docrunch.parsing.lines import Lines

_FROM_INSIDE = frozenset({"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY"})  # FROM is a separator in their arguments
_NO_TABLE = frozenset({"SELECT", "LATERAL", "UNNEST", "VALUES", "ONLY", "DUAL"})


def tables_read(tokens: list[Token], lines: Lines) -> tuple[tuple[str, int], ...]:
    """(name, line), each name once, in order."""
    own = {
        tokens[at].text.lower()
        for at in range(len(tokens) - 2)
        if tokens[at].kind in ("word", "quoted") and tokens[at + 1].upper == "AS" and tokens[at + 2].upper == "("
    }
    found: dict[str, int] = {}
    hand = Hand(tokens)
    listing = False
    while not hand.done:
        word = hand.upper
        if word in _FROM_INSIDE and hand.peek(1) == "(":
            hand.at += 1
            hand.group()
            continue
        if word == "DISTINCT" and hand.peek(1) == "FROM":
            hand.at += 2
            continue
        if word in ("FROM", "JOIN") or (listing and word == ","):
            hand.at += 1
            hand.skip("ONLY", "LATERAL")
            listing = word != "JOIN"
            line = lines.at(tokens[min(hand.at, len(tokens) - 1)].start)
            if hand.upper in _NO_TABLE:
                continue
            name = ".".join(hand.name())
            if name and hand.upper != "(" and name.lower() not in own:
                found.setdefault(name, line)
            hand.take("AS")
            if not hand.done and hand.tokens[hand.at].kind in ("word", "quoted") and hand.upper not in _CLAUSES:
                hand.at += 1  # an alias
            continue
        listing = False
        hand.at += 1
    return tuple(found.items())


_CLAUSES = frozenset(
    [
        "WHERE",
        "JOIN",
        "LEFT",
        "RIGHT",
        "INNER",
        "OUTER",
        "FULL",
        "CROSS",
        "NATURAL",
        "ON",
        "GROUP",
        "ORDER",
        "UNION",
        "LIMIT",
        "HAVING",
    ]
)
