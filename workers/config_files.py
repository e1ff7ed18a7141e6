"""Files of ``temporal-config/``: beside the packages in a checkout, below the environment's prefix once installed."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[1] / "temporal-config"
INSTALLED = Path(sys.prefix) / "share" / "docrunch" / "temporal-config"


def config_file(name: str) -> Path:
    """The path of a file or folder of ``temporal-config/``."""
    return (CHECKOUT if CHECKOUT.is_dir() else INSTALLED) / name
