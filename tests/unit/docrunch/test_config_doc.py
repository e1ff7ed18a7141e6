"""The configuration reference is the code's."""

from pathlib import Path

from docrunch.config import Settings
from docrunch.config_doc import PAGE, render
from docrunch.config_layers import ENV_ALIASES, env_name, leaves


def test_the_committed_page_is_current() -> None:
    assert Path(PAGE).read_text() == render(), "run `make docs`"


def test_every_setting_is_on_the_page_with_a_meaning() -> None:
    page = render()
    aliases = {key: name for name, key in ENV_ALIASES.items()}
    for key in leaves(Settings):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{key}` |"))
        assert f"`{aliases.get(key) or env_name(key)}`" in row
        assert "Annotated" not in row, f"the type of {key} is one for programs"
        assert len(row.rstrip(" |").rsplit("| ", 1)[1]) > 10, f"{key} has no meaning"
