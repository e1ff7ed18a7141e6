"""What a secret looks like: data only. `docrunch.security.secrets` applies it.

Formats are those the issuers document (prefix, alphabet, length). A rule whose regular expression would be tried on
every file is slow, so each names literals of which one must be in the text before its expression is tried at all.
Most are looked for only in what remains of a text when its short words are dropped.
"""

import re

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """``pattern`` has one group, ``s``: the bytes to replace."""

    name: str
    literals: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    unbroken: bool = True  # a match lies within one run of at least `MIN_RUN` token characters
    judged: bool = False  # the value must also look random, not like a word, a placeholder or an expression


def _rule(name: str, literals: str, pattern: bytes, *, unbroken: bool = True, judged: bool = False) -> Rule:
    return Rule(
        name=name,
        literals=tuple(literal.encode() for literal in literals.split()),
        pattern=re.compile(pattern),
        unbroken=unbroken,
        judged=judged,
    )


MIN_RUN = 20  # bytes: an AWS access key, the shortest of them
RUN_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/=."

_START = rb"(?<![A-Za-z0-9])"
_END = rb"(?![A-Za-z0-9])"

TOKEN_RULES = (
    _rule("aws-access-key", "AKIA ASIA", _START + rb"(?P<s>A(?:KIA|SIA)[A-Z2-7]{16})" + _END, judged=True),
    _rule("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", _START + rb"(?P<s>gh[pousr]_[A-Za-z0-9]{36,251})" + _END),
    _rule("github-token", "github_pat_", _START + rb"(?P<s>github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})" + _END),
    _rule("gitlab-token", "glpat- gldt- glrt-", _START + rb"(?P<s>gl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,64})", judged=True),
    _rule("slack-token", "xox", _START + rb"(?P<s>xox[abeoprs]-(?:[0-9]{8,}-){1,3}[A-Za-z0-9-]{10,200})"),
    _rule("slack-webhook", "hooks.slack.com", rb"hooks\.slack\.com/services/(?P<s>T\w{7,12}/B\w{7,12}/\w{20,30})"),
    _rule(
        "stripe-key", "k_live_ k_test_", _START + rb"(?P<s>[sr]k_(?:live|test)_[A-Za-z0-9]{16,247})" + _END, judged=True
    ),
    _rule("stripe-webhook", "whsec_", _START + rb"(?P<s>whsec_[A-Za-z0-9+/]{32,}={0,2})", judged=True),
    _rule("google-api-key", "AIza", _START + rb"(?P<s>AIza[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])", judged=True),
    _rule("google-oauth-secret", "GOCSPX-", _START + rb"(?P<s>GOCSPX-[A-Za-z0-9_-]{28})"),
    _rule(
        "model-api-key",
        "sk-",
        _START
        + rb"(?P<s>sk-(?:(?:proj|svcacct|admin|ant-[a-z]+[0-9]{2}|or-v1)-[A-Za-z0-9_-]{32,250}|[A-Za-z0-9]{32,64}))"
        + _END,
        judged=True,
    ),
    _rule("huggingface-token", "hf_", _START + rb"(?P<s>hf_[A-Za-z]{34})" + _END, judged=True),
    _rule("npm-token", "npm_", _START + rb"(?P<s>npm_[A-Za-z0-9]{36})" + _END, judged=True),
    _rule(
        "npm-token", "_authToken", rb"_authToken\s*=\s*[\"']?(?P<s>[A-Za-z0-9_./+=-]{16,})", unbroken=False, judged=True
    ),
    _rule("pypi-token", "pypi-AgE", _START + rb"(?P<s>pypi-AgE[A-Za-z0-9_-]{50,})"),
    _rule("sendgrid-key", "SG.", _START + rb"(?P<s>SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"),
    _rule(
        "json-web-token", "eyJ", _START + rb"(?P<s>eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,})"
    ),
    # The key's text, not its frame: the frame tells the reader what was here.
    _rule(
        "private-key",
        "PRIVATE",
        rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<s>[^<>{}$-]{40,20000}?)(?:-----END|\Z)",
        unbroken=False,
    ),
    # With headers (encrypted keys, PGP), and without an end (cut off): up to the last long run of base64.
    _rule(
        "private-key",
        "PRIVATE",
        rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        rb"(?P<s>(?:[\s\\\"'nr|#*+]{0,20}[A-Za-z][A-Za-z-]{2,29}: [^\r\n\\]{0,200}){0,8}"
        rb"[A-Za-z0-9+/=\s\\\"',|#*;>]{40,40000})",
        unbroken=False,
    ),
    _rule(
        "private-key",
        "Private-Lines:",
        rb"Private-Lines: [0-9]{1,4}\s{1,4}(?P<s>[A-Za-z0-9+/=\s]{40,20000})",
        unbroken=False,
    ),
    _rule(
        "connection-string",
        "://",
        # No scheme in the expression: beginning with a literal makes it several times faster.
        # The password reaches to the last "@" before the path: people leave "@", ":" and "$" in it unencoded.
        rb"://[^\s:/@\"'<>{}$,;`\\]{0,80}:(?P<s>[^\s/\"'<>{},;`\\\[\]]{3,200})@[A-Za-z0-9\[._-]",
        unbroken=False,
        judged=True,
    ),
    _rule(
        "url-token",
        "://",
        rb"://(?P<s>[A-Za-z0-9_-]{20,200})(?::[A-Za-z-]{0,20})?@[A-Za-z0-9]",
        judged=True,
        unbroken=False,
    ),
    _rule(
        "authorization-header",
        "earer asic EARER ASIC",
        rb"(?i)(?:bearer|basic)\s{1,3}(?P<s>[A-Za-z0-9+/._~-]{16,400}={0,2})(?![A-Za-z0-9+/._~-])",
        unbroken=False,
        judged=True,
    ),
    _rule("azure-sas", "sig=", rb"[?&](?:amp;)?sig=(?P<s>[A-Za-z0-9%+/]{40,100}={0,2})", unbroken=False),
    _rule("azure-account-key", "AccountKey=", rb"AccountKey=(?P<s>[A-Za-z0-9+/]{86}==)"),
)

# name = "value", name: "value", "name": "value", name => 'value', and unquoted values of .env and .ini lines.
_ASSIGNED = """
    passw secret token api_key apikey api-key access_key accesskey private_key credential
"""
ASSIGNED_NAMES = tuple(_ASSIGNED.split())
_NAMED = rb"(?:passw(?:or)?d|passwd|secret|token|api[_-]?key|access[_-]?key|private_key|credentials?)[\w-]{0,30}"
# Between name and value: the end of a quoted or indexed name, a type, and a sign; a comma after a quoted name.
_SIGN = (
    rb"(?:\\?[\"']\s{0,3},|\\?[\"'\])]{0,3}"
    rb"(?:\s{0,3}:\s{0,3}[&A-Za-z][\w\[\]. |&']{0,30}|[ \t]{1,3}[A-Za-z][\w.\[\]]{0,20})?\s{0,3}(?::=|=>|=|:))"
)
ASSIGNMENT = re.compile(
    rb"(?i)" + _NAMED + _SIGN + rb"\s{0,3}[rbfu]{0,2}(?:\\?\"{1,3}(?P<d>[^\"\s\\]{8,200})\\?\""
    rb"|\\?'{1,3}(?P<q>[^'\s\\]{8,200})\\?'|`(?P<t>[^`\s\\]{8,200})`)"
)
# name=value in command lines, queries and connection strings, "--name value", "NAME value", <name>value</name>.
LOOSE = re.compile(
    rb"(?i)" + _NAMED + rb"(?:[ \t]{0,2}[=>|][ \t]{0,2}|[ \t]{1,3})(?P<s>[A-Za-z0-9+/_~!@%^*.-]{16,200}={0,2})"
    rb"(?=[\s&;|<\"'`)]|$)"
)
UNQUOTED = re.compile(
    rb"(?im)^[ \t]{0,8}(?:export[ \t]+)?[A-Z0-9_.-]{0,40}"
    rb"(?:PASSWO?R?D|SECRET|TOKEN|API_?KEY|ACCESS_?KEY)[A-Z0-9_.-]{0,30}"
    rb"[ \t]{0,3}[=:][ \t]{0,3}(?P<s>[A-Za-z0-9+/_~!@%^*.-]{12,200}={0,2})[ \t]*\r?$"
)
ASSIGNED_NAMES_BYTES = tuple(name.encode() for name in ASSIGNED_NAMES)
