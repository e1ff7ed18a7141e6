"""URLs from anyone: only public addresses of allowed hosts are reached, whatever the URL tries."""

from typing import Any

import pytest

from docrunch.errors import DocrunchError, InvalidConfig, SourceNotFound, SourceRefused, Unreachable, UsageError
from docrunch.source.address import check_address, is_public, parse_git_url
from docrunch.source.model import SourceKind
from docrunch.source.policy import HostToken, SourcePolicy, parse_tokens
from docrunch.source.spec import parse_spec

PUBLIC = "140.82.121.3"


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd",
        "FILE:///etc",
        "ext::sh -c id",
        "ext::https://github.com/a/b",
        "http://github.com/a/b",
        "git://github.com/a/b",
        "ssh://git@github.com/a/b",
        "git@github.com:a/b.git",
        "ftp://github.com/a/b",
        "--upload-pack=touch /tmp/x",
        "-u",
        "https://",
        "https:///a/b",
        "https://user@github.com/a/b",
        "https://user:pw@github.com/a/b",
        "https://github.com@evil.example/a/b",
        "https://github.com\\@evil.example/a/b",
        "https://github.com:443@evil.example/a/b",
        "https://github.com:0x1bb/a/b",
        "https://-oProxyCommand=id/a/b",
        "https://github.com/a/b?service=x",
        "https://github.com/a/b#x",
        "https://github.com/a/../b",
        "https://github.com/a//b",
        "https://github.com/-x/b",
        "https://github.com/a/%2e%2e/b",
        "https://github.com/a/b\nc",
        "https://github.com/a b",
        "https://github.com/a/b;id",
        "https://gіthub.com/a/b",
        "https://127.0.0.1/a/b",
        "https://127.1/a/b",
        "https://2130706433/a/b",
        "https://0x7f000001/a/b",
        "https://0x7f.0.0.1/a/b",
        "https://0177.0.0.1/a/b",
        "https://[::1]/a/b",
        "https://[::ffff:127.0.0.1]/a/b",
        "https://github.com.:443/a/b",
        "https://github.com",
        "https://github.com/" + "a" * 2000,
    ],
)
def test_the_attack_corpus_is_refused_before_anything_is_resolved(text: str, tmp_path: Any) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("resolved")

    with pytest.raises((SourceRefused, UsageError)):
        check_address(parse_spec(text, cwd=tmp_path).url, SourcePolicy(), resolve=never)


@pytest.mark.parametrize("host", ["localhost", "evil.example", "metadata.google.internal", "github.com.evil.example"])
def test_hosts_that_are_not_listed_are_refused(host: str) -> None:
    with pytest.raises(SourceRefused, match="allowed host"):
        check_address(parse_git_url(f"https://{host}/a/b"), SourcePolicy(), resolve=lambda host, port: [PUBLIC])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
        "::ffff:7f00:1", "2002:7f00:1::", "64:ff9b::a00:1", "2001:0:7f00:1::", "fe80::1%eth0", "nonsense",
    ],
)  # fmt: skip
def test_one_private_address_among_public_ones_is_enough_to_refuse(address: str) -> None:
    assert not is_public(address)
    url = parse_git_url("https://github.com/a/b")
    with pytest.raises(SourceRefused, match="public internet"):
        check_address(url, SourcePolicy(), resolve=lambda host, port: [PUBLIC, address])


def test_public_addresses_are_pinned_as_resolved() -> None:
    url = parse_git_url("https://github.com/a/b")
    found = check_address(url, SourcePolicy(), resolve=lambda host, port: [PUBLIC, "2606:50c0:8000::153"])
    assert found == (PUBLIC, "2606:50c0:8000::153")


def test_names_that_do_not_resolve() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    url = parse_git_url("https://github.com/a/b")
    with pytest.raises(Unreachable):
        check_address(url, SourcePolicy(), resolve=fails)
    with pytest.raises(Unreachable):
        check_address(url, SourcePolicy(), resolve=lambda host, port: [])


def test_what_people_write_is_understood(tmp_path: Any) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir/x.zip").write_bytes(b"")
    (tmp_path / "dir/notes.txt").write_bytes(b"")
    assert parse_spec("dir", cwd=tmp_path).kind is SourceKind.DIRECTORY
    assert parse_spec("dir/x.zip", cwd=tmp_path).kind is SourceKind.ARCHIVE
    spec = parse_spec("https://GitHub.com/Owner/Name.git/", cwd=tmp_path)
    assert (spec.kind, spec.location) == (SourceKind.REMOTE, "https://github.com/Owner/Name.git")
    assert (spec.url.repository, spec.url.web) == ("github.com/owner/name", "https://github.com/Owner/Name")
    helpful = {
        "github.com/a/b": "https://github.com/a/b",
        "a/b": "https://github.com/a/b",
        "https://github.com/a/b/tree/main": "--ref",
        "git@gitlab.com:a/b.git": "https://gitlab.com/a/b",
        "dir/notes.txt": ".tar.gz",
        "missing": "current directory",
        "-x": "./-x",
    }
    for text, hint in helpful.items():
        with pytest.raises(DocrunchError) as caught:
            parse_spec(text, cwd=tmp_path)
        assert hint in (caught.value.hint or ""), text
    for odd in ("missing", "a" * 5000, "~nobody-of-that-name/x", "dir/../../../../missing"):
        with pytest.raises(SourceNotFound):
            parse_spec(odd, cwd=tmp_path)


def test_tokens_are_read_and_never_shown() -> None:
    secret = "s3" + "cret-value"
    assert parse_tokens(f"GitHub.com={secret}, gitlab.com=x=y") == (
        HostToken(host="github.com", token=secret),
        HostToken(host="gitlab.com", token="x=y"),
    )
    assert secret not in repr(SourcePolicy(tokens=parse_tokens(f"github.com={secret}")))
    for bad in (secret, f"={secret}", f"a b={secret}", f"h={secret}\n\x01"):
        with pytest.raises(InvalidConfig) as caught:
            parse_tokens(bad)
        assert secret not in str(caught.value)
    assert parse_tokens("") == ()


def test_paths_of_the_server_can_be_closed(world: Any) -> None:
    root = world.put("src", {"a.py": "1\n"})
    with pytest.raises(SourceRefused, match="may not be scanned"):
        world.scan(root, policy=SourcePolicy(allow_local=False))
