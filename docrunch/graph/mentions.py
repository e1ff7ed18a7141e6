"""What an index from elsewhere says about the names of a file (`docrunch.graph.told`), as values and edges."""

from docrunch.graph.model import EdgeKind
from docrunch.graph.place import Place
from docrunch.graph.resolve.values import Value
from docrunch.parsing.model import Reference


def meaning(here: Place, reference: Reference) -> Value | None:
    """What is told of a reference; ``None`` where nothing is."""
    return here.told(reference.line, _word(here, reference)) if here.mentions else None


def add(here: Place) -> None:
    """Uses that only the index knows: names in the body of a symbol that are no reference for us.

    Imports and supertypes have edges of their own, and so has a call whose name stands in another line than its start.
    """
    if not here.mentions:
        return
    ours: set[tuple[int, str, str]] = set()
    for reference in here.facts.references:
        word = _word(here, reference)
        ours |= {(reference.line, "line", word), (reference.scope, "scope", word)}
    other = {(each.line, word) for each in here.facts.imports for word in (each.name, each.alias)}
    for symbol in here.facts.symbols:
        other |= {(base.line, base.name.replace("::", ".").rsplit(".", 1)[-1]) for base in symbol.bases}
    for mention in here.mentions:
        line, word = mention.line, mention.word
        known = (line, "line", word) in ours or (mention.scope, "scope", word) in ours or (line, word) in other
        if known or mention.scope < 0:
            continue
        value = here.told(line, word)
        if value is not None:
            here.lead(here.source(mention.scope), value, EdgeKind.USES, line)


def _word(here: Place, reference: Reference) -> str:
    """The name as an index has it; that of a Rust macro is without its "!"."""
    word = reference.chain[-1].removesuffix("()")
    return word.removesuffix("!") if here.facts.language == "rust" else word
