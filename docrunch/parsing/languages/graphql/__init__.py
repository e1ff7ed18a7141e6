"""GraphQL has no grammar wheel: its documents are read as tokens."""
