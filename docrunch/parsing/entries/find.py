"""Marked calls and annotations to entry points, by the table of the language."""

from docrunch.parsing.entries.address import UNKNOWN, joined
from docrunch.parsing.entries.reading import Arguments, Reader
from docrunch.parsing.entries.routers import Router, Routers, plain
from docrunch.parsing.entries.tables import Rule, Table, rules, table
from docrunch.parsing.model import Entry, Mount
from docrunch.parsing.parser import Node
from docrunch.parsing.walk import TYPE_KINDS, Mark, Walk

MAX_LABEL = 200  # characters
MAX_MARKS = 20_000  # of one file
_OF_SYMBOLS = ("type", "any")


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
        self._names = {draft.name for draft in walk.symbols}
        self._of_symbols: dict[int, str] = {}  # symbol → what goes in front of the paths in it
        self._routers = Routers(walk, reader)
        self._passed: list[tuple[Mark, list[tuple[Router, str]]]] = []  # calls, what they are given: router, address

    def run(self) -> None:
        marks = [(mark, self._decorated(mark)) for mark in self._walk.marks[:MAX_MARKS]]
        marks.sort(key=lambda each: (each[0].node.start_byte, -each[0].node.end_byte))
        for first in (True, False):
            for mark, symbol in marks:
                if not first and mark.chain[-1] not in self._rules:
                    self._pass(mark)
                for rule in self._rules.get(mark.chain[-1], ()):
                    applies = (rule.prefix in _OF_SYMBOLS) is first and self._applies(rule, mark, symbol)
                    if applies and self._apply(rule, mark, symbol):
                        break
        self._hang_passed()

    def _decorated(self, mark: Mark) -> int | None:
        """The symbol that a mark decorates; None for a call; -1 for a definition that is no symbol."""
        name = self._reader.decorated(self._walk, mark.node) if mark.chain[-1] in self._rules else None
        if name is None:
            return None
        return self._symbols.get((name.start_point[0] + 1, self._walk.read(name).strip("\"'")), -1)

    def _applies(self, rule: Rule, mark: Mark, symbol: int | None) -> bool:
        if rule.alone and len(mark.chain) > 1:
            return False
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
        if rule.closure and not (arguments.places and self._reader.is_closure(self._walk, arguments.places[-1])):
            return False
        labels = self._labels(rule, mark, arguments)
        if rule.kind == "mount":
            return self._mount(rule, mark, arguments, labels)
        if rule.prefix:
            return self._put_in_front(rule, mark, symbol, UNKNOWN if labels is None else labels[0])
        if labels is None or (rule.slash and any(each and not each.startswith(("/", "*")) for each in labels)):
            return False
        handler = self._handler(rule, mark, arguments) if symbol is None else ()
        line = mark.node.start_point[0] + 1
        framework = self._framework(rule)
        router = self._router(rule, mark) if rule.kind == "route" else Router()
        for label in labels:
            if rule.optional and not label:
                label = self._routers.of(mark).own if len(mark.chain) > 1 else ""
            if rule.optional and not label:
                if symbol is None and rule.kind == "command" and handler and handler[0] not in self._names:
                    return False  # a parameter, or made elsewhere: its name is not the command's
                label = self._walk.symbols[symbol].name if symbol is not None else handler[-1] if handler else ""
                label = _named(label) if rule.kind == "command" else label
            if rule.kind == "command":
                label = label.split(" ", 1)[0]  # "build <target>"
            if rule.kind == "route":
                label = self._route(rule, mark, symbol, arguments, label, router.own)
            self._walk.entries.append(
                Entry(
                    rule.kind,
                    label[:MAX_LABEL],
                    line,
                    symbol if symbol is not None else -1,
                    handler,
                    mark.scope,
                    framework,
                    router.holder,
                    router.chain,
                    router.own,
                )
            )
        return True

    def _router(self, rule: Rule, mark: Mark) -> Router:
        """What a route, or what is mounted, is given to."""
        if rule.listed:
            name = self._reader.listed(self._walk, mark.node)
            return self._routers.named((name,) if name else (), mark)
        found = self._routers.of(mark)
        for part in mark.chain[:-1]:  # r.Group("/users").Use(auth).GET(…)
            made = [each for each in self._rules.get(part[:-2], ()) if each.prefix == "variable"]
            call = self._reader.inner(self._walk, mark.node, part[:-2]) if made and part.endswith("()") else None
            if call is not None:
                labels = self._labels(made[0], mark, self._reader.arguments(self._walk, call))
                found = found._replace(own=joined(found.own, labels[0] if labels is not None else UNKNOWN))
        return found

    def _put_in_front(self, rule: Rule, mark: Mark, symbol: int | None, label: str) -> bool:
        if rule.prefix == "block":
            self._routers.open(mark, label, self._router(rule, mark), plain=self._framework(rule) == "django")
        elif rule.prefix == "variable":
            name = self._reader.assigned(self._walk, mark.node)
            if name:
                self._routers.make(name, mark, label, plain=rule.kind == "command")
        elif symbol is not None:
            self._of_symbols[symbol] = label
        return True

    def _mount(self, rule: Rule, mark: Mark, arguments: Arguments, labels: list[str] | None) -> bool:
        places = list(arguments.places)
        if rule.every:
            if labels is not None or (len(places) > 1 and self._reader.is_address(self._walk, places[0])):
                places.pop(0)
            else:
                labels = [""]
        elif rule.router is not None:
            places = places[rule.router : rule.router + 1]
        places += [arguments.keywords[key] for key in rule.router_keys if key in arguments.keywords]
        prefix = UNKNOWN if labels is None else labels[0]
        done = False
        for place in places:
            done = self._mount_one(rule, mark, place, prefix, arguments) or done
        return done

    def _mount_one(self, rule: Rule, mark: Mark, node: Node, prefix: str, arguments: Arguments) -> bool:
        walk, reader = self._walk, self._reader
        if rule.wrapped:
            wrapped = reader.arguments(walk, node).places
            if reader.router(walk, node)[-1:] != (f"{rule.wrapped}()",) or not wrapped:
                return False
            node = wrapped[0]
        above = self._router(rule, mark)
        module = reader.module(walk, node)
        chain = () if module else reader.router(walk, node)
        if not module and not chain:
            if rule.wrapped or rule.inline:  # what is mounted stands here
                self._routers.open(mark, prefix, above, plain=self._framework(rule) == "django")
            return rule.wrapped != "" or rule.inline
        inner = Router(chain=chain) if module else self._routers.passed(chain, mark)
        if not module and inner.holder < 0 and not inner.chain:
            return False
        replaces = rule.replaces and any(key in arguments.keywords for key in rule.keys)  # "" does, too
        if inner.own and not replaces and inner.chain != chain:
            prefix = joined(prefix, inner.own)
        walk.mounts.append(
            Mount(
                prefix[:MAX_LABEL],
                mark.node.start_point[0] + 1,
                mark.scope,
                inner.chain,
                module,
                inner.holder,
                above.holder,
                above.chain,
                above.own,
                replaces,
            )
        )
        return True

    def _pass(self, mark: Mark) -> None:
        """A function that is given a router hangs its routes below what the router is: ``users.Register(v1)``."""
        if self._reader.implicit(self._walk, mark.scope) is not None:
            above = self._routers.of(mark)
            if len(mark.chain) == 1 and (above.own or above.holder >= 0):
                self._hang(mark, above, above.own)
            return
        given = []
        for node in self._reader.arguments(self._walk, mark.node).places:
            chain = self._reader.router(self._walk, node)
            if not chain or "?" in chain:
                continue
            own = ""
            rules = [rule for rule in self._rules.get(chain[-1][:-2], ()) if rule.prefix == "variable"]
            if chain[-1].endswith("()") and rules:
                labels = self._labels(rules[0], mark, self._reader.arguments(self._walk, node))
                own, chain = labels[0] if labels is not None else UNKNOWN, plain(chain)
            above = self._routers.named(chain, mark)
            own = joined(above.own, own)
            if own or above.holder >= 0 or above.chain:
                given.append((above, own))
        if given:
            self._passed.append((mark, given))

    def _hang_passed(self) -> None:
        """Of what a call is given, what the file uses as router; where that is nothing, what a function is given."""
        known = {each.router for each in self._walk.entries if each.kind == "route"}
        known |= {chain for each in self._walk.mounts for chain in (each.router, each.above)}
        for mark, given in self._passed:
            certain = [each for each in given if each[1] or (each[0].chain and each[0].chain in known)]
            for above, own in certain or [each for each in given if each[0].holder >= 0]:
                self._hang(mark, above, own)

    def _hang(self, mark: Mark, above: Router, own: str) -> None:
        line = mark.node.start_point[0] + 1
        found = Mount("", line, mark.scope, mark.chain, holder=above.holder, above=above.chain, own=own)
        self._walk.mounts.append(found)

    def _labels(self, rule: Rule, mark: Mark, arguments: Arguments) -> list[str] | None:
        """The literals; "" where none is asked for; None where there is something that is not literal."""
        if rule.inner:
            call = self._reader.inner(self._walk, mark.node, rule.inner)
            if call is None:
                return None
            arguments = self._reader.arguments(self._walk, call)
        if rule.components:
            return self._components(rule, arguments)
        nodes = [arguments.places[rule.label]] if 0 <= rule.label < len(arguments.places) else []
        nodes += [arguments.keywords[key] for key in rule.keys if key in arguments.keywords]
        if not nodes:
            unnamed = rule.label < 0 and (rule.kind != "route" or bool(rule.prefix) or not rule.keys)
            empty = unnamed or rule.optional or (rule.bare and not arguments.places)
            return [""] if empty else None
        for node in nodes:
            found = self._reader.literal(self._walk, node)
            several = self._reader.words(self._walk, node, constants=False) if found is None else [found]
            if several:
                return several
        return [""] if rule.optional else None

    def _components(self, rule: Rule, arguments: Arguments) -> list[str] | None:
        """``get("users", ":id", use: show)``; what makes a group may have no address at all."""
        given = [n for n in arguments.places if not self._reader.is_closure(self._walk, n)]
        parts = [part for n in given if (part := self._reader.literal(self._walk, n)) is not None]
        handled = len(given) < len(arguments.places) or any(key in arguments.keywords for key in rule.handler_keys)
        if len(parts) < len(given) and (parts or not rule.prefix):
            return None
        return ["/" + "/".join(parts) if parts else ""] if rule.prefix or handled else None

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
        if rule.handler == -1 and any(self._reader.is_closure(self._walk, each) for each in places[1:-1]):
            return ()  # router.get("/x", (req, res, next) => {…}, respond): the work is done here
        return self._reader.chain(self._walk, places[rule.handler])

    def _route(self, rule: Rule, mark: Mark, symbol: int | None, arguments: Arguments, path: str, own: str) -> str:
        verb = mark.chain[-1].upper() if rule.verb == "name" else rule.verb
        if rule.methods and rule.methods in arguments.keywords:
            listed = arguments.keywords[rule.methods]
            one = self._reader.literal(self._walk, listed)
            methods = [one] if one else self._reader.words(self._walk, listed, constants=True)
            verb = ",".join(method.rsplit(".", 1)[-1].upper() for method in methods) or verb
        if symbol is not None:
            around = self._walk.symbols[symbol].parent
            path = joined(self._of_symbols.get(around, ""), joined(self._of_symbols.get(symbol, ""), path))
        path = own + path if self._framework(rule) == "django" else joined(own, path)
        return f"{verb} {path}".strip()

    def _framework(self, rule: Rule) -> str:
        """The first that the file imports and that has entry points of this kind."""
        if rule.kind == "test" or rule.framework:
            return rule.framework
        commands = self._table.commands
        fitting = [name for name in self._frameworks if (name in commands) is (rule.kind == "command")]
        fitting = [name for name in fitting if name not in self._table.jobs]
        return next((name for name in fitting if not rule.frameworks or name in rule.frameworks), "")


def _frameworks(walk: Walk, known: Table) -> list[str]:
    """Frameworks that the file imports, in the order of the table."""
    modules = {each.module.strip('"<>') for each in walk.imports} | {
        f"{each.module}.{each.name}" for each in walk.imports
    }
    return list(
        dict.fromkeys(
            name
            for start, name in known.frameworks.items()
            if any(module == start or module.startswith((f"{start}/", f"{start}.", f"{start}::")) for module in modules)
        )
    )


def _named(name: str) -> str:
    return name.rstrip("()").replace("_", "-")
