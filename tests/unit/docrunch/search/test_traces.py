"""A pasted stack trace leads to the frame that failed, whatever language printed it."""

import time

import pytest

from docrunch.search.traces import MAX_FRAMES, Frame, frames

PYTHON = """Traceback (most recent call last):
  File "/app/shop/web.py", line 12, in view
    cart.total()
  File "/app/shop/cart.py", line 26, in total
    return sum(...)
ZeroDivisionError: division by zero"""


def test_python_prints_the_innermost_frame_last() -> None:
    assert frames(PYTHON) == (Frame("/app/shop/cart.py", 26, "total"), Frame("/app/shop/web.py", 12, "view"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("\tat com.shop.Cart.add(Cart.java:12)", Frame("Cart.java", 12, "com.shop.Cart.add")),
        ("    at Cart.add (/srv/shop/cart.js:10:5)", Frame("/srv/shop/cart.js", 10, "Cart.add")),
        ("    at async file:///srv/shop/cart.mjs:10:5", Frame("/srv/shop/cart.mjs", 10, "")),
        ("    at new Cart (cart.ts:3:1)", Frame("cart.ts", 3, "Cart")),
        ("main.(*Cart).Add(0xc000)\n\t/go/shop/cart.go:42 +0x1d", Frame("/go/shop/cart.go", 42, "main.(*Cart).Add")),
        ("   3: shop::cart::add\n             at ./src/cart.rs:10:5", Frame("./src/cart.rs", 10, "shop::cart::add")),
        ("thread 'main' panicked at src/cart.rs:7:3:", Frame("src/cart.rs", 7, "")),
        ("   at Shop.Cart.Add(String a) in C:\\src\\Cart.cs:line 42", Frame("/src/Cart.cs", 42, "Shop.Cart.Add")),
        ("#0 /var/www/Cart.php(12): Shop\\Cart->add('x')", Frame("/var/www/Cart.php", 12, "Shop\\Cart->add")),
        ("Fatal error: boom in /var/www/Cart.php on line 7", Frame("/var/www/Cart.php", 7, "")),
        ("app/models/cart.rb:12:in `add'", Frame("app/models/cart.rb", 12, "add")),
        ("\tfrom app/models/cart.rb:3:in 'each'", Frame("app/models/cart.rb", 3, "each")),
    ],
    ids=["java", "js", "js module", "js constructor", "go", "rust", "rust panic", "c#", "php", "php warning", "ruby",
         "ruby outer"],
)  # fmt: skip
def test_each_language(text: str, found: Frame) -> None:
    assert frames(text) == (found,)


@pytest.mark.parametrize("text", ["look at the code in src/app.py", "at 10:30 in the morning", "see README.md:12", ""])
def test_prose_is_no_trace(text: str) -> None:
    assert frames(text) == ()


def test_a_recursion_is_cut() -> None:
    text = "\n".join(f"    at f (a.js:{line}:1)" for line in range(1, 500))
    assert len(frames(text)) == MAX_FRAMES


@pytest.mark.parametrize("piece", ["at ", 'File "', " in ", "at a.b(", "\t/a.go:1", "panicked at '", "#0 ", "Error "])
def test_hostile_text_takes_no_time(piece: str) -> None:
    text = piece * (8192 // len(piece))
    began = time.perf_counter()
    frames(text)
    frames("\n".join([piece] * (8192 // (len(piece) + 1))))
    assert time.perf_counter() - began < 0.5
