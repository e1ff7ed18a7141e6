from activities.bounded import Bounded


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache: Bounded[str, str] = Bounded(2)
    cache.put("a", "A")
    cache.put("b", "B")
    assert cache.get("a") == "A"
    cache.put("c", "C")
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")


def test_the_bound_is_one_of_weight() -> None:
    """Else one large file would hold what was meant for a thousand small ones."""
    cache: Bounded[str, list[int]] = Bounded(10, len)
    cache.put("a", [0] * 6)
    cache.put("a", [0] * 4)
    assert cache.weight == 4
    cache.put("b", [0] * 6)
    assert cache.weight == 10
    cache.put("large", [0] * 11)
    assert (cache.weight, cache.get("a"), cache.get("b"), cache.get("large")) == (0, None, None, None)
