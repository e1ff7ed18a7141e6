"""The templates: ours as package data, a directory of the user's in front of them.

Templates of a user are sandboxed. Ours are code like any other; the sandbox would only cost time on every attribute.
"""

import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from docrunch.errors import InvalidConfig

FOLDER = "documentation"
_FENCE = re.compile(r"^```+", re.MULTILINE)
_BLANK = re.compile(r"\n(?:[^\S\n]*\n)+")


@lru_cache(maxsize=4)
def environment(override: Path | None = None) -> Environment:
    """Compiled once per process and override directory.

    ``override`` holds files with the names of ours (``module.md.j2``); what it lacks comes from ours.

    Raises:
        InvalidConfig: ``override`` is not a directory.
    """
    loaders: list[BaseLoader] = [FileSystemLoader(str(files("templates").joinpath(FOLDER)))]
    if override is not None:
        if not override.is_dir():
            raise InvalidConfig(
                f"the template directory {override} does not exist",
                hint="Give a directory with *.md.j2 files, or leave the setting out.",
            )
        loaders.insert(0, FileSystemLoader(str(override)))
    kind = Environment if override is None else ImmutableSandboxedEnvironment
    return kind(  # Markdown is no HTML: views escape, see docrunch.documentation.escape
        loader=ChoiceLoader(loaders),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=override is not None,
    )


def fill(name: str, view: object, override: Path | None = None) -> str:
    """One page from one view; at most one blank line in a row outside code, one LF at the end.

    Raises:
        InvalidConfig: a template of the override directory is malformed or asks for what the view does not have.
    """
    try:
        return tidy(environment(override).get_template(f"{name}.md.j2").render(v=view))
    except TemplateError as error:
        raise InvalidConfig(
            f"template {name}.md.j2 cannot be used: {error}", hint="Compare it with the one that ships with docrunch."
        ) from error


def tidy(text: str) -> str:
    """Collapse blank lines outside fenced code, which keeps every byte."""
    text = f"\n{text}\n"  # so that every line has an end before it and behind it
    made: list[str] = []
    at = 0
    while (opened := _FENCE.search(text, at)) is not None:
        made.append(_BLANK.sub("\n\n", text[at : opened.start()]))
        end = text.find(f"\n{opened.group()}\n", opened.end())
        at = len(text) if end < 0 else end + len(opened.group()) + 1
        made.append(text[opened.start() : at])
    made.append(_BLANK.sub("\n\n", text[at:]))
    return "".join(made).strip("\n") + "\n"
