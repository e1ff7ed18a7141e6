"""Queries that nobody should ask, and that must cost nothing."""

from docrunch.search.model import MAX_QUERY_BYTES

FUZZ = [
    '"', "'", '"unclosed phrase', "a & b | !c <-> d:*", "'; DROP TABLE symbols; --", "%_%", "\\", "\x00\x07\x1b[31m",
    "😀🎉", "日本語 検索", "(((((", "]]]]", "a" * MAX_QUERY_BYTES, "a " * 4000, "` " * 4000, "A.b" * 2700, "/" * 8000,
    "\u202e\u200b", "NULL", "*", "?", "file:///etc/passwd", "../../etc/passwd:1", "${jndi:x}", "{{7*7}}", "\ud800",
    "at " * 2700, "x:1\n" * 2000, "".join(map(chr, range(1, 2000))), "1e999", "-0", "__" * 4000,
    "A_A_A_A_A_A", "aAaAaAaA", "_9_9_9_9", "$$$$", "zzzzzzzzzzzz", "itme crat ordre prcie", "(?:a*)*b", "\\d+",
    "[[:alpha:]]", "'itme' & !crat", "itme\x00crat", "ｉｔｍｅ", "itmé", "Ａ" * 2000,
]  # fmt: skip
