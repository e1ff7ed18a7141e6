from tests.support.search_world import plain_shop, shop

__all__ = ["plain_shop", "shop"]
