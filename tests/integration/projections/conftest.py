"""Worlds of derived stores, one per test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from db.embedded import EmbeddedPostgres
from db.session import Database
from tests.support.knowledge import KnowledgeWorld, knowledge_world
from tests.support.projection_world import ProjectionWorld, projection_world

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": '"""Shopping carts."""\nfrom shop.price import total\n\n\nclass Cart:\n    """Holds what a customer'
    ' wants to buy."""\n\n    def add(self, item):\n        """Put one item into the cart."""\n        self.items.append'
    "(item)\n        return total(self.items)\n\n    def checkout(self):\n        return self.add(None)\n",
    "shop/price.py": '"""Prices."""\nimport decimal\n\n\ndef total(items):\n    """Sum the prices of all items."""\n    return'
    " decimal.Decimal(sum(items))\n\n\ndef rebate(items):\n    return total(items) / 2\n",
    "README.md": "# Shop\n\nA small shop with carts and prices for tests of projections.\n",
}


@pytest.fixture
async def world(postgres_server: EmbeddedPostgres, temporal_client: Client) -> AsyncIterator[ProjectionWorld]:
    """A repository, its store of files, a worker process."""
    async with projection_world(postgres_server, temporal_client) as made:
        yield made


@pytest.fixture
async def shop(database: Database, tmp_path: Path) -> AsyncIterator[KnowledgeWorld]:
    async with knowledge_world(database, tmp_path, SHOP) as world:
        yield world
