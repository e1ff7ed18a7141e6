"""A header read by the wrong grammar loses its classes (as C), or is read loosely (as C++)."""

import pytest

from docrunch.parsing.catalog import detect

CPP = [
    b"#pragma once\nnamespace a {\nint x;\n}\n",
    b"/* C */\n#include <memory>\n",
    b'#include "a.hpp"\n',
    b"class A;\n",
    b"template <class T> struct A;\n",
    b"struct A {\n public:\n  int x;\n};\n",
    b"inline std::string f();\n",
    b"FMT_BEGIN_NAMESPACE\n",
    b"struct A { virtual void f(); };\n",
    b"#ifndef __cplusplus\n#error This is C++\n#endif\n",
]
C = [
    b"int f(void);\n",
    b'#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n',
    b"/* namespace a { } class B std::string */\nstruct s { int class_of; };\n",
    b"#include <stdio.h>\n#include <sys/types.h>\n",
    b"// template <class T>\nint template_of(int x);\n",
    b"",
]


@pytest.mark.parametrize("head", CPP)
def test_what_only_cpp_says(head: bytes) -> None:
    assert detect("a.h", head) == "cpp"


@pytest.mark.parametrize("head", C)
def test_everything_else_is_c(head: bytes) -> None:
    assert detect("a.h", head) == "c"


def test_other_suffixes_say_it_themselves() -> None:
    assert detect("a.hpp", b"") == "cpp"
    assert detect("a.c", b"class A;") == "c"
