from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.session import Database
from tests.support.knowledge import KnowledgeWorld, knowledge_world

CART = '''"""Shopping carts."""
from shop.price import total


class Cart:
    """Holds what a customer wants to buy."""

    def add(self, item):
        """Put one item into the cart."""
        self.items.append(item)
        return total(self.items)

    def checkout(self):
        return self.add(None)
'''
PRICE = '''"""Prices."""
import decimal


def total(items):
    """Sum the prices of all items."""
    return decimal.Decimal(sum(items))


def rebate(items):
    return total(items) / 2
'''
SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": CART,
    "shop/price.py": PRICE,
    "README.md": "# Shop\n\nA small shop with carts and prices for tests of projections.\n",
}


@pytest.fixture
async def shop(database: Database, tmp_path: Path) -> AsyncIterator[KnowledgeWorld]:
    async with knowledge_world(database, tmp_path, SHOP) as world:
        yield world
