"""YAML line by line: what looks like a key inside a text is none."""

import pytest
import yaml

from docrunch.parsing.languages.yaml.lines import Entry, entries


def keys(text: str) -> list[str]:
    found = [each for each in entries(text.encode()) if isinstance(each, Entry) and each.is_key]
    return [".".join(each.path) for each in found]


def parsed(node: object, path: str = "") -> list[str]:
    """The keys that a parser finds, in order."""
    found = []
    if isinstance(node, dict):
        for key, value in node.items():
            found += [f"{path}{key}", *parsed(value, f"{path}{key}.")]
    elif isinstance(node, list):
        for value in node:
            found += parsed(value, f"{path}[].")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb:\n  c: 2\n  d:\n    e: 3\nf: 4\n",
        "a:\n- b: 1\n  c: 2\n- d: 3\ne: 4\n",
        "a:\n  - b: 1\n    c:\n      - d: 2\n  - e: 3\n",
        "a: |\n  b: no\n  c: no\nd: 1\n",
        "a: >-\n\n  b: no\n\n    c: no\nd: 1\n",
        "a: 'x: y'\nb: \"z: # no\" # comment: no\n",
        "\"quoted key\": 1\n'other: key': 2\n",
        "a: http://x:80/y\nb:c: 1\n",
        "a: 'over\n  lines: no'\nb: 1\n",
        "a: [\n  x, y]\nb: 1\n",
        "- - a: 1\n    b: 2\n  - c: 3\n",
        "# only: a comment\na: 1\n",
        "a:\n  b: |2\n      c: no\n  d: 1\n",
    ],
)
def test_keys_are_those_of_a_parser(text: str) -> None:
    assert keys(text) == parsed(yaml.safe_load(text))


def test_templates_have_keys_as_well() -> None:
    assert keys("{{- if .x }}\na:\n  b: {{ .c }}\n{{- end }}\n") == ["a", "a.b"]
