"""What a wheel must carry: an installed Docrunch starts a stack, parses and writes pages like a checkout."""

import fnmatch
import subprocess
import tomllib
from pathlib import Path

from workers.config_files import config_file

ROOT = Path(__file__).parents[3]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_every_file_of_a_package_is_carried() -> None:
    packages = {pattern.rstrip("*") for pattern in SETUPTOOLS["packages"]["find"]["include"]}
    patterns = SETUPTOOLS["package-data"]["*"]
    inside = [path for path in committed() if path.parts[0] in packages and path.suffix != ".py"]
    assert len(inside) > 20
    left_out = [str(path) for path in inside if not any(fnmatch.fnmatch(path.name, each) for each in patterns)]
    assert left_out == []


def test_every_file_of_temporal_config_is_carried_where_the_code_looks() -> None:
    carried = {
        f"{target.removeprefix('share/docrunch/temporal-config').strip('/')}/{found.name}".strip("/")
        for target, globs in SETUPTOOLS["data-files"].items()
        for each in globs
        for found in ROOT.glob(each)
        if found.is_file()
    }
    wanted = {str(path.relative_to("temporal-config")) for path in committed() if path.parts[0] == "temporal-config"}
    assert carried == wanted
    for name in wanted:
        assert config_file(name).is_file()


def test_every_top_level_folder_with_code_is_a_package() -> None:
    packages = {pattern.rstrip("*") for pattern in SETUPTOOLS["packages"]["find"]["include"]}
    outside = {"tests", "benchmarks", "deploy"}
    folders = {path.parts[0] for path in committed() if path.suffix == ".py" and len(path.parts) > 1}
    assert folders - outside == packages
