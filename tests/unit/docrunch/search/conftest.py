from tests.support.search_shop import plain_shop, shop

__all__ = ["plain_shop", "shop"]
