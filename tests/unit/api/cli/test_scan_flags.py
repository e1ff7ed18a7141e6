"""What the options of a scan mean together with the settings."""

import pytest

from api.cli.scan_flags import ScanFlags
from docrunch.config import LimitsSettings, ScanSettings, Settings
from docrunch.errors import UsageError


def test_flags_come_before_settings_and_exclusions_add_up() -> None:
    settings = Settings(
        scan=ScanSettings(include=("src/",), exclude=("old/",), languages={"*.inc": "php"}),
        limits=LimitsSettings(max_files=7),
    )
    plain = ScanFlags(source=".").options(settings)
    assert (plain.include, plain.exclude, plain.languages) == (("src/",), ("old/",), (("*.inc", "php"),))
    assert plain.limits.max_files == 7
    given = ScanFlags(source=".", include=("lib/",), exclude=("x/",), embeddings=False, path="a").options(settings)
    assert (given.include, given.exclude, given.embeddings, given.path) == (("lib/",), ("old/", "x/"), False, "a")


@pytest.mark.parametrize(
    "flags",
    [
        ScanFlags(source=".", wait=False, offline=True),
        ScanFlags(source=".", wait=False, watch=True),
        ScanFlags(source=".", estimate=True, watch=True),
        ScanFlags(source=".", estimate=True, offline=True),
    ],
)
def test_contradictions_are_refused(flags: ScanFlags) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        flags.check()


def test_watching_offline_is_fine() -> None:
    ScanFlags(source=".", watch=True, offline=True).check()
