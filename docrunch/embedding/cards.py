"""Compact cards: what is embedded for a symbol or a module, in at most `BUDGET` tokens.

A card names the kind, the qualified name inside the file, the signature, the first sentence of the documentation,
words of the path, and salient identifiers of the body, in that order; identifiers are split into words because the
vocabulary of the model knows words. When the budget is short, the tail of each part gives way.

Not every symbol gets a card (`worth_embedding`): a card that only repeats a name costs as much as a good one and
crowds the search results. Names without a card still appear in the card of their class or module.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from docrunch.embedding.words import estimate_tokens, first_sentence, fit, unique, words
from docrunch.parsing.model import DOCUMENT_KINDS, FileFacts, Symbol, SymbolKind

CARD_VERSION = 1  # part of the encoder id: raise it when the text of any card changes
BUDGET = 54  # estimated word pieces; with two special tokens and the error of the estimate at most 64 in truth

_NAME_BUDGET = 14
_SIGNATURE_BUDGET = 14
_DOC_BUDGET = 24
_PATH_BUDGET = 8
_IDENTIFIER_BUDGET = 14
_MEMBER_BUDGET = 24

_CALLABLES = frozenset({SymbolKind.FUNCTION, SymbolKind.METHOD, SymbolKind.CONSTRUCTOR})
_DATA = frozenset({SymbolKind.PROPERTY, SymbolKind.CONSTANT, SymbolKind.VARIABLE, SymbolKind.COLUMN, SymbolKind.KEY})
_MIN_INNER_LINES = 6  # a function inside a function is worth finding from this length on
_PATH_NOISE = frozenset({"src", "lib", "index", "init", "mod", "main"})
_NAME_NOISE = frozenset({"self", "cls", "this", "none", "null", "args", "kwargs"})


def worth_embedding(symbol: Symbol, symbols: Sequence[Symbol]) -> bool:
    """Whether a symbol gets a card.

    Documented symbols always do. Undocumented: types and callables do; data (variables, constants, properties, columns,
    keys), special methods without decisions (``__repr__``, ``__eq__``, …), empty constructors and short functions
    inside functions do not.
    """
    if symbol.doc.strip():
        return True
    if symbol.kind in _DATA:
        return False
    if symbol.kind not in _CALLABLES:
        return True
    if _is_special(symbol.name) or symbol.kind is SymbolKind.CONSTRUCTOR:
        return symbol.complexity > 1
    inner = symbol.parent >= 0 and symbols[symbol.parent].kind in _CALLABLES
    return not inner or symbol.end_line - symbol.start_line + 1 >= _MIN_INNER_LINES


def symbol_card(path: str, facts: FileFacts, index: int) -> str:
    """The card of ``facts.symbols[index]`` in the file at ``path``."""
    symbol = facts.symbols[index]
    name = [str(symbol.kind), *words(symbol.local_name)]
    signature = _signature_words(symbol)
    if symbol.kind in _CALLABLES:
        detail = list(facts.identifiers.get(index, ()))
        detail_budget = _IDENTIFIER_BUDGET
    else:
        detail = [child.name for child in facts.symbols if child.parent == index]
        detail_budget = _MEMBER_BUDGET
    return _card(name, signature, symbol.doc, _path_words(path), detail, detail_budget)


def module_card(path: str, facts: FileFacts) -> str:
    """The card of the file itself: where it is, what it says about itself, and what stands at its top level."""
    name = ["module", *_path_words(path)]
    members = [symbol.name for symbol in facts.symbols if symbol.parent < 0]
    declared = [value for key in ("name", "description") if isinstance(value := facts.manifest.get(key), str)]
    return _card(name, [], facts.doc or ". ".join(declared), [], members, _MEMBER_BUDGET)


def has_module_card(facts: FileFacts) -> bool:
    """Files that a grammar has seen: they define, import, document or declare something besides prose."""
    if facts.imports or facts.doc or facts.manifest:
        return True
    if any(symbol.kind is not SymbolKind.KEY for symbol in facts.symbols):
        return True
    return any(reference.kind not in DOCUMENT_KINDS for reference in facts.references)


def _card(
    name: list[str], signature: list[str], doc: str, path: Sequence[str], detail: Sequence[str], detail_budget: int
) -> str:
    """Parts in reading order; the budget is given to name, documentation, path, signature and detail in turn."""
    left = BUDGET
    head = " ".join(fit(name, _NAME_BUDGET))
    left -= estimate_tokens(head) + 1
    about = " ".join(fit(first_sentence(doc).split(), min(_DOC_BUDGET, left)))
    left -= estimate_tokens(about) + 1
    said = set(name)
    where = " ".join(fit([word for word in path if word not in said], min(_PATH_BUDGET, left)))
    left -= estimate_tokens(where) + 1
    takes = " ".join(fit(signature, min(_SIGNATURE_BUDGET, left)))
    left -= estimate_tokens(takes) + 1
    said.update(path, signature)
    rest = [word for word in unique(_clean(detail)) if word not in said]
    uses = " ".join(fit(rest, min(detail_budget, left)))
    return ". ".join(part for part in (head, takes, about.rstrip("."), where, uses) if part)


def _signature_words(symbol: Symbol) -> list[str]:
    """Names and types a caller needs, without the punctuation that would cost a token each."""
    if symbol.kind in _CALLABLES:
        found = [word for param in symbol.params for word in (*words(param.name), *words(param.type))]
        found += ["returns", *words(symbol.returns)] if symbol.returns else []
    elif symbol.bases:
        found = ["extends", *(word for base in symbol.bases for word in words(base.name))]
    else:
        found = words(symbol.type)
    return [word for word in _without_repeats(found) if word not in _NAME_NOISE]


def _without_repeats(found: list[str]) -> list[str]:
    """Drop a word that repeats its predecessor: ``request: Request`` says request once."""
    return [word for at, word in enumerate(found) if at == 0 or found[at - 1] != word]


def _clean(names: Sequence[str]) -> list[str]:
    return [word for name in names for word in words(name) if word not in _NAME_NOISE and len(word) > 1]


@lru_cache(maxsize=16)  # every card of a file asks
def _path_words(path: str) -> tuple[str, ...]:
    """Words of the file name and of the two directories above it, nearest first, without what every path has."""
    pure = PurePosixPath(path)
    parts = [pure.name.split(".", 1)[0] or pure.name, *reversed(pure.parts[:-1])][:3]
    found = unique(word for part in parts for word in words(part))
    return tuple(word for word in found if word not in _PATH_NOISE) or tuple(found)


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4
