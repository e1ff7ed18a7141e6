"""Marked calls and annotations to entry points, by the table of the language."""

from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.entries.tables import Rule, Table, rules, table
from docrunch.parsing.model import Entry
from docrunch.parsing.walk import TYPE_KINDS, Mark, Walk

MAX_LABEL = 200  # characters
MAX_MARKS = 20_000  # of one file


def find(walk: Walk, reader: Reader) -> None:
    """Add the entry points of a file that was walked."""
    if walk.marks:
        _Finder(walk, reader).run()


class _Finder:
    def __init__(self, walk: Walk, reader: Reader) -> None:
        self._walk = walk
        self._reader = reader
        self._rules = rules(reader.language)
        self._table = table(reader.language)
        self._frameworks = _frameworks(walk, self._table)
        self._symbols = {(draft.line, draft.name): number for number, draft in enumerate(walk.symbols)}
        self._of_symbols: dict[int, str] = {}  # symbol → what goes in front of the paths in it
        self._of_variables: dict[str, str] = {}
        self._blocks: list[tuple[int, int, str]] = []  # first byte, last byte, what goes in front

    def run(self) -> None:
        marks = [(mark, self._decorated(mark)) for mark in self._walk.marks[:MAX_MARKS]]
        for prefixes in (True, False):
            for mark, symbol in marks:
                for rule in self._rules.get(mark.chain[-1], ()):
                    applies = bool(rule.prefix) is prefixes and self._applies(rule, mark, symbol)
                    if applies and self._apply(rule, mark, symbol):
                        break

    def _decorated(self, mark: Mark) -> int | None:
        """The symbol that a mark decorates; None for a call; -1 for a definition that is no symbol."""
        name = self._reader.decorated(self._walk, mark.node)
        if name is None:
            return None
        return self._symbols.get((name.start_point[0] + 1, self._walk.read(name).strip("\"'")), -1)

    def _applies(self, rule: Rule, mark: Mark, symbol: int | None) -> bool:
        if symbol is None:
            if rule.on == "definition" and self._reader.applied(self._walk, mark.node) is None:
                return False
        elif rule.on != "definition" or symbol < 0 or not self._fits(rule, symbol):
            return False
        if not rule.frameworks and not rule.receivers:
            return True
        if any(name in self._frameworks for name in rule.frameworks):
            return True
        return len(mark.chain) > 1 and mark.chain[-2] in rule.receivers

    def _fits(self, rule: Rule, symbol: int) -> bool:
        """Routes are on functions, what goes in front of them on types."""
        is_type = self._walk.symbols[symbol].kind in TYPE_KINDS
        return rule.kind != "route" or rule.prefix == "any" or is_type is (rule.prefix == "type")

    def _apply(self, rule: Rule, mark: Mark, symbol: int | None) -> bool:
        arguments = self._reader.arguments(self._walk, mark.node)
        if len(arguments.places) < rule.arguments:
            return False
        label = self._label(rule, mark, arguments)
        if label is None or (rule.slash and label and not label.startswith(("/", "*"))):
            return False
        if rule.prefix:
            self._put_in_front(rule, mark, symbol, label)
            return True
        handler = self._handler(rule, mark, arguments) if symbol is None else ()
        if rule.optional and not label:
            label = self._of_variables.get(mark.chain[-2], "") if len(mark.chain) > 1 else ""
        if rule.optional and not label:
            label = _named(self._walk.symbols[symbol].name if symbol is not None else handler[-1] if handler else "")
        if rule.kind == "command":
            label = label.split(" ", 1)[0]  # "build <target>"
        if rule.kind == "route":
            label = self._route(rule, mark, symbol, arguments, label)
        line = mark.node.start_point[0] + 1
        if symbol is not None:
            entry = Entry(rule.kind, label[:MAX_LABEL], line, symbol, framework=self._framework(rule))
        else:
            entry = Entry(rule.kind, label[:MAX_LABEL], line, -1, handler, mark.scope, self._framework(rule))
        self._walk.entries.append(entry)
        return True

    def _put_in_front(self, rule: Rule, mark: Mark, symbol: int | None, label: str) -> None:
        if rule.prefix == "block":
            self._blocks.append((mark.node.start_byte, mark.node.end_byte, label))
        elif rule.prefix == "variable":
            name = self._reader.assigned(self._walk, mark.node)
            if name:
                above = self._of_variables.get(mark.chain[-2], "") if len(mark.chain) > 1 else ""
                self._of_variables[name] = _joined(above, label)
        elif symbol is not None:
            self._of_symbols[symbol] = label

    def _label(self, rule: Rule, mark: Mark, arguments: Arguments) -> str | None:
        """The literal; "" where none is asked for; None where it is not literal."""
        if rule.inner:
            call = self._reader.inner(self._walk, mark.node, rule.inner)
            if call is None:
                return None
            arguments = self._reader.arguments(self._walk, call)
        nodes = [arguments.places[rule.label]] if 0 <= rule.label < len(arguments.places) else []
        nodes += [arguments.keywords[key] for key in rule.keys if key in arguments.keywords]
        if not nodes:
            return "" if rule.label < 0 or rule.optional or (rule.bare and not arguments.places) else None
        for node in nodes:
            found = self._reader.literal(self._walk, node)
            several = self._reader.words(self._walk, node, constants=False) if found is None else [found]
            if several:
                return several[0]
        return "" if rule.optional else None

    def _handler(self, rule: Rule, mark: Mark, arguments: Arguments) -> tuple[str, ...]:
        if rule.on == "definition":
            applied = self._reader.applied(self._walk, mark.node)
            return self._reader.chain(self._walk, applied) if applied is not None else ()
        for key in rule.handler_keys:
            if key in arguments.keywords:
                return self._reader.chain(self._walk, arguments.keywords[key])
        places = arguments.places
        if rule.handler is None or not -len(places) <= rule.handler < len(places):
            return ()
        return self._reader.chain(self._walk, places[rule.handler])

    def _route(self, rule: Rule, mark: Mark, symbol: int | None, arguments: Arguments, label: str) -> str:
        verb = mark.chain[-1].upper() if rule.verb == "name" else rule.verb
        if rule.methods and rule.methods in arguments.keywords:
            methods = self._reader.words(self._walk, arguments.keywords[rule.methods], constants=True)
            verb = ",".join(method.rsplit(".", 1)[-1].upper() for method in methods) or verb
        parts = [prefix for start, end, prefix in self._blocks if start < mark.node.start_byte < end]
        if len(mark.chain) > 1:
            parts.append(self._of_variables.get(mark.chain[-2], ""))
        if symbol is not None:
            parts += [self._of_symbols.get(self._walk.symbols[symbol].parent, ""), self._of_symbols.get(symbol, "")]
        path = label
        for prefix in reversed(parts):
            path = _joined(prefix, path)
        return f"{verb} {path}".strip()

    def _framework(self, rule: Rule) -> str:
        """The first that the file imports and that has entry points of this kind."""
        if rule.kind == "test" or rule.framework:
            return rule.framework
        commands = self._table.commands
        fitting = [name for name in self._frameworks if (name in commands) is (rule.kind == "command")]
        return next((name for name in fitting if not rule.frameworks or name in rule.frameworks), "")


def _frameworks(walk: Walk, known: Table) -> list[str]:
    """Frameworks that the file imports, in the order of the table."""
    modules = {each.module for each in walk.imports} | {f"{each.module}.{each.name}" for each in walk.imports}
    return list(
        dict.fromkeys(
            name
            for start, name in known.frameworks.items()
            if any(module == start or module.startswith((f"{start}/", f"{start}.", f"{start}::")) for module in modules)
        )
    )


def _joined(prefix: str, path: str) -> str:
    """``/users`` and ``{id}`` → ``/users/{id}``."""
    if not prefix:
        return path
    return f"/{prefix.strip('/')}/{path.lstrip('/')}".rstrip("/") or "/"


def _named(name: str) -> str:
    return name.rstrip("()").replace("_", "-")
