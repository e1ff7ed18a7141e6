"""Secrets leave the text at equal length; code that only talks about secrets stays as it is."""

import glob
import random
import string
import sysconfig
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docrunch.security.secrets import REDACTOR_ID, entropy, redact, redactor_id

ALNUM = string.ascii_letters + string.digits


def rnd(size: int, alphabet: str = ALNUM, seed: int = 7) -> str:
    source = random.Random(seed)
    return "".join(source.choice(alphabet) for _ in range(size))


BASE32 = string.ascii_uppercase + "234567"
BODY = "\n".join(rnd(64, ALNUM + "+/", seed) for seed in range(12))
SECRETS = {
    "aws-access-key": "AKIA" + rnd(16, BASE32),
    "github-token": "ghp_" + rnd(36),
    "gitlab-token": "glpat-" + rnd(20),
    "slack-token": "xoxb-" + rnd(12, string.digits) + "-" + rnd(12, string.digits) + "-" + rnd(24),
    "slack-webhook": "https://hooks.slack.com/services/T" + rnd(8) + "/B" + rnd(8) + "/" + rnd(24),
    "stripe-key": "sk_" + "live_" + rnd(24),
    "google-api-key": "AIza" + rnd(35),
    "model-api-key": "sk-" + "ant-api03-" + rnd(93),
    "huggingface-token": "hf_" + rnd(34, string.ascii_letters),
    "npm-token": "npm_" + rnd(36),
    "pypi-token": "pypi-" + "AgEIcHlwaS5vcmc" + rnd(60),
    "sendgrid-key": "SG." + rnd(22) + "." + rnd(43),
    "json-web-token": "eyJ" + rnd(30) + ".eyJ" + rnd(40) + "." + rnd(43),
    "private-key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + BODY + "\n-----END RSA " + "PRIVATE KEY-----",
    "connection-string": "postgresql://admin:" + rnd(14) + "@db.internal:5432/app",
    "azure-account-key": "AccountKey=" + rnd(86) + "==",
}
ASSIGNMENTS = [
    f'password = "{rnd(16)}"',
    f"api_key: '{rnd(24)}'",
    f"DB_PASSWORD={rnd(20)}",
    f'"client_secret": "{rnd(32)}",',
    f'const authToken: string = "{rnd(40)}";',
    f"export SECRET_KEY={rnd(30)}",
    f"//host.example/:_authToken={rnd(36)}",
]


@pytest.mark.parametrize("rule", SECRETS)
def test_each_kind_is_found_and_replaced_at_equal_length(rule: str) -> None:
    secret = SECRETS[rule]
    text = f"line one\nvalue = f({secret!r}) # é\nlast\n".replace("\\n", "\n").encode()
    redacted, findings = redact(text)
    assert [finding.rule for finding in findings] == [rule]
    assert findings[0].line == 2 + (rule == "private-key" and text[: findings[0].start].count(b"\n") - 1)
    assert len(redacted) == len(text)
    assert [i for i, c in enumerate(redacted) if c == 10] == [i for i, c in enumerate(text) if c == 10]
    assert text[findings[0].start : findings[0].end] not in redacted
    assert redact(redacted) == (redacted, ())


@pytest.mark.parametrize("line", ASSIGNMENTS)
def test_assigned_values_are_found(line: str) -> None:
    redacted, findings = redact(f"a = 1\n{line}\nb = 2\n".encode())
    assert len(findings) == 1
    assert findings[0].line == 2
    assert redact(redacted)[1] == ()


VALUE = rnd(14) + "3x" + rnd(12, seed=8) + "K9"


@pytest.mark.parametrize(
    "form",
    [
        "postgres://user%40server:{}@db.example.net/x",
        "postgres://user:%40{}@db.example.net/x",
        "postgres://user:a1b@{}@db.example.net/x",
        "redis://:ab:{}@db.example.net/x",
        "amqp://user:a$b{}@db.example.net/x",
        "git clone https://{}@example.net/a/b.git",
        'headers = {{"Authorization": "Bearer {}"}}',
        'curl -H "Authorization: Basic {}=="',
        's = "{{\\"password\\": \\"{}\\"}}"',
        "machine example.net login me password {}",
        "ENV API_TOKEN {}",
        "<password>{}</password>",
        "docker run -e DB_PASSWORD={} image",
        "tool --password={} --verbose",
        'url = "https://example.net/x?access_token={}&a=1"',
        "jdbc:mysql://example.net/db?user=u&password={}",
        "Server=h;Database=d;User Id=u;Password={};",
        'token = f"{}"',
        'SECRET_KEY = """{}"""',
        "const token = `{}`",
        'os.environ["API_TOKEN"] = "{}"',
        'os.environ.setdefault("API_TOKEN", "{}")',
        'const apiKey string = "{}"',
        'let token: &str = "{}";',
        'x={{"token":"aaaaaaaaaa",' + '"k":"v",' * 43 + '"token":"{}"' + ',"z":1' * 600 + "}}",
        '"token": 1, ' + '"v":2,' * 12 + '"token": 3, ' + '"v":2,' * 40 + '"token":"{}"' + ',"z":1' * 600,
    ],
    ids=lambda form: form[:24],
)
def test_a_value_is_found_in_every_form_people_write_it(form: str) -> None:
    redacted, findings = redact(form.format(VALUE).encode())
    assert findings
    assert not any(VALUE[i : i + 8].encode() in redacted for i in range(len(VALUE) - 7))
    assert redact(redacted)[1] == ()


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (
            "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,5D0A1F\n\n",
            "\n-----END RSA PRIVATE KEY-----",
        ),
        ("PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v1 - x\n\n", "\n-----END PGP PRIVATE KEY BLOCK-----"),
        ("PRIVATE KEY-----\n", "\n\n# cut off - and more\nx = 1\n"),
    ],
)
def test_keys_with_headers_or_without_an_end(head: str, tail: str) -> None:
    redacted, findings = redact(f"-----BEGIN {head}{BODY}{tail}".encode())
    assert {finding.rule for finding in findings} == {"private-key"}
    assert not any(line.encode() in redacted for line in BODY.split("\n"))
    assert redacted.endswith(tail.encode())


@pytest.mark.parametrize(
    "line",
    [
        'password = os.environ["DB_PASSWORD"]',
        "connect(token=self.settings.getTokenV2, timeout=30)",
        "the token 0123456789abcdef0123456789abcdef is a hash",
        "basic understanding of bearer authentication2",
        'log(f"{token1}-{number2}-{x3}")',
        "-----BEGIN PRIVATE KEY----- marks the start of a key in the text of this sentence about keys",
        "mongodb://%s:%s@%s/db",
        'password = "changeme"',
        'password = "correct horse battery staple"',
        'token = "access_token_name"',
        'api_key = "your-api-key-here-1234"',
        'api_key = "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
        'SECRET_KEY = "${SECRET_KEY}"',
        'secret: "{{ vault.secret1 }}"',
        "token_url = 'https://example.org/oauth2/token'",
        'key = "AKIA' + 'IOSFODNN7EXAMPLE"',
        "postgresql://user:password@localhost/db",
        "postgresql://scott:tiger@localhost/db",
        "postgresql://user:${PASSWORD}@localhost/db",
        "http://example.org:8080/a@b",
        "git clone https://github.com/a/b.git  # or git@github.com:a/b",
        "-----BEGIN RSA " + "PRIVATE KEY-----\n...\n-----END RSA " + "PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\n" + BODY[:200] + "\n-----END PUBLIC KEY-----",
        "sha256 = '{}'".format(rnd(64, "0123456789abcdef")),
        f'integrity = "sha512-{rnd(86)}=="',
        "def get_token(self, password: str, secret_key_base2: bytes) -> Token2: ...",
        "task-sk-learn-and-some-more-words-of-a-long-slug-that-goes-on",
    ],
)
def test_code_that_holds_no_secret_is_left_alone(line: str) -> None:
    assert redact(line.encode()) == (line.encode(), ())


def test_overlapping_findings_are_reported_once() -> None:
    text = ('password = "ghp_' + rnd(36) + '"').encode()
    redacted, findings = redact(text)
    assert len(findings) == 1
    assert b"ghp_" not in redacted


def test_the_standard_library_of_python_is_almost_clean() -> None:
    """False alarms damage text that people search: at most one per two megabytes of real code."""
    size, findings = 0, 0
    for path in glob.glob(sysconfig.get_path("stdlib") + "/*.py"):
        with open(path, "rb") as file:
            text = file.read()
        size += len(text)
        findings += len(redact(text)[1])
    assert size > 3_000_000
    assert findings <= size / 2_000_000


@pytest.mark.parametrize(
    "text",
    [
        b"password" * 200_000,
        b"://" * 300_000,
        b"-----BEGIN PRIVATE KEY-----" * 30_000,
        b"eyJ" * 300_000,
        b"sk-" * 300_000,
        b"token = '" * 100_000,
        b"a" * 1_000_000 + b"token",
        b"\n".join([b"secret: " + b"x" * 150] * 6_000),
        b"xoxb-" + b"1" * 900_000,
        b"SG." + b"a." * 450_000,
    ],
    ids=lambda text: text[:12].decode(),
)
def test_hostile_text_is_read_in_linear_time(text: bytes) -> None:
    start = time.monotonic()
    redact(text[:1_000_000])
    assert time.monotonic() - start < 8  # seconds; 0.5 on an idle machine


@given(st.binary(max_size=300), st.sampled_from(sorted(SECRETS.values())), st.binary(max_size=100))
def test_length_lines_and_idempotence_hold_for_any_bytes(before: bytes, secret: str, after: bytes) -> None:
    text = before + b" " + secret.encode() + b" " + after
    redacted, findings = redact(text)
    assert len(redacted) == len(text)
    assert redacted.count(b"\n") == text.count(b"\n")
    assert findings
    assert redact(redacted)[0] == redacted


def test_the_id_of_the_redactor_follows_its_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    assert redactor_id() == REDACTOR_ID
    monkeypatch.setattr("docrunch.security.secrets.MIN_ENTROPY", 3.5)
    assert redactor_id() != REDACTOR_ID


def test_entropy_is_in_bits_per_byte() -> None:
    assert entropy(b"aaaa") == 0
    assert entropy(b"abcd") == 2
    assert entropy(b"") == 0
