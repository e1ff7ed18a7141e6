"""First sentence of a function's documentation → the function, in a tree where that documentation is blanked."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from benchmarks.retrieval.material import Material
from benchmarks.retrieval.model import Query, View
from benchmarks.retrieval.prose import first_sentence, normal, words
from docrunch.graph.model import Node

KIND = "docstring"
_CALLABLES = frozenset({"function", "method", "constructor"})
_FEWEST, _MOST = 4, 40  # words


def queries(material: Material) -> Iterator[Query]:
    bare = material.bare
    nodes = [node for node in material.whole.answers.values() if node.kind in _CALLABLES and node.doc]
    asked = {node.id: sentence_about(node) for node in nodes}
    often = Counter(normal(text) for text in asked.values())
    everything = "\n".join(normal(text.decode("utf-8", "replace")) for text in bare.texts.values())
    overloads: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in bare.answers.values():
        overloads[each.path, each.qualified_name].append(each.id)
    for node in nodes:
        text = asked[node.id]
        if not _FEWEST <= len(words(text)) <= _MOST or often[normal(text)] > 1 or node.id not in bare.answers:
            continue
        if normal(text) not in everything:
            targets = tuple(sorted(overloads[node.path, node.qualified_name]))
            yield Query(material.name, material.language, KIND, "symbol", text, targets, View.BARE)


def sentence_about(node: Node) -> str:
    """The first sentence without the function's own name: Go's comments begin with it.

    Empty where the name is also elsewhere in the sentence as an identifier.
    """
    text = first_sentence(node.doc)
    own = re.escape(node.name)
    text = re.sub(rf"^[`\"']?{own}(?:\(\))?[`\"']?\s+(?:is\s+)?", "", text)
    telling = node.name.lower() != node.name or "_" in node.name
    if re.search(rf"`[^`]*\b{own}\b[^`]*`" + (rf"|\b{own}\b" if telling else ""), text):
        return ""
    return text
