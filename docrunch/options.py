"""Options of a scan that change its result. They are hashed into the job id, so every field is deterministic."""

import msgspec

from docrunch.canonical import canonical_json, sha256_hex


class Limits(msgspec.Struct, frozen=True):
    """What one scan may consume. Beyond a per-file limit the file is listed; beyond a per-scan limit the scan fails."""

    max_file_bytes: int = 1_000_000
    max_files: int = 200_000
    max_total_bytes: int = 4_000_000_000
    max_archive_bytes: int = 2_000_000_000
    max_archive_ratio: int = 200
    max_path_bytes: int = 1024
    max_nodes: int = 2_000_000  # syntax nodes of one file
    max_depth: int = 2_000  # nesting of one file
    parse_seconds: float = 20.0
    parse_memory_bytes: int = 1_500_000_000
    fail_share: float = 0.2  # share of parsable files that may be lost before the scan fails

    def facts_suffix(self) -> str:
        """Part of the key of cached facts, which depend on the limits that count nodes and depth. Empty by default."""
        default = Limits()
        if (self.max_nodes, self.max_depth, self.max_file_bytes) == (
            default.max_nodes,
            default.max_depth,
            default.max_file_bytes,
        ):
            return ""
        return f"+{self.max_nodes}.{self.max_depth}.{self.max_file_bytes}"


class ScanOptions(msgspec.Struct, frozen=True):
    path: str = ""  # sub-directory of the source to scan
    include: tuple[str, ...] = ()  # gitignore-style globs; non-empty: only these
    exclude: tuple[str, ...] = ()
    embeddings: bool = True
    embedding_text: str = "card"  # card | card+body
    docs_title: str | None = None
    languages: tuple[tuple[str, str], ...] = ()  # (glob, language) overrides
    limits: Limits = Limits()
    scip: tuple[str, ...] = ()  # sha256 of the SCIP indexes that say more about the source, sorted

    def digest(self) -> str:
        plain = msgspec.to_builtins(self)
        if not self.scip:
            del plain["scip"]  # without an index the same job and docpack as before there were any
        return sha256_hex(canonical_json(plain))[:16]
