"""package.json and tsconfig.json (JSON with comments and trailing commas)."""

import re

import msgspec

from docrunch.parsing.manifests.shape import Manifest, Unreadable, compact, pairs, table, text, texts

_TSCONFIG = re.compile(r"\"compilerOptions\"\s*:|\"extends\"\s*:[^\n]*tsconfig|\"references\"\s*:\s*\[")
_PACKAGE = re.compile(r"\"(?:name|dependencies|devDependencies|scripts|workspaces)\"\s*:")
_LOCK = re.compile(r"\"lockfileVersion\"\s*:")
_TOKEN = re.compile(
    r"\"(?:\\.|[^\"\\\n])*\"|//[^\n]*|/\*.*?\*/|,(?=\s*(?:(?://[^\n]*|/\*.*?\*/)\s*)*+[}\]])", re.DOTALL
)
_CONDITIONS = ("types", "import", "module", "default", "require", "node", "browser")


def read(source: str) -> Manifest:
    """Raises: Unreadable for JSON that looks like a manifest and is damaged."""
    is_tsconfig = _TSCONFIG.search(source) is not None
    if not is_tsconfig and (_PACKAGE.search(source) is None or _LOCK.search(source) is not None):
        return {}
    try:
        document = table(_decode(source))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable("not valid JSON") from error
    if "compilerOptions" in document or (is_tsconfig and "references" in document):
        return _tsconfig(document)
    if is_tsconfig and "extends" in document:
        return _tsconfig(document)
    if (
        isinstance(document.get("name"), str)
        or any(isinstance(document.get(key), dict) for key in ("dependencies", "devDependencies", "scripts"))
        or "workspaces" in document
    ):
        return _package(document)
    return {}


def _decode(source: str) -> object:
    try:
        return msgspec.json.decode(source)
    except msgspec.DecodeError:
        return msgspec.json.decode(_TOKEN.sub(lambda found: found[0] if found[0][0] == '"' else "", source))


def _package(document: object) -> Manifest:
    package = table(document)
    workspaces = package.get("workspaces")
    binaries = package.get("bin")
    name = text(package.get("name"))
    return compact(
        kind="package.json",
        name=name,
        version=text(package.get("version")),
        description=text(package.get("description")),
        main=text(package.get("main")),
        module=text(package.get("module")),
        types=text(package.get("types")) or text(package.get("typings")),
        type=text(package.get("type")),
        bins={name.rsplit("/", 1)[-1]: binaries} if isinstance(binaries, str) else pairs(binaries),
        exports=_exports(package.get("exports")),
        workspaces=texts(workspaces) or texts(table(workspaces).get("packages")),
        scripts=pairs(package.get("scripts")),
        dependencies=list(table(package.get("dependencies"))),
        dev_dependencies=list(table(package.get("devDependencies"))),
        peer_dependencies=list(table(package.get("peerDependencies"))),
    )


def _exports(value: object) -> dict[str, str]:
    """Sub-path → file, by the first condition that leads to one."""
    if isinstance(value, str):
        return {".": value}
    entries = table(value)
    if entries and not any(key.startswith(".") for key in entries):
        entries = {".": value}
    found = {key: _target(item) for key, item in entries.items()}
    return {key: target for key, target in found.items() if target}


def _target(value: object) -> str:
    for _ in range(8):  # conditions nest; deeper is nobody's package
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value:
            value = value[0]
            continue
        conditions = table(value)
        chosen = next((key for key in _CONDITIONS if key in conditions), next(iter(conditions), None))
        if chosen is None:
            return ""
        value = conditions[chosen]
    return ""


def _tsconfig(document: object) -> Manifest:
    config = table(document)
    options = table(config.get("compilerOptions"))
    extends = config.get("extends")
    references = config.get("references")
    return compact(
        kind="tsconfig",
        extends=texts(extends) if isinstance(extends, list) else [text(extends)] if text(extends) else [],
        base_url=text(options.get("baseUrl")),
        paths={key: "\n".join(texts(value)) for key, value in table(options.get("paths")).items() if texts(value)},
        root_dir=text(options.get("rootDir")),
        root_dirs=texts(options.get("rootDirs")),
        out_dir=text(options.get("outDir")),
        references=[text(table(item).get("path")) for item in (references if isinstance(references, list) else [])],
    )
