"""The closed vocabulary of captures that a language's queries may use."""

CAPTURES: dict[str, str] = {
    "definition.function": "a function, method or constructor",
    "definition.class": "a class, struct, trait, interface, enum or union",
    "definition.type": "a type alias",
    "definition.namespace": "a namespace or inline module",
    "definition.implementation": "a block that adds methods to a type defined elsewhere",
    "definition.variable": "a declaration that may define variables, constants or properties",
    "definition.member": "a field, property or member without a body",
    "definition.macro": "a macro",
    "reference.call": "a call, construction or macro invocation",
    "reference.element": "an element of markup, which runs the component that it names",
    "reference.use": "a name passed on, returned or stored",
    "reference.type": "a type position",
    "reference.decorator": "a decorator",
    "assignment": "an assignment: a binding, a write, or a definition at module or class level",
    "local": "a pattern that makes names local to the function",
    "loop": "an iteration that names its items",
    "context": "a name for what a context manager gives",
    "return": "a result of a function, or a sign that it is a generator",
    "import": "an import",
    "export": "an export",
    "package": "a package clause",
    "decision": "a decision point of cyclomatic complexity",
    "comment": "a comment",
    "guard": "the condition of an entry point",
    "entry": "what may start code and is neither a call nor a decorator",
    "structure": "control flow that cognitive complexity counts and cyclomatic complexity does not",
}


class UnknownCapture(ValueError):
    """A query uses a capture that nothing interprets: a defect of the language's folder."""


def check_captures(language: str, names: list[str], handled: frozenset[str]) -> None:
    """Refuse captures outside the vocabulary or without a handler.

    Raises:
        UnknownCapture: with the language and the capture.
    """
    for name in names:
        if name not in CAPTURES:
            raise UnknownCapture(f"{language}: @{name} is not in the vocabulary of docrunch.parsing.captures")
        if name not in handled:
            raise UnknownCapture(f"{language}: nothing handles @{name}")
