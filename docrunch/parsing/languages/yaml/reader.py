"""The facts of a YAML file: keys, and what CI and compose files mean by them."""

from docrunch.parsing.keys import LEVELS, Keys
from docrunch.parsing.languages.yaml import understood
from docrunch.parsing.languages.yaml.lines import Entry, Remark, entries
from docrunch.parsing.model import FileFacts


def read(text: bytes, base: FileFacts) -> FileFacts:
    keys = Keys(text)
    found: list[tuple[Entry, int]] = []
    open_: list[tuple[int, int]] = []  # (level, symbol)
    for each in entries(text):
        if isinstance(each, Remark):
            keys.comments.add_range(each.start, each.end, keys.lines.at(each.start), keys.lines.column(each.start))
            continue
        level = len(each.path)
        while open_ and open_[-1][0] >= level:
            open_.pop()
        symbol = -1
        if each.is_key and level <= LEVELS and "[]" not in each.path:
            symbol = keys.add(each.path, each.start, each.end)
            open_.append((level, symbol))
        for _, outer in open_:
            keys.extend(outer, each.end)
        found.append((each, open_[-1][1] if open_ else -1))
    understood.add(keys, found)
    return keys.facts(base)
