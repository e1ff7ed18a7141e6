"""Headings of documentation files: a heading inside code must not become a section, a real one must not be lost."""

import pytest
from markdown_it import MarkdownIt

from docrunch.parsing.markdown import read_sections

SAMPLE = b"""---
title: front matter
---
Intro text.

# One *two* [three](x.md) `four`
text

```python
# not a heading
```

Setext
heading
=======

- item
---

## Closed ##
    # indented code
~~~
## not
~~~~
### Last
"""


def test_sections_with_titles_levels_and_ranges() -> None:
    sections = read_sections(SAMPLE)
    assert [(s.title, s.level, s.line, s.end_line) for s in sections] == [
        ("One two three four", 1, 6, 12),
        ("Setext heading", 1, 13, 19),
        ("Closed", 2, 20, 24),
        ("Last", 3, 25, 25),
    ]
    assert b"".join(SAMPLE[s.start_byte : s.end_byte] for s in sections) == SAMPLE[SAMPLE.index(b"# One") :]


@pytest.mark.parametrize(
    "text",
    [
        "# a\n\ntext\n\n## b\n",
        "a\n=\n\nb\n-\n\nc\nd\n---\n",
        "```\n# x\n```\n# y\n",
        "~~~ md\n```\n# x\n~~~\n# y\n",
        "#no heading\n\n####### seven\n\n#\n\n# #\n",
        "para\n# directly\nmore\n",
        "- list\n\n---\n\n# after\n",
        "   # three spaces\n\n    # four spaces\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n# t\n",
        "# crlf\r\n\r\ntext\r\n## next\r\n",
        "<!-- # hidden\n\n# hidden too\n-->\n# shown\n",
    ],
)
def test_headings_are_those_of_a_commonmark_parser(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    expected = [(int(t.tag[1]), t.map[0] + 1) for t in tokens if t.type == "heading_open" and t.map and t.level == 0]
    assert [(section.level, section.line) for section in read_sections(text.encode())] == expected
