"""pyproject.toml and Cargo.toml."""

import re
import tomllib

from docrunch.parsing.manifests.shape import Manifest, Unreadable, compact, pairs, table, text, texts

_MANIFEST = re.compile(r"^\s*\[+\s*(project|tool|build-system|package|workspace|lib|dependencies)\b", re.MULTILINE)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
# `tomllib` walks over all parts of a key for each line below it: the time grows with their product.
_DEEP_KEY = re.compile(rf"""(?<![\w-])(?:{_PART}[ \t]*+\.[ \t]*+){{100}}""")


def load(source: str) -> dict[str, object]:
    """A TOML document, in time that grows with its size only.

    Raises:
        ValueError: not valid TOML, or a key of more than a hundred parts.
    """
    if _DEEP_KEY.search(source) is not None:
        raise ValueError("a key has more than a hundred parts")
    return tomllib.loads(source)


def read(source: str) -> Manifest:
    """Raises: Unreadable for TOML that looks like a manifest and is damaged."""
    if _MANIFEST.search(source) is None:
        return {}
    try:
        document = load(source)
    except (RecursionError, ValueError) as error:
        raise Unreadable("not valid TOML") from error
    if "project" in document or "build-system" in document or "tool" in document:
        return _pyproject(document)
    package = table(document.get("package"))
    if "workspace" in document or ("name" in package and not isinstance(document.get("package"), list)):
        return _cargo(document)
    return {}


def _pyproject(document: dict[str, object]) -> Manifest:
    project = table(document.get("project"))
    tool = table(document.get("tool"))
    poetry = table(tool.get("poetry"))
    setuptools = table(tool.get("setuptools"))
    packages = table(setuptools.get("packages"))
    hatch = table(table(table(table(tool.get("hatch")).get("build")).get("targets")).get("wheel"))
    scripts = {**pairs(poetry.get("scripts")), **pairs(project.get("scripts"))}
    dependencies = [_requirement(item) for item in texts(project.get("dependencies"))]
    dependencies += [name for name in table(poetry.get("dependencies")) if name != "python"]
    listed = texts(setuptools.get("packages")) + texts(hatch.get("packages")) + _poetry_packages(poetry)
    return compact(
        kind="pyproject",
        name=text(project.get("name")) or text(poetry.get("name")),
        version=text(project.get("version")) or text(poetry.get("version")),
        description=text(project.get("description")) or text(poetry.get("description")),
        packages=listed,
        package_dir=pairs(setuptools.get("package-dir")),
        where=texts(table(packages.get("find")).get("where")),
        scripts=scripts,
        dependencies=[name for name in dependencies if name],
        build_backend=text(table(document.get("build-system")).get("build-backend")),
        test="pytest" if "pytest" in tool else "",
    )


def _poetry_packages(poetry: object) -> list[str]:
    items = table(poetry).get("packages")
    if not isinstance(items, list):
        return []
    found = []
    for item in items:
        folder = "/".join(part for part in (text(table(item).get("from")), text(table(item).get("include"))) if part)
        if folder:
            found.append(folder)
    return found


def _requirement(item: str) -> str:
    found = _REQUIREMENT.match(item)
    return found[1] if found is not None else ""


def _cargo(document: dict[str, object]) -> Manifest:
    package = table(document.get("package"))
    library = table(document.get("lib"))
    workspace = table(document.get("workspace"))
    binaries = document.get("bin")
    renamed = {
        name: text(table(value).get("package"))
        for name, value in table(document.get("dependencies")).items()
        if text(table(value).get("package"))
    }
    return compact(
        kind="cargo",
        name=text(package.get("name")),
        version=text(package.get("version")),
        description=text(package.get("description")),
        edition=text(package.get("edition")),
        lib_name=text(library.get("name")),
        lib_path=text(library.get("path")),
        bins={
            text(table(item).get("name")): text(table(item).get("path"))
            for item in (binaries if isinstance(binaries, list) else [])
            if text(table(item).get("name"))
        },
        workspace="true" if "workspace" in document else "",
        members=texts(workspace.get("members")),
        exclude=texts(workspace.get("exclude")),
        dependencies=list(table(document.get("dependencies"))),
        dev_dependencies=list(table(document.get("dev-dependencies"))),
        path_dependencies={
            name: text(table(value).get("path"))
            for name, value in table(document.get("dependencies")).items()
            if text(table(value).get("path"))
        },
        renamed_dependencies=renamed,
    )
