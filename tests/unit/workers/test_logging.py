"""Logs are JSON lines with the ids of the run, and never hold a secret."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workers.logging import REDACTED, redact, redact_event

ROOT = Path(__file__).parents[3]
SECRETS = [
    "gh" + "p_" + "a" * 36,
    "glp" + "at-" + "b" * 20,
    "AK" + "IA" + "C" * 16,
    "ey" + "Jhbbbbbbbbbb." + "d" * 20 + "." + "e" * 20,
    "s" + "k-" + "f" * 24,
    "Bear" + "er " + "g" * 30,
    "-----BEGIN RSA PRIV" + "ATE KEY-----\nabc\n-----END RSA PRIV" + "ATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_replaced(secret: str) -> None:
    found = redact(f"before {secret} after")
    assert found == f"before {REDACTED} after"


def test_the_password_of_an_address_is_replaced_and_the_rest_kept() -> None:
    password = "hunt" + "er2"
    assert redact(f"postgresql://me:{password}@host/db") == f"postgresql://me:{REDACTED}@host/db"


def test_names_that_say_secret_are_replaced_at_any_depth() -> None:
    event = redact_event(None, "info", {"a": [{"api_key": "x", "n": 1}], "git_tokens": {"h": "y"}, "token_count": 3})
    assert event == {"a": [{"api_key": REDACTED, "n": 1}], "git_tokens": REDACTED, "token_count": 3}


def test_ordinary_text_is_left_alone() -> None:
    text = "parsed src/token.py in 0.2 s; see https://example.org/a:b and sk-learn, basic usage"
    assert redact(text) == text


def test_every_line_is_one_json_object_with_ids_and_without_secrets() -> None:
    secret = SECRETS[0]
    code = f"""
import logging, structlog
from docrunch.config import LoggingSettings
from workers.logging import configure_logging
configure_logging(LoggingSettings())
structlog.contextvars.bind_contextvars(workflow_id="w", run_id="r")
structlog.get_logger("a").info("hello", url="https://u:{secret}@h/x")
logging.getLogger("b").warning("from %s", "stdlib {secret}")
logging.getLogger("temporalio.activity").warning("act", extra={{"temporal_activity": {{"workflow_id": "w2",
  "workflow_run_id": "r2", "activity_type": "parse_page", "attempt": 2}}}})
try:
    raise ValueError("{secret}")
except ValueError:
    structlog.get_logger("c").exception("bad")
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert secret not in ran.stderr
    assert ran.stdout == ""
    assert [line["event"] for line in lines] == ["hello", f"from stdlib {REDACTED}", "act", "bad"]
    assert all(line["level"] and line["timestamp"].endswith("Z") for line in lines)
    assert (lines[0]["workflow_id"], lines[0]["run_id"]) == ("w", "r")
    assert lines[2]["activity"] == "parse_page"
    assert lines[3]["exception"], "tracebacks are structured"


def test_a_traceback_shows_no_local_variables() -> None:
    program = """
import structlog
from docrunch.config import LoggingSettings
from workers.logging import configure_logging
configure_logging(LoggingSettings())
try:
    basic = "c2Vj" + "cmV0"
    1 / 0
except ZeroDivisionError:
    structlog.get_logger().exception("failed")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "ZeroDivisionError" in done.stderr
    assert "c2Vj" + "cmV0" not in done.stderr
