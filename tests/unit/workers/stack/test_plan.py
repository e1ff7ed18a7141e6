"""The processes of the stack: every role runs somewhere, exactly once."""

from pathlib import Path

from docrunch.config import Settings
from workers.stack import plan
from workers.stack.temporal_server import command, unconstrained
from workflows.contracts.queues import Role

LOCAL = {role for role in Role if role is not Role.GPU}


def test_the_groups_hold_every_local_role_once() -> None:
    for separate in (False, True):
        roles = [role for names in plan.groups(separate).values() for role in names]
        assert len(roles) == len(set(roles))
        left_out = plan.WITHOUT_WORK if separate else frozenset()
        assert set(roles) == {str(role) for role in LOCAL} - left_out
    assert 3 <= len(plan.groups(False)) <= 5


def test_workers_are_told_where_everything_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    env = plan.environment(settings, "postgresql://x/y", "127.0.0.1:7233", "http://127.0.0.1:8080")
    for spec in plan.worker_specs(settings, env, separate=False):
        assert spec.env["DOCRUNCH_DATABASE_URL"] == "postgresql://x/y"
        assert spec.env["DOCRUNCH_TEMPORAL__ADDRESS"] == "127.0.0.1:7233"
        assert spec.env["DOCRUNCH_HOME"] == str(tmp_path)
        assert spec.cwd == tmp_path / "run"
        assert [part.removeprefix("--role=") for part in spec.command if part.startswith("--role=")] == [*spec.roles]


def test_each_process_serves_its_metrics_on_a_port_of_its_own(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path).with_changes({"telemetry.metrics_port": 9_100})
    specs = plan.worker_specs(settings, {}, separate=False)
    assert [spec.env["DOCRUNCH_TELEMETRY__METRICS_PORT"] for spec in specs] == [
        str(9_100 + number) for number in range(len(specs))
    ]


def test_our_secrets_do_not_reach_temporal() -> None:
    assert not [name for name in plan.temporal_environment() if name.startswith(("DOCRUNCH_", "TEMPORAL_"))]


def test_changed_code_changes_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "docrunch").mkdir()
    source = tmp_path / "docrunch" / "a.py"
    source.write_text("x = 1\n")
    before = plan.code_fingerprint(tmp_path)
    assert plan.code_fingerprint(tmp_path) == before
    source.write_text("x = 22\n")
    assert plan.code_fingerprint(tmp_path) != before


def test_the_server_listens_on_loopback_and_keeps_its_data(tmp_path: Path) -> None:
    arguments = command(
        Path("/t"), tmp_path / "db", namespace="docrunch", port=7233, ui_port=8080, search_attribute_flags=("--x",)
    )
    text = " ".join(arguments)
    assert "--ip 127.0.0.1" in text
    assert "--ui-ip 127.0.0.1" in text
    assert f"--db-filename {tmp_path / 'db'}" in text
    assert "--dynamic-config-value matching.enableFairness=true" in text
    assert arguments[-1] == "--x"


def test_dynamic_configuration_with_constraints_is_not_applied_everywhere(tmp_path: Path) -> None:
    file = tmp_path / "dynamic-config.yaml"
    file.write_text("a.b:\n  - value: 3\nc.d:\n  - value: 1\n    constraints: {taskQueueName: fast}\n")
    assert unconstrained(file) == {"a.b": 3}
    assert unconstrained(tmp_path / "none.yaml") == {}
