"""What is installed is what is declared, locked and explained."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
NAME = re.compile(r"[A-Za-z0-9._-]+")


def names(requirements: list[str]) -> set[str]:
    found = set()
    for requirement in requirements:
        matched = NAME.match(requirement)
        assert matched is not None, requirement
        found.add(matched[0].lower().replace("_", "-"))
    return found


def pins(lock: str) -> dict[str, str]:
    """Name → version. A name that is pinned differently per platform keeps the last."""
    lines = (ROOT / lock).read_text().splitlines()
    matched = (re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", line) for line in lines)
    return {found[1].replace("_", "-"): found[2] for found in matched if found}


def test_everything_declared_is_locked() -> None:
    extras = PROJECT["optional-dependencies"]
    assert names(PROJECT["dependencies"]) | names(extras["dev"]) <= pins("requirements.lock").keys()
    assert names(PROJECT["dependencies"]) | names(extras["gpu"]) <= pins("requirements-gpu.lock").keys()


def test_cpu_users_do_not_pay_for_torch() -> None:
    assert not {"torch", "sentence-transformers", "transformers"} & pins("requirements.lock").keys()


def test_a_gpu_worker_runs_the_same_versions() -> None:
    cpu, gpu = pins("requirements.lock"), pins("requirements-gpu.lock")
    assert {name: (cpu[name], gpu[name]) for name in cpu.keys() & gpu.keys() if cpu[name] != gpu[name]} == {}


def test_every_lock_carries_hashes_and_no_address() -> None:
    for lock in ("requirements.lock", "requirements-gpu.lock"):
        text = (ROOT / lock).read_text()
        assert text.count("--hash=sha256:") > len(pins(lock)), lock
        assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links)\b", text, re.MULTILINE), lock


def test_every_dependency_is_explained() -> None:
    """docs/dependencies.md has a row for each; grammars share one, and so do the parts of OpenTelemetry."""
    text = (ROOT / "docs" / "dependencies.md").read_text()
    explained = set(NAME.findall(text.lower()))
    families = ("tree-sitter-", "opentelemetry-")
    missing = {
        name
        for name in names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["gpu"])
        if name not in explained and not name.startswith(families)
    }
    assert missing == set()
