"""The contract that scripts rely on: exit codes, errors as JSON, quick help."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.main import main
from docrunch.errors import all_errors

ROOT = Path(__file__).parents[4]
HEAVY = (
    "temporalio",
    "sqlalchemy",
    "litestar",
    "numpy",
    "onnxruntime",
    "tree_sitter",
    "sklearn",
    "pydantic",
    "openai",
    "yaml",
)


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("DOCRUNCH_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DOCRUNCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom api.cli.main import main\nassert main(['--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


def test_every_command_of_the_contract_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in (
        "up",
        "down",
        "status",
        "doctor",
        "migrate",
        "scan",
        "repo",
        "runs",
        "export",
        "docpack",
        "gc",
        "worker",
        "config",
    ):
        assert f"\n  {command} " in text
    groups = {
        "repo": ("list", "remove"),
        "runs": ("list", "show", "watch", "cancel"),
        "export": ("graph",),
        "docpack": ("inspect", "verify", "diff", "unpack"),
        "config": ("show",),
    }
    for group, commands in groups.items():
        assert main([group, "--help"]) == 0
        text = capsys.readouterr().out
        for command in commands:
            assert f"\n  {command} " in text


@pytest.mark.parametrize(
    "command",
    [
        ["up"], ["down"], ["status"], ["doctor"], ["migrate"], ["scan"], ["repo", "list"], ["repo", "remove"],
        ["runs", "list"], ["runs", "show"], ["runs", "watch"], ["runs", "cancel"], ["export", "graph"],
        ["docpack", "inspect"], ["docpack", "verify"], ["docpack", "diff"], ["docpack", "unpack"], ["gc"], ["worker"],
        ["config", "show"],
    ],
)  # fmt: skip
def test_every_command_takes_json(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "--json" in capsys.readouterr().out


def test_scan_has_the_options_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    main(["scan", "--help"])
    text = capsys.readouterr().out
    wanted = "name ref path include exclude docpack docs estimate watch no-wait no-embeddings strict json offline"
    for option in wanted.split():
        assert f"--{option}" in text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["scan"], 2),
        (["nothing"], 2),
        (["scan", ".", "--surprise"], 2),
        (["scan", ".", "--no-wait", "--offline"], 2),
        (["scan", "ssh://git@example.org/x"], 1),
        (["scan", "missing-directory"], 3),
        (["runs", "list"], 8),
        (["docpack", "inspect", "missing.docpack"], 3),
        (["worker", "--role", "gardener"], 2),
        (["export", "graph", ".", "--format", "xml"], 2),
    ],
)
def test_errors_have_their_exit_code_and_say_what_to_do(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    plain = capsys.readouterr()
    assert plain.out == ""
    assert plain.err.startswith("error: ")
    assert main([*arguments, "--json"]) == code
    found = json.loads(capsys.readouterr().out)["error"]
    assert set(found) == {"code", "message", "hint", "trace_id"}
    assert found["code"] in all_errors()
    assert all_errors()[found["code"]].exit_code == code
    assert found["message"] in plain.err


def test_bad_configuration_stops_every_command_before_it_does_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCRUNCH_TEMPORAL__PROT", "1")
    for command in (["up"], ["status"], ["scan", str(tmp_path)]):
        assert main([*command, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["code"] == "invalid_config"
        assert "DOCRUNCH_TEMPORAL__PROT" in error["message"]
        assert "DOCRUNCH_TEMPORAL__PORT" in error["hint"]
    assert not (tmp_path / "home").exists()


def test_a_defect_is_reported_as_one_and_not_as_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("docrunch.config.load_settings", lambda *a, **k: 1 / 0)
    assert main(["status", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert "ZeroDivisionError" in error["message"]
    assert "defect" in error["hint"]


def test_status_without_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["phase"] == "stopped"
    assert found["disk"]["total"] == 0


def test_config_show_masks_secrets_and_names_origins(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    password = "pass" + "word1"
    monkeypatch.setenv("DOCRUNCH_DATABASE_URL", f"postgresql://u:{password}@h/d")
    assert main(["config", "show", "--json"]) == 0
    text = capsys.readouterr().out
    found = json.loads(text)
    assert password not in text
    assert found["database.url"]["origin"] == "environment DOCRUNCH_DATABASE_URL"
    assert found["limits.max_files"] == {"value": 200000, "origin": "default"}
    assert main(["config", "show"]) == 0
    assert "limits.max_files" in capsys.readouterr().out


def test_doctor_without_a_stack_checks_this_machine(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--json"])
    names = {check["name"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert {"python", "git", "home", "disk", "temporal"} <= names
