"""A world to ask questions of, made of a few files, really parsed and really linked."""

import textwrap
from collections.abc import Mapping

from docrunch.ask.compose import find_answer
from docrunch.ask.library import Library
from docrunch.ask.model import Answer
from docrunch.ask.question import read_question
from docrunch.ask.world import World, world_of
from docrunch.canonical import sha256_hex
from docrunch.errors import NotFound
from docrunch.graph.link import link
from docrunch.graph.queries.index import build
from docrunch.options import Limits
from docrunch.parsing.catalog import detect
from docrunch.parsing.extract import extract
from docrunch.source.model import FileEntry, SourceKind, SourceRef

SOURCE = SourceRef("host/owner/shop", "c" * 40, "main", SourceKind.GIT)
SHOP = {
    "README.md": """
        # Shop

        [![build](https://example.org/b.svg)](https://example.org)

        Shop adds up what customers put into carts.

        ## Installing

        Install it from the index:

        ```
        pip install shop
        ```

        ## Discounts

        A discount is applied once per cart, before taxes are added.

        - Coupons expire after thirty days.
        - Refunds go back to the original card.
    """,
    "pyproject.toml": """
        [project]
        name = "shop"
        description = "Carts and prices."
        requires-python = ">=3.11"
        dependencies = ["tariffs>=2", "money"]
        [project.scripts]
        shop = "shop.main:run"
    """,
    "src/shop/__init__.py": "from .cart import Cart as Cart\n__all__ = ['Cart']\n",
    "src/shop/prices.py": """
        \"\"\"What things cost.\"\"\"
        import money


        def total(items):
            \"\"\"Sum of the prices of all items, rounded to cents.

            :param items: anything with a price
            \"\"\"
            return money.round(sum(item.price for item in items))
    """,
    "src/shop/cart.py": """
        from .prices import total


        class Cart:
            \"\"\"What a customer wants to buy.\"\"\"

            def add(self, item):
                self.items.append(item)

            def checkout_all(self):
                \"\"\"Turn the cart into an order.\"\"\"
                return total(self.items)
    """,
    "src/shop/main.py": """
        from .cart import Cart


        def run():
            Cart().checkout_all()
    """,
    "tests/test_cart.py": """
        from shop.cart import Cart


        def test_checkout():
            assert Cart().checkout_all() == 0
    """,
}


def make_asked(files: Mapping[str, str] = SHOP) -> World:
    texts = {path: textwrap.dedent(text).lstrip("\n").encode() for path, text in sorted(files.items())}
    entries, facts = [], {}
    for path, data in texts.items():
        language, sha = detect(path, data[:1000]), sha256_hex(data)
        lines = data.count(b"\n")
        entries.append(FileEntry(path, len(data), sha256=sha, text_sha256=sha, language=language, lines=lines))
        facts[path] = extract(data, language, Limits())

    def read(path: str) -> bytes:
        if path not in texts:
            raise NotFound(f"there is no {path}")
        return texts[path]

    view = build(link(SOURCE, entries, facts), None)
    return world_of(view, Library({entry.path: entry.lines for entry in entries}, read))


def answer_to(question: str, world: World | None = None) -> Answer:
    return find_answer(world or make_asked(), read_question(question))
