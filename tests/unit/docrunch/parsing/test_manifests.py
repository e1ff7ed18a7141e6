# ruff: noqa: E501 (each sample on one line)
"""Package manifests are told by content; wrong names here would put whole packages under wrong module names."""

import pytest

from docrunch.options import Limits
from docrunch.parsing.extract import extract
from docrunch.parsing.manifests import read_manifest

CASES = [
    (
        "toml",
        b'[project]\nname = "a"\ndependencies = ["b>=1", "c[x]"]\n[project.scripts]\nrun = "a.cli:main"\n'
        b'[tool.setuptools.packages.find]\nwhere = ["src"]\n[tool.pytest.ini_options]\n',
        {
            "kind": "pyproject",
            "name": "a",
            "where": ["src"],
            "scripts": {"run": "a.cli:main"},
            "dependencies": ["b", "c"],
            "test": "pytest",
        },
    ),
    (
        "toml",
        b'[tool.poetry]\nname = "p"\npackages = [{include = "p", from = "lib"}]\n[tool.poetry.dependencies]\npython = "3"\nq = "1"\n',
        {"kind": "pyproject", "name": "p", "packages": ["lib/p"], "dependencies": ["q"]},
    ),
    (
        "toml",
        b'[workspace]\nmembers = ["crates/*"]\n[package]\nname = "my-crate"\nedition = "2021"\n[lib]\nname = "mine"\npath = "l.rs"\n'
        b'[dependencies]\nserde = "1"\nlocal = {path = "../local"}\nother = {package = "real", version = "1"}\n',
        {
            "kind": "cargo",
            "name": "my-crate",
            "edition": "2021",
            "lib_name": "mine",
            "lib_path": "l.rs",
            "workspace": "true",
            "members": ["crates/*"],
            "dependencies": ["serde", "local", "other"],
            "path_dependencies": {"local": "../local"},
            "renamed_dependencies": {"other": "real"},
        },
    ),
    (
        "json",
        b'{"name": "@s/p", "bin": "./cli.js", "exports": {".": {"types": "./d.ts", "import": "./m.js"}, "./x": "./x.js"},'
        b' "workspaces": ["packages/*"], "scripts": {"test": "vitest"}}',
        {
            "kind": "package.json",
            "name": "@s/p",
            "bins": {"p": "./cli.js"},
            "exports": {".": "./d.ts", "./x": "./x.js"},
            "workspaces": ["packages/*"],
            "scripts": {"test": "vitest"},
        },
    ),
    (
        "json",
        b'{\n // note "x"\n "extends": "./base.json", /* c */\n "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*", "gen/*",],},},\n}',
        {"kind": "tsconfig", "extends": ["./base.json"], "base_url": ".", "paths": {"@/*": "src/*\ngen/*"}},
    ),
    (
        "go-mod",
        b"module example.org/m // c\n\ngo 1.21\n\nrequire (\n\tx.org/y v1.0.0 // indirect\n)\nrequire z.org/w v2\nreplace x.org/y => ../y\n",
        {
            "kind": "go.mod",
            "name": "example.org/m",
            "go": "1.21",
            "dependencies": ["x.org/y", "z.org/w"],
            "replace": {"x.org/y": "../y"},
        },
    ),
    (
        "ini",
        b"[metadata]\nname = n\n[options]\npackage_dir =\n  =src\ninstall_requires =\n  a\n[options.entry_points]\nconsole_scripts =\n  r = n:m\n",
        {"kind": "setup.cfg", "name": "n", "package_dir": {"": "src"}, "scripts": {"r": "n:m"}, "dependencies": ["a"]},
    ),
    (
        "python",
        b'from setuptools import find_packages, setup\nsetup(name="n", version=version(), packages=find_packages("src"), package_dir={"": "src"})\n',
        {"kind": "setup.py", "name": "n", "package_dir": {"": "src"}, "where": ["src"]},
    ),
]


@pytest.mark.parametrize(("language", "text", "manifest"), CASES, ids=[str(case[2]["kind"]) for case in CASES])
def test_a_manifest_is_read(language: str, text: bytes, manifest: dict[str, object]) -> None:
    facts = extract(text, language, Limits())
    assert (facts.manifest, facts.issues) == (manifest, ())


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("toml", b'[project]\nname = "a'),
        ("json", b'{"name": "a", "dependencies": {'),
        ("json", b'{"name": ' + b"[" * 5000),
        ("toml", b"[project]\n[" + b"a." * 100_000 + b"a]\n" + b"b = 1\n" * 100_000),  # hours, were it read
    ],
)
def test_a_damaged_manifest_is_listed(language: str, text: bytes) -> None:
    facts = extract(text, language, Limits())
    assert facts.manifest == {}
    assert [issue.reason for issue in facts.issues] == ["manifest_unreadable"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("toml", b"[tables]\nx = 1\n"),
        ("toml", b'[[package]]\nname = "locked"\nversion = "1"\n'),
        ("json", b'{"lockfileVersion": 3, "name": "x", "dependencies": {}}'),
        ("json", b"[1, 2]"),
        ("ini", b"[section]\na = 1\n"),
        ("python", b"def setup(): pass\nsetup()\n"),
    ],
)
def test_other_files_of_these_formats_are_no_manifests(language: str, text: bytes) -> None:
    facts = extract(text, language, Limits())
    assert (facts.manifest, facts.issues) == ({}, ())


def test_swift_packages_say_where_their_targets_are():
    text = b"""
        // swift-tools-version:5.9
        import PackageDescription
        let package = Package(name: "Shop", targets: [
            .target(name: "Core", path: "Sources"),
            // .target(name: "Old", path: "Gone"),
            .executableTarget(name: "App", dependencies: ["Core", .target(name: "Core", condition: .when(platforms: []))]),
            .testTarget(name: "CoreTests", dependencies: [.product(name: "X", package: "x")], path: "Checks/"),
        ])
    """
    manifest, issue = read_manifest(text, "swift")
    assert issue is None
    assert manifest["name"] == "Shop"
    assert manifest["targets"] == {"Core": "Sources", "App": "", "CoreTests": "Checks"}
    assert read_manifest(b"let package = Package(name: 1)", "swift") == ({}, None)
