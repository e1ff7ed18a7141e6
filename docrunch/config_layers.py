"""Where settings come from: files, the environment, flags. Each layer checks its names before values are merged."""

import difflib
import json
import os
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import msgspec
from pydantic import BaseModel

from docrunch.errors import InvalidConfig

ENV_PREFIX = "DOCRUNCH_"
ENV_ALIASES = {
    "DOCRUNCH_DATABASE_URL": "database.url",
    "DOCRUNCH_LLM_BASE_URL": "llm.base_url",
    "DOCRUNCH_KMS_KEY": "security.kms_key",
    "DOCRUNCH_GIT_TOKENS": "source.git_tokens",
}
PROJECT_FILE = Path(".docrunch") / "config.yaml"
PROJECT_KEYS = {"include": "scan.include", "exclude": "scan.exclude", "languages": "scan.languages"}
PROJECT_ALLOWED = ("scan.include", "scan.exclude", "scan.languages", "docs.title")
MAX_FILE_BYTES = 64 * 1024  # a settings file is small; a hostile one is not read further


class Layer(msgspec.Struct, frozen=True):
    """``values``: dotted key → raw value. ``places``: dotted key → what set it, for messages."""

    values: dict[str, Any] = {}
    places: dict[str, str] = {}

    def where(self, key: str) -> str:
        return self.places.get(key, "default")


def merged(layers: Iterable[Layer]) -> dict[str, Any]:
    """Nested data of all layers, later ones winning per dotted key."""
    data: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.values.items():
            *parents, last = key.split(".")
            node = data
            for parent in parents:
                node = node.setdefault(parent, {})
            node[last] = value
    return data


def leaves(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """Dotted key → annotation of every setting of a model, in declaration order."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found.update(leaves(annotation, f"{prefix}{name}."))
        else:
            found[prefix + name] = annotation
    return found


def env_name(key: str) -> str:
    """``database.pool_size`` → ``DOCRUNCH_DATABASE__POOL_SIZE``."""
    return ENV_PREFIX + key.upper().replace(".", "__")


def env_layer(model: type[BaseModel], env: Mapping[str, str]) -> Layer:
    known = {env_name(key): key for key in leaves(model)} | ENV_ALIASES
    annotations = leaves(model)
    values, places = {}, {}
    for name in sorted(name for name in env if name.startswith(ENV_PREFIX)):
        if name not in known:
            raise _unknown(f"environment variable {name}", name, known)
        key = known[name]
        values[key] = decode(annotations[key], env[name], name)
        places[key] = f"environment {name}"
    return Layer(values, places)


def flag_layer(model: type[BaseModel], flags: Mapping[str, object]) -> Layer:
    known = leaves(model)
    given = {key: value for key, value in flags.items() if value is not None}
    for key in given:
        if key not in known:
            raise _unknown(f"setting {key}", key, known)
    return Layer(dict(given), dict.fromkeys(given, "flag"))


def file_layer(model: type[BaseModel], path: Path) -> Layer:
    """Settings of a YAML file; no file, no settings."""
    flat = _flatten(model, _read(path), str(path))
    known = leaves(model)
    for key in flat:
        if key not in known:
            raise _unknown(f"setting {key} in {path}", key, known)
    return Layer(flat, dict.fromkeys(flat, str(path)))


def project_layer(model: type[BaseModel], root: Path, trusted: BaseModel) -> Layer:
    """The allow-listed settings of a scanned project: which files, which languages, a title, *lower* limits.

    Raises:
        InvalidConfig: any other key, or a limit above the one that applies without the file.
    """
    path = root / PROJECT_FILE
    if path.parent.is_symlink():
        raise InvalidConfig(f"{path.parent} is a symbolic link", hint="Settings of a project lie in the project.")
    flat = _flatten(model, _read(path), str(path))
    values, places = {}, {}
    for written, value in flat.items():
        top, dot, rest = written.partition(".")
        key = PROJECT_KEYS.get(top, top) + dot + rest
        if key.startswith("limits.") and key in leaves(model):
            _require_lower(key, value, trusted, path)
        elif key not in PROJECT_ALLOWED:
            raise InvalidConfig(
                f"setting {written} is not allowed in {path}: a scanned project may not set it",
                hint="Allowed there: include, exclude, languages, docs.title and lower limits.*; "
                "put everything else into the environment or the user file.",
            )
        values[key] = value
        places[key] = str(path)
    return Layer(values, places)


def _require_lower(key: str, value: object, trusted: BaseModel, path: Path) -> None:
    current = getattr(trusted.limits, key.removeprefix("limits."))  # type: ignore[attr-defined]
    if not isinstance(value, int | float) or isinstance(value, bool) or value > current:
        raise InvalidConfig(
            f"setting {key} in {path} must be a number of at most {current:g}: a scanned project may only lower limits",
            hint=f"Raise it in the environment with {env_name(key)}.",
        )


def decode(annotation: Any, text: str, name: str) -> Any:
    """A value written as text: JSON for lists and mappings, or ``a,b`` and ``key=value,key=value``."""
    kinds = _kinds(annotation)
    if text.strip()[:1] in "[{" and text.strip() and kinds & {tuple, dict}:
        try:
            return json.loads(text)
        except ValueError:
            raise InvalidConfig(f"{name} is not valid JSON", hint="Write a,b or key=value,key=value instead.") from None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if dict in kinds:
        pairs = [part.partition("=") for part in parts]
        if any(not separator for _, separator, _ in pairs):
            raise InvalidConfig(f"{name} should be key=value, several separated by commas")
        return {key: value for key, _, value in pairs}
    if tuple in kinds:
        return parts
    return None if text == "" and type(None) in kinds else text


def _kinds(annotation: Any) -> set[Any]:
    if get_origin(annotation) in (Union, types.UnionType):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    return {get_origin(annotation) or annotation}


def _read(path: Path) -> Mapping[str, Any]:
    """A YAML mapping; empty where there is no regular file. Links are not followed: the project is not trusted."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise InvalidConfig(f"cannot read {path}: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as handle:
        data = handle.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise InvalidConfig(f"{path} is larger than {MAX_FILE_BYTES} bytes")
    found = _parsed(data, path)
    if found is None:
        return {}
    if not isinstance(found, Mapping) or not all(isinstance(key, str) for key in found):
        raise InvalidConfig(f"{path} should hold a mapping of setting names")
    return found


def _parsed(data: bytes, path: Path) -> object:
    import yaml  # 10 ms, and most commands read no settings file

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=yaml.SafeLoader)):
            raise InvalidConfig(f"{path} uses YAML aliases, which settings may not")  # merged ones grow without bound
        found: object = yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark is not None else ""
        raise InvalidConfig(f"{path} is not valid YAML{line}") from None
    return found


def _flatten(model: type[BaseModel], data: Mapping[str, Any], place: str, prefix: str = "") -> dict[str, Any]:
    """Dotted keys; a mapping is descended into only where the model has a section."""
    flat: dict[str, Any] = {}
    for name, value in data.items():
        field = model.model_fields.get(name)
        section = field.annotation if field is not None else None
        if isinstance(section, type) and issubclass(section, BaseModel):
            if not isinstance(value, Mapping):
                raise InvalidConfig(f"setting {prefix}{name} in {place} should be a mapping")
            flat.update(_flatten(section, value, place, f"{prefix}{name}."))
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _unknown(what: str, name: str, known: Iterable[str]) -> InvalidConfig:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    meant = f"Did you mean {close[0]}? " if close else ""
    return InvalidConfig(f"unknown {what}", hint=f"{meant}`docrunch config show` lists every setting.")
