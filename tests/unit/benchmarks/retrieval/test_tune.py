"""The ascent takes what helps most packages, and leaves the product as it was."""

from collections.abc import Mapping

from benchmarks.retrieval.constants import CONSTANTS, Setting, at_present, use
from benchmarks.retrieval.tune import Scored, ascend


class Hill(Scored):
    """MRR of three packages as functions of the weight of meaning: two like 0.4 best, one 0."""

    def __init__(self) -> None:
        self.packages = ["a", "b", "c"]

    def by_package(self, setting: Setting) -> Mapping[str, float]:
        near = 1 - abs(setting["semantic"] - 0.4)
        return {"a": near, "b": near, "c": 1 - setting["semantic"]}


def test_the_ascent_stops_at_the_top() -> None:
    start = {**at_present(), "semantic": 0.7}
    assert ascend(Hill(), start, ["semantic"], 3, ["a", "b"])["semantic"] == 0.4
    assert ascend(Hill(), start, ["semantic"], 3, ["c"])["semantic"] == 0.0
    assert ascend(Hill(), start, ["graph"], 3, ["a", "b"]) == start


def test_a_gain_of_few_packages_is_not_taken() -> None:
    start = {**at_present(), "semantic": 0.4}
    assert ascend(Hill(), start, ["semantic"], 3, ["a", "b", "c"])["semantic"] == 0.4


def test_constants_are_put_back() -> None:
    before = at_present()
    with use({name: constant.values[0] for name, constant in CONSTANTS.items()}) as weights:
        assert weights.semantic == CONSTANTS["semantic"].values[0]
        assert at_present()["BODY"] == CONSTANTS["BODY"].values[0]
    assert at_present() == before
