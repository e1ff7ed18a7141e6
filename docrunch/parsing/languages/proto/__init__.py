"""Protobuf has no grammar wheel: its schema files are read as tokens."""
