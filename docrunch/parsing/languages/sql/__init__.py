"""SQL: what data definition statements say, in any dialect, without a grammar (docs/decisions)."""
