"""Links between pages must lead where the file system says they lead."""

import posixpath
from itertools import product

from docrunch.documentation.paths import relative

PAGES = ("index.md", "modules/index.md", "modules/a-1.md", "functions/f-2.md", "decisions/d-3.md", "deep/er/page.md")


def test_links_are_those_of_the_file_system() -> None:
    for page, target in product(PAGES, PAGES):
        assert relative(page, target) == posixpath.relpath(target, posixpath.dirname(page) or ".")
