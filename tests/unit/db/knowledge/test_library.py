"""LightRAG takes its orders from us alone: not from the environment, nor from files of a scanned repository."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from db.knowledge.library import ByteTokens, address, undisturbed
from docrunch.config import Settings


@pytest.mark.parametrize(
    ("url", "host", "port", "password"),
    [
        ("postgresql://a:b%40c@db.example:5433/d", "db.example", 5433, "b@c"),
        ("postgresql://a@127.0.0.1:1/d", "127.0.0.1", 1, ""),
        ("postgresql://a@/d?host=/run/pg&port=6000", "/run/pg", 6000, ""),
        ("postgresql://a@[::1]/d?sslmode=require", "::1", 5432, ""),
    ],
)
def test_the_database_is_that_of_the_url(url: str, host: str, port: int, password: str) -> None:
    found = address(url)
    assert (found["host"], found["port"], found["user"], found["password"]) == (host, port, "a", password)


def test_tls_settings_are_passed_on() -> None:
    assert address("postgresql://a@h/d?sslmode=verify-full&sslrootcert=/ca")["ssl_root_cert"] == "/ca"


def test_tokens_are_reversible() -> None:
    for text in ("", "a", "abcd", "déjà vu 🛒", "\x00\x01"):
        assert ByteTokens().decode(ByteTokens().encode(text)) == text


def test_the_environment_is_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_WORKSPACE", "theirs")
    before = dict(os.environ)
    with undisturbed():
        assert "POSTGRES_WORKSPACE" not in os.environ
    assert dict(os.environ) == before


def test_a_hostile_directory_and_environment_change_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_WORKSPACE=stolen\nENTITY_TYPES=x\nTOP_K=1\n")
    (tmp_path / "config.ini").write_text("[postgres]\nhost = evil.example\nworkspace = stolen\n")
    program = (
        "import os\nfrom db.knowledge import library\nlibrary.connect_to('postgresql://a:b@good.example/d')\n"
        "library.load()\nfrom lightrag.kg.postgres_impl import ClientManager\nimport pipmaster\n"
        "found = ClientManager.get_config('PGVectorStorage')\n"
        "assert (found['host'], found['workspace'], found['vector_index_type']) == ('good.example', None, ''), found\n"
        "assert 'TOP_K' not in os.environ\nfrom lightrag import QueryParam\nassert QueryParam().top_k != 1\n"
        "try:\n    pipmaster.install('left-pad')\nexcept Exception as error:\n"
        "    assert 'not installed' in str(error)\n"
        "else:\n    raise SystemExit('it installs')\n"
    )
    environment = {**os.environ, "ENTITY_TYPES": "a,b", "POSTGRES_HOST": "evil.example", "TOP_K_": "3"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[4])
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_command_line_starts_without_it() -> None:
    program = (
        "import sys\nfrom api.cli.main import app\nassert 'lightrag' not in sys.modules and 'numpy' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)


def test_settings_name_no_server_by_default() -> None:
    assert Settings().storage.lightrag.base_url is None
