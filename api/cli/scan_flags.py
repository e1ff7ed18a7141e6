"""The options of ``docrunch scan``, and what they mean together."""

from pathlib import Path

import msgspec

from docrunch.config import Settings
from docrunch.errors import UsageError
from docrunch.options import ScanOptions

DEFAULT_DOCS = Path("docrunch-docs")


class ScanFlags(msgspec.Struct, frozen=True):
    source: str
    name: str | None = None
    ref: str | None = None
    path: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    docpack: Path | None = None
    docs: Path | None = None
    estimate: bool = False
    watch: bool = False
    wait: bool = True
    embeddings: bool = True
    strict: bool = False
    offline: bool = False
    scip: tuple[Path, ...] = ()
    as_json: bool = False

    def check(self) -> None:
        """Raises:
        UsageError: two options exclude each other.
        """
        exclusive = {
            "--no-wait": not self.wait,
            "--offline": self.offline,
            "--estimate": self.estimate,
            "--watch": self.watch,
        }
        given = [name for name, on in exclusive.items() if on]
        if len(given) > 1 and set(given) != {"--offline", "--watch"}:
            raise UsageError(f"{given[0]} and {given[1]} exclude each other")

    def options(self, settings: Settings) -> ScanOptions:
        """What changes the result: flags over settings."""
        return ScanOptions(
            path=self.path,
            include=self.include or settings.scan.include,
            exclude=(*settings.scan.exclude, *self.exclude),
            embeddings=self.embeddings,
            embedding_text=settings.embedding.text,
            docs_title=settings.docs.title,
            languages=tuple(sorted(settings.scan.languages.items())),
            limits=settings.limits.to_limits(),
        )
