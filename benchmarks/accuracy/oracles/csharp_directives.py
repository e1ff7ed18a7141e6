"""C# conditional compilation: which lines a compiler with some symbols defined does not see."""

import re
from collections.abc import Iterable

_DIRECTIVE = re.compile(r"^\s*#\s*(if|elif|else|endif|define|undef)\b(.*)$")
_WORD = re.compile(r"[^\W\d]\w*")
_SAFE = re.compile(r"[\s()]|\b(?:and|or|not|True|False)\b|==|!=")


def inactive(text: str, defined: Iterable[str]) -> list[int]:
    """1-based numbers of the lines that are left out, directives aside."""
    known = set(defined)
    found: list[int] = []
    stack: list[tuple[bool, bool, bool]] = []  # (outside active, some branch taken, this branch active)
    for number, line in enumerate(text.split("\n"), 1):
        active = all(branch for _, _, branch in stack)
        match = _DIRECTIVE.match(line)
        if match is None:
            if not active:
                found.append(number)
            continue
        word, rest = match[1], match[2].split("//", 1)[0]
        if word == "if":
            holds = active and _holds(rest, known)
            stack.append((active, holds, holds))
        elif word in ("elif", "else") and stack:
            outside, taken, _ = stack.pop()
            holds = outside and not taken and (word == "else" or _holds(rest, known))
            stack.append((outside, taken or holds, holds))
        elif word == "endif" and stack:
            stack.pop()
        elif active and word == "define":
            known.add(rest.strip())
        elif active and word == "undef":
            known.discard(rest.strip())
    return found


def _holds(condition: str, known: set[str]) -> bool:
    words = {"true": "True", "false": "False"}
    written = _WORD.sub(lambda found: words.get(found[0], str(found[0] in known)), condition)
    written = written.replace("&&", " and ").replace("||", " or ").replace("!=", "≠").replace("!", " not ")
    written = written.replace("≠", "!=").strip()
    if _SAFE.sub("", written):
        return False
    return bool(eval(written, {"__builtins__": {}}))
