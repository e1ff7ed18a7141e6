"""The system user that runs the embedded Postgres when Docrunch itself runs as root.

Rights are widened as little as possible: each closed parent directory gets the user's group and ``g+x`` (traverse,
not list), never rights for everybody. The home directory of a person is refused.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from docrunch.errors import Failed, InvalidConfig

SERVICE_USER = "docrunch-pg"


class PopenArguments(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]
    umask: int


@dataclass(frozen=True)
class ServiceUser:
    uid: int
    gid: int

    def popen_arguments(self) -> PopenArguments:
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}

    def own(self, root: Path) -> None:
        """Give a whole tree to the user. Only for trees that we have just made."""
        for folder, _, files in os.walk(root):
            os.chown(folder, self.uid, self.gid)
            for name in files:
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)

    def can_run(self, program: Path) -> bool:
        """Tried rather than computed: rights, ACLs and mount options all count."""
        try:
            done = subprocess.run(
                [str(program), "--version"], capture_output=True, check=False, cwd="/", env={}, **self.popen_arguments()
            )
        except OSError:
            return False
        return done.returncode == 0


def service_user() -> ServiceUser | None:
    """The user to run Postgres as; None when we are not root and simply run it as ourselves.

    Raises:
        Failed: we are root and the user neither exists nor can be made.
    """
    if os.geteuid() != 0:
        return None
    found = _lookup()
    if found is not None:
        return found
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is not None:
        subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER],
            capture_output=True,
            check=False,
        )
    found = _lookup()  # also when another process made it at the same moment
    if found is None:
        raise Failed(
            f"Postgres does not run as root and the system user {SERVICE_USER} could not be created",
            hint="Create that user, run Docrunch as an ordinary user, or set DOCRUNCH_DATABASE_URL.",
        )
    return found


def _lookup() -> ServiceUser | None:
    try:
        entry = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None
    return ServiceUser(entry.pw_uid, entry.pw_gid)


def become_reachable(path: Path, user: ServiceUser | None) -> None:
    """Let the service user traverse the parents of ``path`` that are closed to it.

    Raises:
        InvalidConfig: a closed parent is somebody's home directory, or is shared with another group already.
    """
    if user is None:
        return
    homes = {Path(entry.pw_dir) for entry in pwd.getpwall()} - {Path("/")}
    for parent in path.absolute().parents:
        if not parent.exists():
            continue
        found = parent.stat()
        if found.st_mode & stat.S_IXOTH or (found.st_gid == user.gid and found.st_mode & stat.S_IXGRP):
            continue
        if parent in homes or found.st_uid != 0 or found.st_mode & stat.S_IRWXG:
            raise InvalidConfig(
                f"the user {SERVICE_USER} may not enter {parent}, so Postgres cannot keep its data in {path}",
                hint="Set DOCRUNCH_HOME to a directory outside of home directories, for example /var/lib/docrunch.",
            )
        os.chown(parent, -1, user.gid)
        parent.chmod(stat.S_IMODE(found.st_mode) | stat.S_IXGRP)
