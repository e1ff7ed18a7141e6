"""Entry points of a text, as tests write them down."""

import textwrap

from docrunch.options import Limits
from docrunch.parsing.extract import extract


def entries(language: str, text: str) -> list[tuple[str, str, str, str]]:
    """(kind, label, handler, framework); the handler is a symbol, ``→chain``, or the scope in brackets."""
    facts = extract(textwrap.dedent(text).encode(), language, Limits())
    found = []
    for entry in facts.entries:
        scope = facts.symbols[entry.scope].local_name if entry.scope >= 0 else ""
        handler = facts.symbols[entry.symbol].local_name if entry.symbol >= 0 else f"[{scope}]"
        found.append(
            (entry.kind, entry.label, "→" + ".".join(entry.chain) if entry.chain else handler, entry.framework)
        )
    return found
