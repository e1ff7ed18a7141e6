"""Make ``.venv`` exactly what ``requirements.lock`` says. Standard library only: it runs before anything is installed.

Every package is pinned and checked by hash; the lock is complete, so nothing is resolved. The checkout itself is made
importable by a ``.pth`` file, and ``.venv/bin/docrunch`` is written here.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".docrunch-setup"
SCRIPT = """#!{python}
from api.cli.main import entry

entry()
"""
TOOLS = {
    "git": "Debian/Ubuntu: apt install git    macOS: xcode-select --install    others: https://git-scm.com/downloads",
}


def main() -> int:
    for tool, how in TOOLS.items():
        if shutil.which(tool) is None:
            print(f"error: {tool} is not installed.\n  {how}", file=sys.stderr)
            return 1
    wanted = fingerprint()
    if not (STAMP.is_file() and STAMP.read_text() == wanted and PYTHON.exists()):
        if not install():
            return 1
        STAMP.write_text(wanted)
    link_checkout()
    return 0


def fingerprint() -> str:
    """Changes with the lock, this file, and the Python that runs it."""
    parts = (LOCK.read_bytes(), Path(__file__).read_bytes(), sys.version.encode(), str(ROOT).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def install() -> bool:
    print(f"Creating {VENV} with Python {sys.version.split()[0]} (a minute or two, once)", file=sys.stderr)
    if not venv_works() and not make_venv():
        print("error: the virtual environment could not be created. Debian/Ubuntu: apt install python3-venv")
        return False
    STAMP.unlink(missing_ok=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    if subprocess.run(command, check=False).returncode != 0:
        print("error: the packages could not be installed; see above. A proxy or mirror is configured as for pip.")
        return False
    return True


def make_venv() -> bool:
    return subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode == 0


def venv_works() -> bool:
    """An environment of the same Python minor version, with pip, that can be updated in place."""
    if not PYTHON.exists():
        return False
    code = "import sys, pip; print(sys.version_info[:2])"
    ran = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=False)
    return ran.returncode == 0 and ran.stdout.strip() == str(sys.version_info[:2])


def link_checkout() -> None:
    site = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    write(site / "docrunch-checkout.pth", f"{ROOT}\n")
    script = VENV / "bin" / "docrunch"
    write(script, SCRIPT.format(python=PYTHON))
    script.chmod(0o755)


def write(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text() != text:
        path.write_text(text)


if __name__ == "__main__":
    sys.exit(main())
