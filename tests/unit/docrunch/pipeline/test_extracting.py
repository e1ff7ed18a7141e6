"""One bad file is data; a scan that lost most of its files is no scan."""

import pytest

from docrunch.errors import TooManyFailures
from docrunch.parsing.model import FileFacts
from docrunch.pipeline.extracting import check_fail_share, located
from docrunch.pipeline.lost import count_empty
from docrunch.source.model import Issue


def test_issues_of_facts_get_the_path_of_their_file() -> None:
    (issue,) = located("src/a.py", [Issue("", "syntax_errors", "2 places", 7, "parse")])
    assert issue == Issue("src/a.py", "syntax_errors", "2 places", 7, "parse")


def test_the_share_is_judged_only_where_there_are_enough_files() -> None:
    check_fail_share(lost=9, parsable=9, share=0.2)
    check_fail_share(lost=2, parsable=10, share=0.2)
    with pytest.raises(TooManyFailures, match="3 of 10 files"):
        check_fail_share(lost=3, parsable=10, share=0.2)


def test_a_file_whose_facts_were_cut_by_a_limit_counts_as_not_read() -> None:
    whole = FileFacts("python", 3, issues=(Issue("", "syntax_errors"),))
    cut = FileFacts("python", 3, issues=(Issue("", "too_deep"),))
    assert count_empty([whole, cut, whole]) == 1
