"""Names of entities are a function of one row, so that any file can name what it refers to."""

import pytest

from docrunch.knowledge.names import MAX_NAME, clean, entity_name, local_name, one_line, piece_id


@pytest.mark.parametrize(
    ("path", "qualified", "local"),
    [
        ("src/pkg/cart.py", "pkg.cart.Cart.add", "Cart.add"),
        ("pkg/__init__.py", "pkg.make", "make"),
        ("src/cart.ts", "src/cart.Cart.add", "Cart.add"),
        ("zap/logger.go", "go.uber.org/zap.Logger.Info", "Logger.Info"),
        ("src/main/java/com/shop/Cart.java", "com.shop.Cart.add", "add"),
        ("src/lib.rs", "crate::cart::Cart::add", "crate::cart::Cart::add"),
        ("main.c", "main", "main"),
        ("", "odd", "odd"),
    ],
)
def test_what_the_path_says_is_not_said_again(path: str, qualified: str, local: str) -> None:
    assert local_name(path, qualified) == local


def test_kinds_without_a_file_have_a_name_of_their_own() -> None:
    assert entity_name("external", "", "os.path") == "ext::os.path"
    assert entity_name("package", "pkg", "pkg") == "pkg::pkg"
    assert entity_name("module", "src/a.py", "a") == "src/a.py"


def test_long_names_stay_apart() -> None:
    names = {entity_name("function", "a.py", f"a.{'x' * 600}{n}") for n in range(3)}
    assert len(names) == 3
    assert max(map(len, names)) <= MAX_NAME


def test_texts_lose_what_no_store_takes() -> None:
    assert clean("a\x00b\x0cc\ud800d\te\nf") == "abcd\te\nf"
    assert one_line("a\nb<SEP>c") == "a b<sep>c"


def test_an_id_says_where_and_not_what() -> None:
    assert piece_id("h", "e", 0) == piece_id("h", "e", 0) != piece_id("h", "e", 1)
