"""Settings: what wins, what is refused, and with which words."""

import os
from pathlib import Path

import msgspec
import pytest

from docrunch.config import LimitsSettings, Settings, default_home, load
from docrunch.errors import InvalidConfig
from docrunch.options import Limits


def write(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    return tmp_path / "no-user-file.yaml"


def test_every_layer_beats_the_one_below(tmp_path: Path) -> None:
    user = write(
        tmp_path, "user.yaml", "limits: {max_files: 900, max_depth: 90, max_nodes: 9}\nretention: {scans_per_ref: 3}\n"
    )
    write(tmp_path, "p/.docrunch/config.yaml", "limits: {max_files: 800, max_depth: 80}\n")
    env = {"DOCRUNCH_LIMITS__MAX_FILES": "700"}
    loaded = load({"limits.max_files": 600}, project=tmp_path / "p", env=env, user=user)
    limits = loaded.settings.limits
    assert (limits.max_files, limits.max_depth, limits.max_nodes) == (600, 80, 9)
    assert loaded.settings.retention.scans_per_ref == 3
    assert loaded.origin("limits.max_files") == "flag"
    assert loaded.origin("limits.max_depth").endswith(".docrunch/config.yaml")
    assert loaded.origin("limits.max_nodes") == str(user)
    assert loaded.origin("limits.fail_share") == "default"


def test_environment_beats_the_project(tmp_path: Path, nobody: Path) -> None:
    write(tmp_path, ".docrunch/config.yaml", "exclude: [a/]\n")
    loaded = load(project=tmp_path, env={"DOCRUNCH_SCAN__EXCLUDE": "b/,c/"}, user=nobody)
    assert loaded.settings.scan.exclude == ("b/", "c/")


def test_a_misspelt_environment_name_is_refused_with_the_right_one(nobody: Path) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load(env={"DOCRUNCH_DATABSE_URL": "postgresql://x/y"}, user=nobody)
    assert "DOCRUNCH_DATABSE_URL" in caught.value.message
    assert "DOCRUNCH_DATABASE_URL" in (caught.value.hint or "")


def test_a_misspelt_key_of_the_user_file_is_refused_with_the_right_one(tmp_path: Path) -> None:
    user = write(tmp_path, "user.yaml", "retention: {scan_per_ref: 3}\n")
    with pytest.raises(InvalidConfig) as caught:
        load(env={}, user=user)
    assert "retention.scan_per_ref" in caught.value.message
    assert str(user) in caught.value.message
    assert "retention.scans_per_ref" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DOCRUNCH_LIMITS__MAX_FILES", "many", "whole|integer"),
        ("DOCRUNCH_LIMITS__FAIL_SHARE", "1.5", "less than or equal to 1"),
        ("DOCRUNCH_EMBEDDING__DEVICE", "tpu", "'auto', 'gpu' or 'cpu'"),
        ("DOCRUNCH_TEMPORAL__PORT", "70000", "65535"),
        ("DOCRUNCH_STORAGE__VECTOR_DB", "qdrant", "'lightrag'"),
        ("DOCRUNCH_STORAGE__LIGHTRAG__CHUNK_SIZE", "10", "greater than or equal to 200"),
        (
            "DOCRUNCH_STORAGE__LIGHTRAG__CHUNK_OVERLAP",
            "400",
            "chunk_overlap 400 is more than a quarter of chunk_size 900",
        ),
        ("DOCRUNCH_STORAGE__SYNC__PRIORITIZE", "scans", "'reports' or 'none'"),
        ("DOCRUNCH_STORAGE__SYNC__POLL_INTERVAL_SECONDS", "0", "greater than 0"),
    ],
)
def test_an_impossible_value_names_the_setting_its_origin_and_what_it_should_be(
    nobody: Path, name: str, value: str, said: str
) -> None:
    with pytest.raises(InvalidConfig, match=said) as caught:
        load(env={name: value}, user=nobody)
    assert name in caught.value.message
    assert caught.value.exit_code == 2


def test_a_wrong_secret_is_not_repeated(nobody: Path) -> None:
    secret = "s3cr" + "et-value"
    with pytest.raises(InvalidConfig) as caught:
        load(env={"DOCRUNCH_GIT_TOKENS": secret}, user=nobody)
    assert secret not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    "text",
    [
        "database: {url: postgresql://evil/x}",
        "source: {allowed_hosts: [evil.example]}",
        "source: {git_tokens: {github.com: x}}",
        "embedding: {backend: api}",
        "docs: {templates: /etc}",
        "home: /tmp/x",
        "llm: {base_url: https://evil.example}",
        "surprise: 1",
    ],
)
def test_a_scanned_project_may_not_configure_us(tmp_path: Path, nobody: Path, text: str) -> None:
    write(tmp_path, ".docrunch/config.yaml", text)
    with pytest.raises(InvalidConfig) as caught:
        load(project=tmp_path, env={}, user=nobody)
    assert text.split(":")[0] in caught.value.message
    assert "not allowed" in caught.value.message


def test_a_scanned_project_may_narrow_its_scan(tmp_path: Path, nobody: Path) -> None:
    write(
        tmp_path,
        ".docrunch/config.yaml",
        "include: [src/]\nexclude: [src/old/]\nlanguages: {'*.inc': php}\ndocs: {title: Mine}\n"
        "limits: {max_files: 10}\n",
    )
    found = load(project=tmp_path, env={}, user=nobody).settings
    assert (found.scan.include, found.scan.exclude) == (("src/",), ("src/old/",))
    assert found.scan.languages == {"*.inc": "php"}
    assert (found.docs.title, found.limits.max_files) == ("Mine", 10)


@pytest.mark.parametrize("value", ["200001", "'10'", "true", ".inf"])
def test_a_scanned_project_may_only_lower_limits(tmp_path: Path, nobody: Path, value: str) -> None:
    write(tmp_path, ".docrunch/config.yaml", f"limits: {{max_files: {value}}}\n")
    with pytest.raises(InvalidConfig, match=r"limits\.max_files .* at most 200000"):
        load(project=tmp_path, env={}, user=nobody)


def test_lower_is_measured_against_the_users_own_limit(tmp_path: Path) -> None:
    user = write(tmp_path, "user.yaml", "limits: {max_files: 50}\n")
    write(tmp_path, ".docrunch/config.yaml", "limits: {max_files: 51}\n")
    with pytest.raises(InvalidConfig, match="at most 50"):
        load(project=tmp_path, env={}, user=user)


def test_a_settings_file_that_is_a_link_is_not_followed(tmp_path: Path, nobody: Path) -> None:
    secret = write(tmp_path, "outside.yaml", "include: [x]\n")
    (tmp_path / "p" / ".docrunch").mkdir(parents=True)
    (tmp_path / "p" / ".docrunch" / "config.yaml").symlink_to(secret)
    with pytest.raises(InvalidConfig):
        load(project=tmp_path / "p", env={}, user=nobody)


@pytest.mark.parametrize("text", ["a: [", "- a\n- b\n", "x: " + "y" * 70_000, "1: 2\n", "[" * 20_000])
def test_a_hostile_settings_file_is_refused_in_one_sentence(tmp_path: Path, nobody: Path, text: str) -> None:
    write(tmp_path, ".docrunch/config.yaml", text)
    with pytest.raises(InvalidConfig):
        load(project=tmp_path, env={}, user=nobody)


def test_a_fifo_does_not_hang_us(tmp_path: Path, nobody: Path) -> None:
    (tmp_path / ".docrunch").mkdir()
    os.mkfifo(tmp_path / ".docrunch" / "config.yaml")
    assert load(project=tmp_path, env={}, user=nobody).settings.scan.include == ()


def test_git_tokens_are_bound_to_hosts_and_hidden(nobody: Path) -> None:
    token = "gh" + "p_" + "x" * 36
    found = load(env={"DOCRUNCH_GIT_TOKENS": f"github.com={token},git.example.org=b=c"}, user=nobody).settings
    policy = found.source.to_policy()
    assert policy.token_for("github.com") == token
    assert policy.token_for("git.example.org") == "b=c"
    assert policy.token_for("evil.example") is None
    assert token not in repr(found)
    assert token not in str(found.model_dump())


def test_limits_are_the_limits_of_a_scan() -> None:
    assert LimitsSettings().to_limits() == Limits()
    assert tuple(LimitsSettings.model_fields) == tuple(field.name for field in msgspec.structs.fields(Limits))


def test_the_default_home_is_absolute() -> None:
    assert default_home().is_absolute()
    assert Settings().objects_url.startswith("file:///")


def test_changes_are_validated() -> None:
    changed = Settings().with_changes({"database.url": "postgresql://h/d", "temporal.port": 7300})
    assert changed.temporal.port == 7300
    assert changed.database.url is not None
    assert changed.database.url.get_secret_value() == "postgresql://h/d"


def test_aliases_that_grow_without_bound_are_refused_at_once(tmp_path: Path, nobody: Path) -> None:
    lines = ["l0: &l0 {k0: 1, k1: 2}"]
    lines += [f"l{i}: &l{i} {{<<: [{','.join([f'*l{i - 1}'] * 9)}]}}" for i in range(1, 9)]
    write(tmp_path, ".docrunch/config.yaml", "\n".join(lines))
    with pytest.raises(InvalidConfig, match="aliases"):
        load(project=tmp_path, env={}, user=nobody)


def test_the_settings_of_a_project_lie_in_the_project(tmp_path: Path, nobody: Path) -> None:
    write(tmp_path, "elsewhere/config.yaml", "exclude: [a/]\n")
    (tmp_path / "p").mkdir()
    (tmp_path / "p/.docrunch").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidConfig, match="symbolic link"):
        load(project=tmp_path / "p", env={}, user=nobody)
