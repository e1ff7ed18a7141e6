"""A small shop to search in: names that repeat, a class with methods, tests beside code, prose, generated files."""

from pathlib import Path

import numpy as np
import pytest

from docrunch.embedding.model import Encoder, EncoderSpec, EncodeStats, Prepared, Vectors
from docrunch.search.analysis import terms
from docrunch.search.offline import view_of_directory
from docrunch.search.view import SearchView

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": '''"""The cart of a customer."""

from shop.prices import discounted


class Cart:
    """Holds what a customer wants to buy."""

    def __init__(self) -> None:
        self.items = []

    def add_item(self, item, count=1):
        """Put an item into the cart."""
        for _ in range(count):
            self.items.append(item)

    def remove_item(self, item):
        """Take an item out of the cart again."""
        if item not in self.items:
            raise KeyError("no such item in the cart")
        self.items.remove(item)

    def total(self):
        """The sum of all prices, with what is taken off."""
        return sum(discounted(item) for item in self.items)
''',
    "shop/prices.py": '''"""What things cost."""

RATE = 0.1


def discounted(item):
    """Price of an item after the rebate for loyal customers."""
    return round(item.price * (1 - RATE), 2)


def parse_price(text):
    """Read an amount such as 12.50 EUR."""
    number, currency = text.split()
    return float(number)
''',
    "shop/store.py": '''"""Where orders are kept."""


class OrderStore:
    """Keeps orders in a file."""

    def save(self, order):
        """Write an order."""
        retry = 3
        while retry:
            retry -= 1

    def load(self, number):
        """Read an order."""
        return number
''',
    "external/cart_copy.py": "class Cart:\n    def add_item(self): ...\n",
    "tests/test_cart.py": """from shop.cart import Cart


def test_add_item_puts_it_into_the_cart():
    cart = Cart()
    cart.add_item("tea")
    assert cart.items == ["tea"]


def test_remove_item():
    Cart().remove_item("tea")
""",
    "docs/guide.md": """# Guide

How to use the shop.

## Payment by invoice

Customers who order often may pay by invoice within thirty days.

## Loyal customers

They get a rebate on every price.
""",
    "web/client.ts": "export class HttpClient {\n  fetchOrder(id: string) { return id; }\n}\n",
}


def write_shop(folder: Path) -> Path:
    for name, text in SHOP.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


class WordEncoder(Encoder):
    """Vectors of words: texts are near to each other where they share terms. Quick, and the same everywhere."""

    DIMENSIONS = 64

    def __init__(self) -> None:
        self.stats_ = EncodeStats()

    @property
    def spec(self) -> EncoderSpec:
        return EncoderSpec("words", "words", "test", "fp32", self.DIMENSIONS, 256, "")

    @property
    def stats(self) -> EncodeStats:
        return self.stats_

    def prepare(self, texts: "list[str]") -> Prepared:  # type: ignore[override]
        return Prepared(texts)

    def encode(self, texts: "list[str]") -> Vectors:  # type: ignore[override]
        return np.array([self.encode_one(text) for text in texts], np.float32).reshape(-1, self.DIMENSIONS)

    def encode_one(self, text: str) -> Vectors:
        found = np.full(self.DIMENSIONS, 1e-3, np.float32)
        for term in terms(text):
            found[sum(term.encode()) % self.DIMENSIONS] += 1
        return found / np.float32(np.linalg.norm(found))

    def close(self) -> None: ...


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> SearchView:
    """The shop with vectors."""
    return view_of_directory(write_shop(tmp_path_factory.mktemp("shop")), WordEncoder())


@pytest.fixture(scope="session")
def plain_shop(tmp_path_factory: pytest.TempPathFactory) -> SearchView:
    """The shop without vectors."""
    return view_of_directory(write_shop(tmp_path_factory.mktemp("plain-shop")))
