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
    rb"\bwhere\b(?!\s+\w+\s*:(?!:))"
    rb"|\b(?:" + _MODIFIERS + rb")\b(?=[ \t]*" + _OPERATOR + rb"|\s*[)}\]])"
    rb"|(?<=va[lr] )[gs]et\b(?=[ \t]*[:=])"
    rb"|\b[gs]et\b(?=[ \t]*(?:" + _OPERATOR + rb"|\)))"
)
# Read as infix calls behind an annotation with arguments; multiplatform words; annotations before accessors.
_BLANKED = re.compile(rb"\bannotation(?=[ \t]+class\b)|\bactual(?=[ \t]+constructor\b)|@[\w.:]+[ \t]+(?=[gs]et\()")
# The last member of a class body on the line of its closing brace is not seen to end.
_CLOSED = re.compile(rb"(?<=[^\s{;])[ \t](?=[ \t]*\})")


def repaired(text: bytes) -> bytes:
    text = _BLANKED.sub(lambda found: b" " * len(found[0]), text)
    text = _NAMES.sub(lambda found: found[0][:-1] + b"_", text)
    return _CLOSED.sub(b";", text)
