"""A small package that queries can be made from, and its material without a registry."""

from pathlib import Path

from benchmarks.accuracy.package import Package
from benchmarks.retrieval.material import Material
from benchmarks.retrieval.subjects import Subject

SHOP = {
    "src/shop/__init__.py": '"""A shop."""\nfrom .cart import Cart\n',
    "src/shop/cart.py": '''"""Carts of customers."""

from .prices import total


class Cart:
    """What a customer wants to buy."""

    def __init__(self):
        self.items = []

    def add_item(self, item):
        """Put one more item into the cart of the customer.

        Twice the same item counts twice.
        """
        if item is None:
            raise ValueError(f"cannot add {item!r} to a cart")
        self.items.append(item)

    def checkout(self):
        """Ask the bank for the money and empty the cart."""
        return total(self.items)
''',
    "src/shop/prices.py": '''def total(items):
    """Sum of the prices of all items with tax."""
    return sum(items)


def only_words():
    """Nothing but a sentence about this function."""
''',
    "tests/test_cart.py": """from shop.cart import Cart


def test_empty_cart_is_free():
    assert Cart().checkout() == 0
""",
    "README.md": """# Shop

Call `add_item` before the customer reaches the door. Words without any name are no query at all.

```
Call `checkout` in a block of code that nobody asks about.
```
""",
    "CHANGES.rst": """Version 1.1.0
-------------

-   Fix rounding of totals with many items. :issue:`12`
-   Bump the version of everything

Version 1.0.0
-------------

-   First release of the shop with carts
""",
}
LATER = {
    **SHOP,
    "src/shop/__init__.py": '"""A shop."""\nfrom .cart import Cart\n',
    "src/shop/prices.py": SHOP["src/shop/prices.py"].replace("sum(items)", "round(sum(items))"),
}
_VERSIONS = {"1.0.0": SHOP, "1.1.0": LATER}


class ShopMaterial(Material):
    """The releases of the shop instead of an archive's."""

    def release_files(self, package: Package) -> dict[str, bytes]:
        return {path: text.encode() for path, text in _VERSIONS[package.version].items()}


def shop(tmp_path: Path) -> ShopMaterial:
    packages = tuple(Package("python", "pypi", "shop", version, "") for version in _VERSIONS)
    return ShopMaterial(Subject("tuning", packages[0], packages), tmp_path, tmp_path)
