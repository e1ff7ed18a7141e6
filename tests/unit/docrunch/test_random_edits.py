"""Whatever people do to files between two scans: the graph and the pages are those of a scan from nothing.

A sample; `python -m tests.properties.run` goes on for longer and with packages of other ecosystems.
"""

import pytest

from tests.support.incremental import replay
from tests.support.linking import ALL, dedented
from tests.support.real_trees import INSTALLED, installed


@pytest.mark.parametrize("package", INSTALLED)
def test_edits_of_a_real_package(package: str) -> None:
    done = replay(installed(package), f"{package} 0", steps=8)
    assert done.relinked < done.files


@pytest.mark.parametrize("seed", range(3))
def test_edits_of_a_tree_of_several_languages(seed: int) -> None:
    done = replay(dedented(ALL), f"worlds {seed}", steps=12)
    assert done.relinked < done.files
