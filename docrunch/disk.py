"""How much room a directory takes, and how much is left."""

import os
import shutil
from pathlib import Path


def free_bytes(root: Path) -> int | None:
    """Room on the file system of ``root``; ``None`` where there is no such directory."""
    try:
        return shutil.disk_usage(root).free
    except OSError:
        return None


def directory_bytes(root: Path) -> int:
    """Allocated bytes of all files below ``root``; files that vanish or cannot be read count as nothing."""
    used = 0
    for folder, _, names in os.walk(root, onerror=None):
        for name in names:
            try:
                used += os.lstat(os.path.join(folder, name)).st_blocks * 512  # noqa: PTH118 - hot loop
            except OSError:
                continue
    return used
