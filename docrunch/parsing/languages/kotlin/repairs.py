"""What the grammar cannot follow, written so that it can: same length, so that every position stays.

Names are read from the text itself, never from its repaired copy; comments and strings may be changed, too.
"""

import re

# Words that are keywords in some places only, where they are names.
_MODIFIERS = (
    rb"abstract|annotation|companion|const|data|enum|external|final|infix|init|inline|inner|internal|lateinit|open|"
    rb"operator|out|override|sealed|suspend|value|vararg"
)
_OPERATOR = rb"(?:=(?!=)|!=|==|\.|\?[.:]|!!|,|\[|\+|-|\*|/|&&|\|\|)"
_NAMES = re.compile(
    rb"\b(?:(?:" + _MODIFIERS + rb")(?=[ \t]*" + _OPERATOR + rb"|\s*[)}\]])"
    rb"|[gs]et(?=[ \t]*(?:" + _OPERATOR + rb"|\))|(?<=va[lr] .et)[ \t]*[:=])"
    rb"|where\b(?!\s+\w+\s*:(?!:)))"
)
# Read as infix calls behind an annotation with arguments; multiplatform words; annotations before accessors.
_ANNOTATION = re.compile(rb"\bannotation(?=[ \t]+class\b)")
_ACTUAL = re.compile(rb"\bactual(?=[ \t]+constructor\b)")
_ACCESSOR = re.compile(rb"@[\w.:]+[ \t]+(?=[gs]et\()")
# The last member of a class body on the line of its closing brace is not seen to end.
_CLOSED = re.compile(rb"[ \t](?<=[^\s{;].)(?=[ \t]*\})")


def repaired(text: bytes) -> bytes:
    if b"annotation class" in text:
        text = _ANNOTATION.sub(_blank, text)
    if b"actual constructor" in text:
        text = _ACTUAL.sub(_blank, text)
    if b" get(" in text or b" set(" in text:
        text = _ACCESSOR.sub(_blank, text)
    text = _NAMES.sub(lambda found: found[0][:-1] + b"_", text)
    return _CLOSED.sub(b";", text)


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])
