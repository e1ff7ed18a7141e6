"""One folder per language: `language.toml`, `tags.scm` and, where queries cannot say it, `hooks.py`."""
