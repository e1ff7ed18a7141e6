"""Page names must be portable: two pages that clash on a case-insensitive disk lose one of them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from docrunch.docpack.tar import check_name
from docrunch.documentation.paths import function_page, module_page, relative


@given(st.text(max_size=200), st.text(max_size=20))
def test_names_are_short_lower_case_and_plain(name: str, path: str) -> None:
    made = module_page(name, path)
    assert re.fullmatch(r"modules/[a-z0-9][a-z0-9._-]{0,79}-[a-z2-7]{8}\.md", made), made
    assert ".." not in made


def test_names_that_differ_in_case_only_have_different_pages() -> None:
    assert function_page("a.Run", "n_1").lower() != function_page("a.run", "n_2").lower()


def test_links_are_relative_to_the_page() -> None:
    assert relative("modules/a.md", "functions/b.md") == "../functions/b.md"
    assert relative("modules/a.md", "modules/index.md") == "index.md"
    assert relative("index.md", "modules/index.md") == "modules/index.md"


def test_no_page_has_the_name_of_a_device() -> None:
    """``con.md`` cannot be made on Windows, and a docpack refuses it: one ``aux.py`` would fail a scan."""
    for device in ("con", "PRN", "aux", "nul", "com1", "lpt9"):
        for name in (f"{device}.f", device, f"{device}.a.b"):
            check_name(f"docpack/docs/{module_page(name, name)}")
            check_name(f"docpack/docs/{function_page(name, name)}")
