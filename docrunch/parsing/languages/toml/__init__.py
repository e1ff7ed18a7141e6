"""TOML: tables and keys."""
