"""Where `temporal` comes from, and what a person reads when it can come from nowhere."""

import re
from pathlib import Path

import pytest

from docrunch.errors import Failed
from workers.stack import temporal_binary
from workers.stack.temporal_binary import MIN_GO, TOOLCHAIN, VERSION, build, ensure, find, parse_go_version, tools_dir


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("TEMPORAL_CLI_PATH", raising=False)


def program(path: Path, text: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_the_named_binary_wins_then_the_path_then_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find() is None
    own = program(tools_dir() / f"temporal-{VERSION}")
    assert find() == own
    on_path = program(tmp_path / "bin" / "temporal")
    assert find() == on_path
    named = program(tmp_path / "named")
    monkeypatch.setenv("TEMPORAL_CLI_PATH", str(named))
    assert ensure() == named


def test_a_wrong_named_binary_is_an_error_not_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_CLI_PATH", str(tmp_path / "nothing"))
    with pytest.raises(Failed, match="TEMPORAL_CLI_PATH") as caught:
        ensure()
    assert caught.value.hint


def test_without_go_a_person_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="Go is not installed") as caught:
        build(tmp_path / "temporal")
    assert ".".join(map(str, MIN_GO)) in (caught.value.hint or "")
    assert "TEMPORAL_CLI_PATH" in (caught.value.hint or "")


def test_an_old_go_is_named(tmp_path: Path) -> None:
    program(tmp_path / "bin" / "go", 'case "$2" in GOVERSION) echo go1.19.8;; *) echo local;; esac')
    with pytest.raises(Failed, match=r"Go 1\.19\.8 is too old"):
        build(tmp_path / "temporal")


def test_a_failing_build_shows_the_end_of_what_go_said(tmp_path: Path) -> None:
    text = (
        'case "$2" in GOVERSION) echo go1.99.0;; GOTOOLCHAIN) echo local;; *) echo no route to proxy >&2; exit 1;; esac'
    )
    program(tmp_path / "bin" / "go", text)
    with pytest.raises(Failed, match="no route to proxy") as caught:
        build(tmp_path / "temporal")
    assert "GOPROXY" in (caught.value.hint or "")
    assert not (tmp_path / "temporal").exists()


def test_a_build_is_put_in_place_whole(tmp_path: Path) -> None:
    text = (
        'case "$2" in GOVERSION) echo go1.99.0;; GOTOOLCHAIN) echo local;; '
        '*) printf "#!/bin/sh\\necho temporal version 1.8.2\\n" > "$GOBIN/temporal";; esac'
    )
    program(tmp_path / "bin" / "go", text)
    target = tmp_path / "tools" / "temporal"
    build(target)
    assert temporal_binary.version(target) == "1.8.2"
    assert [path.name for path in target.parent.iterdir()] == ["temporal"], "nothing half-made is left"


@pytest.mark.parametrize(
    ("said", "parsed"), [("go1.26.8\n", (1, 26, 8)), ("go1.26", (1, 26, 0)), ("devel +x", (0,)), ("", (0,))]
)
def test_go_versions(said: str, parsed: tuple[int, ...]) -> None:
    assert parse_go_version(said) == parsed


def test_the_pinned_versions_are_those_of_the_toolchain() -> None:
    module = (TOOLCHAIN / "go.mod").read_text()
    assert f"github.com/temporalio/cli v{VERSION} " in module
    required = re.search(r"^go (\d+)\.(\d+)\.(\d+)$", module, re.MULTILINE)
    assert required is not None
    assert tuple(map(int, required.groups())) == MIN_GO
