"""How to install, run, test or configure: what the documents say, and what the package manifests hold."""

import re

from docrunch.ask.answers import about
from docrunch.ask.answers.options import settable
from docrunch.ask.answers.topic import documented
from docrunch.ask.model import Draft, Origin, Role, Statement
from docrunch.ask.question import Question
from docrunch.ask.say import shorter
from docrunch.ask.subjects import Subjects
from docrunch.ask.words import terms
from docrunch.ask.world import World
from docrunch.documentation.manifests import Command, Manifest

_PURPOSES = (
    ("install", re.compile(r"\b(?:install|set ?up|getting started|add|build|compile)", re.IGNORECASE)),
    ("test", re.compile(r"\btests?\b", re.IGNORECASE)),
    ("run", re.compile(r"\b(?:run|start|launch|serve|deploy|develop|build)\b", re.IGNORECASE)),
)
_MIN_COVERAGE = 0.34  # such questions are short, and half of their words are "how do I"
_COMMANDS = 5
_DOES = {"install": "installs it", "test": "runs its tests", "run": "runs it"}


def answer(world: World, question: Question, subjects: Subjects) -> Draft:
    wanted = [name for name, pattern in _PURPOSES if pattern.search(question.text)]
    if "test" in wanted:
        wanted = ["test"]
    manifests = world.library.manifests
    told = documented(world, question, limit=2, minimum=_MIN_COVERAGE, shown=bool(wanted))
    if wanted == ["test"]:  # how to run them, not how to run
        told = [each for each in told if "test" in terms(each.text)]
    found = [_commands(world, each, wanted) for each in manifests[:3] if "/" not in each.path]
    computed = [statement for group in found for statement in group]
    if wanted and wanted != ["test"]:
        return Draft((*told, *computed))
    if not wanted:  # how something of it is configured
        options = settable(world, question)
        symbols = about.answer(world, question, subjects).statements if not (options or told) else ()
        return Draft((*options, *told, *symbols))
    return Draft((*computed, *told))


def _commands(world: World, manifest: Manifest, wanted: list[str]) -> list[Statement]:
    chosen = [each for each in manifest.commands if each.purpose in wanted]
    made = [_command(world, each) for each in chosen[:_COMMANDS]]
    if manifest.requires and "install" in wanted:
        text = f"It requires {shorter(manifest.requires)}."
        made.append(world.state(text, world.cite(manifest.path, manifest.requires_line), Origin.DOCUMENT))
    if "run" in wanted:
        for name, target, line in manifest.scripts[:_COMMANDS]:
            text = f"Installed command `{shorter(name)}` runs `{shorter(target)}`."
            made.append(world.state(text, world.cite(manifest.path, line), Origin.DOCUMENT, Role.DIRECT))
    return made


def _command(world: World, found: Command) -> Statement:
    note = f" (`{shorter(found.note)}`)" if found.note else ""
    text = f"`{shorter(found.command)}` {_DOES[found.purpose]}{note}: that follows from `{shorter(found.path)}`."
    return world.state(text, world.cite(found.path, found.line), Origin.DOCUMENT, Role.DIRECT)
