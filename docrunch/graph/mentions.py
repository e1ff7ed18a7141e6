"""What an index from elsewhere says about the names of a file (`docrunch.graph.told`), as values and edges."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.values import Value
from docrunch.parsing.model import Reference

_TO_SYMBOLS = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)


def meaning(here: Place, reference: Reference) -> Value | None:
    """What is told of a reference; ``None`` where nothing is."""
    return here.told(reference.line, _word(here, reference)) if here.mentions else None


def add(here: Place) -> None:
    """Uses that only the index knows: names in the body of a symbol that are no reference for us.

    After all other edges: what has one in that line already gets no second. A call may start in an earlier line than
    its name stands in.
    """
    if not here.mentions:
        return
    ours: set[tuple[int, str, str]] = set()
    for reference in here.facts.references:
        word = _word(here, reference)
        ours |= {(reference.line, "line", word), (reference.scope, "scope", word)}
    imported = {(each.line, word) for each in here.facts.imports for word in (each.name, each.alias)}
    linked = {
        (target, line) for kind in _TO_SYMBOLS for _, target, _, lines in here.edges.items(kind) for line in lines
    }
    for mention in here.mentions:
        line, word = mention.line, mention.word
        known = (line, "line", word) in ours or (mention.scope, "scope", word) in ours or (line, word) in imported
        value = None if known or mention.scope < 0 else here.told(line, word)
        if value is not None and (here.node(value), line) not in linked:
            here.lead(here.source(mention.scope), value, EdgeKind.USES, line)


def _word(here: Place, reference: Reference) -> str:
    """The name as an index has it; that of a Rust macro is without its "!"."""
    word = reference.chain[-1].removesuffix("()")
    return word.removesuffix("!") if here.facts.language == "rust" else word
