"""Hits for people: where, what, why, and the lines, with what matches standing out on a terminal."""

from collections.abc import Sequence

from api.cli.output import printable
from docrunch.ids import short_commit
from workflows.contracts.query import FoundHit, FoundSnippet, SearchAnswer

NOTHING = "Nothing was found. Fewer or other words may help; `--mode semantic` looks for meaning."
_BOLD, _DIM, _MARK, _END = "\x1b[1m", "\x1b[2m", "\x1b[1;33m", "\x1b[0m"
_WORD = {
    "keyword": "words",
    "symbol": "name",
    "literal": "exact text",
    "path": "path",
    "trace": "stack trace",
    "semantic": "meaning",
    "graph": "related code",
    "recency": "changed lately",
    "full text": "words (database)",
}


def text_of(answer: SearchAnswer, *, explain: bool, coloured: bool, several: bool) -> str:
    """Args: ``several``: hits are of more than one repository, which is then named."""
    said = [printable(each) for each in (*_meant(answer), *answer.notes)]
    if not answer.hits:
        return "\n".join([*said, NOTHING])
    commits = ", ".join(f"{each.repository} {each.ref} at {short_commit(each.commit)}" for each in answer.searched)
    blocks = [_block(hit, explain, coloured, several) for hit in answer.hits]
    return "\n\n".join([*(["\n".join(said)] if said else []), *blocks, printable(commits)])


def _meant(answer: SearchAnswer) -> list[str]:
    return [f"Did you mean: {answer.did_you_mean}"] if answer.did_you_mean else []


def _block(hit: FoundHit, explain: bool, coloured: bool, several: bool) -> str:
    place = f"{hit.path}:{hit.line}"
    if several:
        place = f"{hit.repository}  {place}"
    what = " ".join(part for part in (hit.node_kind or hit.kind, hit.name) if part)
    head = f"{hit.rank}. {_style(printable(place), _BOLD, coloured)}  {printable(what)}"
    lines = [head, f"   {_style(_why(hit, explain), _DIM, coloured)}"]
    if hit.snippet is not None and hit.snippet.text:
        lines += _snippet(hit.snippet, coloured)
    return "\n".join(lines)


def _why(hit: FoundHit, explain: bool) -> str:
    if explain:
        shares = ", ".join(f"{name} {share:.0%}" for name, share in hit.signals.items())
        return f"score {hit.score:.4f}{' (weak)' if hit.weak else ''}: {shares}  id {hit.id}"
    said = [_WORD.get(name, name) for name, share in hit.signals.items() if share >= 0.1]
    weak = " (weak: nothing matches by words or name)" if hit.weak else ""
    return f"found by {', '.join(said) or 'related code'}{weak}"


def _snippet(snippet: FoundSnippet, coloured: bool) -> list[str]:
    width = len(str(snippet.end_line))
    found = []
    for number, line in enumerate(snippet.text.split("\n"), snippet.line):
        marks = [(start, end) for at, start, end in snippet.marks if at == number]
        shown = _marked(line, marks) if coloured else printable(line)
        found.append(f"   {str(number).rjust(width)} | {shown}".rstrip())
    return found


def _marked(line: str, marks: Sequence[tuple[int, int]]) -> str:
    """The parts are made printable one by one: what a repository says must not steer the terminal."""
    parts: list[str] = []
    at = 0
    for start, end in sorted(marks):
        if start < at:
            continue
        parts += [printable(line[at:start]), _style(printable(line[start:end]), _MARK, True)]
        at = end
    return "".join([*parts, printable(line[at:])])


def _style(text: str, code: str, coloured: bool) -> str:
    return f"{code}{text}{_END}" if coloured else text
