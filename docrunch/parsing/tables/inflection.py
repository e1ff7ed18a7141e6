"""Names that Rails makes from names (ActiveSupport's inflections, its common rules)."""

import re

_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IRREGULAR = {
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "datum": "data",
    "medium": "media",
}
_UNCOUNTABLE = frozenset({"equipment", "information", "money", "species", "series", "news", "metadata", "feedback"})


def underscore(name: str) -> str:
    """``OrderItem`` → ``order_item``; modules in front are dropped."""
    return _WORD_END.sub("_", name.rpartition("::")[2]).lower()


def camelize(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def pluralize(name: str) -> str:
    head, mark, last = name.rpartition("_")
    return f"{head}{mark}{_plural(last)}"


def _plural(word: str) -> str:
    if word in _UNCOUNTABLE or not word:
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if re.search(r"[^aeiou]y\Z", word):
        return f"{word[:-1]}ies"
    if re.search(r"(?:s|x|z|ch|sh)\Z", word):
        return f"{word}es"
    return f"{word}s"


def singular(name: str) -> str:
    """Of a plural that `pluralize` makes."""
    for one, many in _IRREGULAR.items():
        if name == many or name.endswith(f"_{many}"):
            return name[: len(name) - len(many)] + one
    for shorter in (f"{name[:-3]}y", name[:-2], name[:-1]):
        if pluralize(shorter) == name:
            return shorter
    return name
