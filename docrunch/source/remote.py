"""Fetching one commit of an https git URL with the git command line, closed on all sides (interfaces.md §6).

The URL is parsed by us, its host is on a list, its addresses are checked and pinned, redirects are off, a token goes
only to its host and never into an argument, nothing is inherited, and time and size have ends.
"""

import base64
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from docrunch.errors import (
    AuthError,
    DocrunchError,
    Failed,
    LimitExceeded,
    RefNotFound,
    SourceNotFound,
    SourceRefused,
    Unreachable,
)
from docrunch.options import Limits
from docrunch.source.address import GitUrl, Resolve, check_address, system_resolve
from docrunch.source.policy import SourcePolicy
from docrunch.source.process import Finished, git_argv, git_environment, run
from docrunch.source.refs import Refs, Target, choose, is_ref_name, is_sha, suggestion

MAX_ADVERTISED = 64 << 20  # bytes of refs that a server may send
_TLS_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH")  # where trust is kept
# Slips of old tools in the commits of well-known repositories. None concerns paths or contents.
_HARMLESS_FLAWS = ("badTimezone", "zeroPaddedFilemode", "missingSpaceBeforeDate", "missingNameBeforeEmail", "badEmail")
_STATUS = re.compile(r"returned error: ([0-9]{3})|HTTP ([0-9]{3})")


class GitRemote:
    """Git commands against one URL. ``home`` is a private directory that the caller removes."""

    def __init__(
        self,
        url: GitUrl,
        policy: SourcePolicy,
        home: Path,
        *,
        resolve: Resolve = system_resolve,
        timeout: float = 4.0,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self.url = url
        self._policy = policy
        self._home = home
        self._tick = tick
        self._addresses = check_address(url, policy, resolve=resolve, timeout=timeout)
        self._git_dir = home / "remote.git"

    @property
    def objects(self) -> Path:
        return self._git_dir / "objects"

    def list_refs(self, timeout: float) -> Refs:
        """
        Raises:
            AuthError, SourceNotFound, SourceRefused, Unreachable: as the server's answer says.
        """
        self._init()
        finished = self._git("ls-remote", "--symref", "--", self.url.text, timeout=timeout, max_output=MAX_ADVERTISED)
        if finished.code != 0:
            raise failure(finished, self.url, has_token=self._policy.token_for(self.url.host) is not None)
        return _advertised(finished.stdout)

    def fetch(self, target: Target, refs: Refs, limits: Limits) -> str:
        """Fetch the files of one commit, without history, into `objects`. Returns what to resolve there.

        Raises:
            RefNotFound: the server does not give this commit.
            LimitExceeded: more than ``limits.max_archive_bytes``, or longer than the policy allows.
        """
        name = next((name for name, sha in refs.names.items() if sha == target.revision), None)
        finished = self._fetch(["--depth=1", "--", self.url.text, target.revision], limits)
        if finished.code != 0 and name is not None:  # some servers give refs only, no commits by their sha
            finished = self._fetch(["--depth=1", "--", self.url.text, name], limits)
        elif finished.code != 0:
            # … and then a commit that is no tip can only be reached with everything.
            everything = ["--", self.url.text, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
            finished = self._fetch(everything, limits)
        if finished.code != 0:
            raise failure(finished, self.url, has_token=self._policy.token_for(self.url.host) is not None)
        return target.revision

    def _fetch(self, arguments: list[str], limits: Limits) -> Finished:
        options = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--force")
        deadline = self._policy.fetch_seconds
        size = _SizeWatch(self._git_dir, limits.max_archive_bytes, self._tick)
        finished = self._git(*options, *arguments, timeout=deadline, max_output=1 << 20, watch=size)
        size.check()
        return finished

    def _git(self, *arguments: str, timeout: float, max_output: int, watch: "_SizeWatch | None" = None) -> Finished:
        try:
            return run(
                git_argv(self._git_dir, *arguments, options=self._options()),
                self._environment(),
                self._home,
                timeout=timeout,
                max_output=max_output,
                watch=watch,
            )
        except TimeoutError:
            raise Unreachable(f"{self.url.host} did not finish within {timeout:g} s") from None

    def _options(self) -> tuple[str, ...]:
        pinned = ",".join(f"[{address}]" if ":" in address else address for address in self._addresses)
        return (
            f"http.curloptResolve={self.url.host}:{self.url.port}:{pinned}",
            "http.followRedirects=false",
            "http.sslVerify=true",
            "http.proxy=",
            "http.cookieFile=",
            "http.saveCookies=false",
            "http.lowSpeedLimit=1000",
            "http.lowSpeedTime=30",
            "http.emptyAuth=false",
            "fetch.fsckObjects=true",
            *(f"fetch.fsck.{flaw}=ignore" for flaw in _HARMLESS_FLAWS),
            "fetch.unpackLimit=1",
            "fetch.recurseSubmodules=false",
            "fetch.writeCommitGraph=false",
            "pack.threads=1",
        )

    def _environment(self) -> dict[str, str]:
        env = git_environment(self._home) | {"GIT_ALLOW_PROTOCOL": "https"}
        if self._policy.ca_file:
            env["GIT_SSL_CAINFO"] = self._policy.ca_file
        else:
            env |= {name: os.environ[name] for name in _TLS_VARIABLES if name in os.environ}
        token = self._policy.token_for(self.url.host)
        if token is not None:
            # By environment, not by argument: arguments are readable for every user of the machine.
            basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
            port = "" if self.url.port == 443 else f":{self.url.port}"
            env["GIT_CONFIG_COUNT"] = "1"
            env["GIT_CONFIG_KEY_0"] = f"http.https://{self.url.host}{port}/.extraHeader"
            env["GIT_CONFIG_VALUE_0"] = f"Authorization: Basic {basic}"
        return env

    def _init(self) -> None:
        if self._git_dir.exists():
            return
        finished = run(
            git_argv(self._git_dir, "init", "--quiet", "--bare", "--template="),
            git_environment(self._home),
            self._home,
            timeout=30,
        )
        if finished.code != 0:
            raise Failed("git could not create a repository in the working directory")


class _SizeWatch:
    """Stops a fetch whose files on disk grow beyond a limit."""

    def __init__(self, directory: Path, limit: int, tick: Callable[[], None]) -> None:
        self._directory = directory
        self._tick = tick
        self._limit = limit
        self._next = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 0.5
        self._tick()
        self.check()

    def check(self) -> None:
        if _disk_use(self._directory) > self._limit:
            raise LimitExceeded(
                f"the repository is larger than {self._limit} bytes", hint="Raise limits.max_archive_bytes."
            )


def _disk_use(directory: Path) -> int:
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - called often
            except FileNotFoundError:
                continue
    return total


def choose_remote(refs: Refs, ref: str | None, url: GitUrl) -> Target:
    """
    Raises:
        RefNotFound: the server has no such ref and the text is no full sha.
    """
    target = choose(refs, ref)
    if not is_sha(target.revision):
        raise RefNotFound(
            f"{url.repository} has no branch or tag {target.ref!r}",
            hint=f"{suggestion(refs, target.ref)} A commit must be given with all its characters.",
        )
    return target


def failure(finished: Finished, url: GitUrl, *, has_token: bool) -> DocrunchError:
    """The error behind git's words. The only place that reads them: git has no other way to tell."""
    text = finished.stderr
    found = _STATUS.search(text)
    status = int(found.group(1) or found.group(2)) if found else 0
    token_hint = f"Set DOCRUNCH_GIT_TOKENS={url.host}=TOKEN with a token that may read it."
    if status in {401, 403} or "Authentication failed" in text or "could not read Username" in text:
        if has_token:
            return AuthError(f"{url.host} refused the token for {url.repository}", hint="Is it expired or too narrow?")
        return AuthError(f"{url.repository} is private or does not exist", hint=token_hint)
    if status in {404, 410} or "not found" in text:
        return SourceNotFound(f"{url.repository} does not exist, or is hidden from us", hint=token_hint)
    if 300 <= status < 400 or "redirect" in text:
        return SourceRefused(f"{url.host} redirects to another address", hint="Give the address it redirects to.")
    if "remote ref" in text or "not our ref" in text or "unadvertised object" in text:
        return RefNotFound(f"{url.repository} does not give that commit")
    if "not allowed" in text and "protocol" in text:
        return SourceRefused(f"{url.text} uses a transport that is not allowed")
    if "SSL certificate" in text or "certificate verif" in text:
        return Unreachable(f"the certificate of {url.host} is not trusted")
    return Unreachable(f"{url.host} does not answer as a git server", hint="Check the address and the network.")


def _advertised(output: bytes) -> Refs:
    names: dict[str, str] = {}
    head = ""
    for line in output.decode("utf-8", "replace").split("\n"):
        left, _, name = line.partition("\t")
        if left.startswith("ref: ") and name == "HEAD" and is_ref_name(left.removeprefix("ref: ")):
            head = left.removeprefix("ref: ")
        elif is_sha(left) and name == "HEAD":
            head = head or left
        elif is_sha(left) and name.startswith("refs/tags/") and name.removesuffix("^{}") in names:
            names[name.removesuffix("^{}")] = left  # the commit behind an annotated tag, listed right after it
        elif is_sha(left) and is_ref_name(name) and name.startswith(("refs/heads/", "refs/tags/")):
            names[name] = left
    if not head:
        head = "refs/heads/HEAD"  # an empty repository: nothing resolves
    return Refs(head=head, names=dict(sorted(names.items())))
