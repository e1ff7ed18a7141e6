"""How to install, run and test: wrong commands or lines would cost a newcomer the first hour."""

from docrunch.documentation.manifests import Manifest, read_manifests
from docrunch.source.model import FileEntry


def read(path: str, text: str) -> Manifest:
    (found,) = read_manifests((FileEntry(path, 1),), {path: text.encode()})
    return found


def commands(manifest: Manifest) -> list[tuple[str, str, int]]:
    return [(c.purpose, c.command, c.line) for c in manifest.commands]


def test_pyproject() -> None:
    found = read(
        "pyproject.toml",
        '[project]\nname = "shop"\ndescription = "Sells."\nrequires-python = ">=3.11"\n'
        '[project.scripts]\nshop = "shop.cli:main"\n[tool.pytest.ini_options]\n',
    )
    assert (found.name, found.description, found.description_line) == ("shop", "Sells.", 3)
    assert (found.requires, found.requires_line) == ("Python >=3.11", 4)
    assert commands(found) == [("install", "pip install .", 1), ("test", "pytest", 7)]
    assert found.scripts == (("shop", "shop.cli:main", 6),)


def test_package_json() -> None:
    found = read(
        "package.json",
        '{\n "name": "x",\n "bin": "cli.js",\n "scripts": {\n  "test": "vitest",\n  "build": "tsc",\n'
        '  "x; rm": "y"\n }\n}',
    )
    assert commands(found) == [("install", "npm install", 2), ("test", "npm test", 5), ("run", "npm run build", 6)]
    assert found.scripts == (("x", "cli.js", 3),)


def test_cargo_go_and_make() -> None:
    cargo = read("Cargo.toml", '[package]\nname = "x"\nrust-version = "1.70"\n')
    assert ("test", "cargo test", 1) in commands(cargo)
    assert cargo.requires == "Rust 1.70"
    go = read("go.mod", "module example.invalid/x\n\ngo 1.22\n")
    assert (go.name, go.requires, go.requires_line) == ("example.invalid/x", "Go 1.22", 3)
    make = read("Makefile", "CC := x\nall: build\n\ninstall: all ## puts it there\n\tcp\ntest:\n\t./t\nA = b\n")
    assert commands(make) == [("run", "make all", 2), ("install", "make install", 4), ("test", "make test", 6)]
    assert make.commands[1].note == "puts it there"


def test_a_damaged_manifest_is_listed_as_unreadable() -> None:
    for path, text in [("package.json", "[" * 5000), ("pyproject.toml", "= x"), ("package.json", '"text"')]:
        assert read(path, text).unreadable


def test_values_of_unexpected_types_are_ignored() -> None:
    found = read("package.json", '{"name": 3, "description": ["x"], "scripts": {"a": 1}, "bin": 4, "engines": "x"}')
    assert (found.name, found.description, found.scripts) == ("", "", ())
