"""setup.cfg."""

import configparser

from docrunch.parsing.manifests.shape import Manifest, Unreadable, compact


def read(source: str) -> Manifest:
    """Raises: Unreadable for a damaged setup.cfg."""
    if "[metadata]" not in source and "[options]" not in source:
        return {}
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(source)
    except configparser.Error as error:
        raise Unreadable("not a valid setup.cfg") from error
    return compact(
        kind="setup.cfg",
        name=_value(parser, "metadata", "name"),
        version=_value(parser, "metadata", "version"),
        description=_value(parser, "metadata", "description"),
        packages=_lines(_value(parser, "options", "packages")),
        package_dir=_pairs(_value(parser, "options", "package_dir")),
        where=_lines(_value(parser, "options.packages.find", "where")),
        scripts=_pairs(_value(parser, "options.entry_points", "console_scripts")),
        dependencies=_lines(_value(parser, "options", "install_requires")),
    )


def _value(parser: configparser.RawConfigParser, section: str, key: str) -> str:
    return (parser.get(section, key, fallback="") or "").strip()


def _lines(value: str) -> list[str]:
    return [part.strip() for part in value.replace(",", "\n").splitlines() if part.strip()]


def _pairs(value: str) -> dict[str, str]:
    """``key = value`` lines; ``=src`` is the root package's folder, key ""."""
    found = {}
    for line in value.splitlines():
        if "=" in line:
            key, item = line.split("=", 1)
            found[key.strip()] = item.strip()
    return found
