"""Damaged real files of every language, the long form of `tests/unit/docrunch/parsing/test_mutated.py`."""
