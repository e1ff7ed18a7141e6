"""Whether a `.h` file is C++: by what only C++ can say, in the first bytes of the file.

A header that wraps itself in ``extern "C"`` for C++ compilers is C. One that says nothing either way is C as well: the
C grammar reads the common part of both languages more strictly.
"""

import re

_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)|//[^\n]*", re.DOTALL)
_DUAL = re.compile(
    rb'__cplusplus[^\n]*\n(?:[ \t]*#[^\n]*\n|[ \t]*\n){0,20}[ \t]*(?:\w+[ \t]+)?extern[ \t]*"C"', re.MULTILINE
)
_CPP = re.compile(
    rb"""
    ^[ \t]*(?:template[ \t]*<|namespace\b|using\s+(?:namespace\b|\w+\s*=|[\w:]+;)|class\s+\w+|enum\s+class\b
        |(?:public|private|protected)[ \t]*:|\w+_NAMESPACE_BEGIN\b|\w+_BEGIN_NAMESPACE\b|NAMESPACE_BEGIN\b
        |(?:inline[ ]|static[ ])*constexpr\b)
    |^[ \t]*\#[ \t]*include[ \t]*(?:<[a-z_]+(?:/[a-z_]+)?>|[<"][^">\n]*\.(?:hpp|hxx|hh|ipp|inl)[">])
    |\bstd::\w|\b\w+::\w+|\bvirtual\s+[\w~]|\bstatic_cast<|\boperator\s*(?:[-+*/=<>!()\[\]]|bool\b)|\)\s*(?:const\s+)?override\b
    |\bnullptr\b|\bnoexcept\b|^[ \t]*\#[ \t]*error\b[^\n]*C\+\+
    """,
    re.MULTILINE | re.VERBOSE,
)


def is_cpp(head: bytes) -> bool:
    """Args: the first bytes of the file; a comment may be cut off."""
    text = _COMMENT.sub(b" ", head)
    return _DUAL.search(text) is None and _CPP.search(text) is not None
