"""Settings: what they are called, what they may be, where a value came from.

Precedence: flag > ``DOCRUNCH_*`` environment > ``.docrunch/config.yaml`` of the scanned project (allow-list only) >
user file > default. A scanned repository is not trusted to configure us: see `config_layers.project_layer`.
`docs/configuration.md` is generated from these models (`python -m docrunch.config_doc`).
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from docrunch.config_layers import Layer, env_layer, file_layer, flag_layer, merged, project_layer
from docrunch.errors import InvalidConfig
from docrunch.options import Limits
from docrunch.source.policy import SourcePolicy, parse_tokens

Port = Annotated[int, Field(ge=1, le=65535)]
Positive = Annotated[int, Field(ge=1)]


class Section(BaseModel):
    """A frozen group of settings; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class DatabaseSettings(Section):
    """Postgres 16 with pgvector, the source of truth."""

    url: SecretStr | None = Field(
        None, description="Address of a Postgres server, postgresql://user:password@host/name; unset: the embedded one"
    )


class TemporalSettings(Section):
    """The workflow server."""

    address: str | None = Field(None, description="host:port of a Temporal server; unset: the local one")
    namespace: str = Field("docrunch", min_length=1, description="namespace that holds all workflows")
    api_key: SecretStr | None = Field(None, description="API key of a hosted Temporal service")
    tls: bool = Field(False, description="connect with TLS (implied by an API key)")
    ui_url: str | None = Field(None, description="address of the Web UI of an external server, for links")
    port: Port = Field(7233, description="preferred port of the local server; the next free one where taken")
    ui_port: Port = Field(8080, description="preferred port of the local Web UI; the next free one where taken")


class ObjectsSettings(Section):
    """Content-addressed store of trees, graphs, matrices and docpacks."""

    url: str | None = Field(
        None, description="s3://bucket/prefix, gs://…, az://… or file:///…; unset: a directory in the home"
    )


class EmbeddingSettings(Section):
    """Which model turns texts into vectors, and where it runs."""

    device: Literal["auto", "gpu", "cpu"] = Field(
        "auto", description="gpu waits for a GPU worker; auto falls back to the CPU and says so"
    )
    backend: Literal["onnxruntime", "torch", "api"] = Field("onnxruntime", description="implementation on CPU workers")
    model: str | None = Field(
        None, description="model directory, hub name, or name at the API; unset: the bundled all-MiniLM-L6-v2"
    )
    text: Literal["card", "card+body"] = Field("card", description="what is embedded per symbol")
    instructions: dict[str, str] = Field(
        {}, description="text put in front of each text kind (card, body, section); part of its hash"
    )
    dimensions: Positive | None = Field(None, description="dimensions asked of an embeddings API")
    max_tokens: Positive = Field(256, description="longest text in tokens; longer ones are cut")
    threads: int = Field(0, ge=0, description="threads of the CPU encoder; 0: as many as the process may use")
    batch_tokens: Positive = Field(16_384, description="tokens of one GPU batch at most")
    gpu_wait_seconds: Positive = Field(90, description="how long auto waits for a GPU worker")


class LlmSettings(Section):
    """An OpenAI-compatible service. Nothing is sent anywhere unless it is set and chosen."""

    base_url: str | None = Field(None, description="base address; words answers of `ask`, and embedding.backend: api")
    api_key: SecretStr | None = Field(None, description="its API key")
    model: str | None = Field(None, description="chat model that words answers; unset: answers are quotations")
    timeout_seconds: float = Field(60.0, gt=0, description="longest wait for one answer")
    max_answer_tokens: Positive = Field(800, description="longest worded answer")


class SecuritySettings(Section):
    """Keys for what must be unreadable at rest."""

    kms_key: SecretStr | None = Field(None, description="key that encrypts stored credentials; none are stored yet")


class SourceSettings(Section):
    """What may be scanned. Every source is hostile until checked."""

    allowed_hosts: tuple[str, ...] = Field(
        ("github.com", "gitlab.com", "bitbucket.org"), description="hosts of https git URLs"
    )
    git_tokens: dict[str, SecretStr] = Field(
        {}, description="token per host, host=token,…; only ever sent to that host"
    )
    allow_local: bool = Field(True, description="scan paths of this machine; off for servers with remote users")
    allow_private_addresses: bool = Field(False, description="allow git hosts on private networks")
    ports: tuple[Port, ...] = Field((443,), description="ports of git hosts")
    ca_file: Path | None = Field(None, description="PEM bundle of certificate authorities for git hosts")
    fetch_seconds: float = Field(900.0, gt=0, description="longest git fetch")

    def to_policy(self) -> SourcePolicy:
        """Raises:
        InvalidConfig: a token is not HOST=TOKEN; it is not repeated.
        """
        tokens = ",".join(f"{host}={token.get_secret_value()}" for host, token in self.git_tokens.items())
        return SourcePolicy(
            allow_hosts=self.allowed_hosts,
            tokens=parse_tokens(tokens),
            allow_local=self.allow_local,
            allow_private=self.allow_private_addresses,
            ports=self.ports,
            ca_file=str(self.ca_file or ""),
            fetch_seconds=self.fetch_seconds,
        )


class LimitsSettings(Section):
    """What one scan may consume. A scanned project may lower these, never raise them."""

    max_file_bytes: Positive = Field(1_000_000, description="larger files are listed, not parsed")
    max_files: Positive = Field(200_000, description="files of one scan")
    max_total_bytes: Positive = Field(4_000_000_000, description="text of one scan")
    max_archive_bytes: Positive = Field(2_000_000_000, description="unpacked size of an archive")
    max_archive_ratio: Positive = Field(200, description="unpacked size / packed size of an archive")
    max_path_bytes: Positive = Field(1024, description="longest path")
    max_nodes: Positive = Field(2_000_000, description="syntax nodes of one file")
    max_depth: Positive = Field(2_000, description="nesting of one file")
    parse_seconds: float = Field(20.0, gt=0, description="time to parse one file")
    parse_memory_bytes: Positive = Field(1_500_000_000, description="memory to parse one file")
    fail_share: float = Field(0.2, ge=0, le=1, description="share of files that may be lost before a scan fails")

    def to_limits(self) -> Limits:
        return Limits(**self.model_dump())


class ScanSettings(Section):
    """Which files of a source are looked at, and as what."""

    include: tuple[str, ...] = Field((), description="gitignore-style globs; where given, only these files")
    exclude: tuple[str, ...] = Field((), description="gitignore-style globs of files to leave out")
    languages: dict[str, str] = Field({}, description="glob → language, where detection is wrong")


class DocsSettings(Section):
    """The documentation tree."""

    title: str | None = Field(None, max_length=200, description="title of the index page; unset: the repository")
    templates: Path | None = Field(None, description="directory of templates that replace ours")


class SyncSettings(Section):
    """How derived stores follow Postgres."""

    enabled: bool = Field(True, description="keep derived stores up to date; off: they stay as they are")
    targets: tuple[str, ...] = Field(("lightrag", "markdown"), description="derived stores that are kept")
    max_retries: Positive = Field(5, description="attempts for one entity before it is given up as dead")
    backoff_seconds: float = Field(2.0, gt=0, description="wait after the first failed attempt; doubles each time")
    max_backoff_seconds: float = Field(120.0, gt=0, description="longest wait between attempts")
    report_sla_seconds: float = Field(60.0, gt=0, description="findings, decisions and reports arrive within this")
    scan_sla_seconds: float = Field(300.0, gt=0, description="published scans arrive within this")
    poll_interval_seconds: float = Field(5.0, gt=0, description="how often a running sync looks for what is due")
    prioritize: Literal["reports", "none"] = Field("reports", description="what goes first")
    rebuild_backlog: Positive = Field(50_000, description="waiting entities of one ref above which it is built anew")


class LightRAGSettings(Section):
    """The knowledge graph."""

    base_url: str | None = Field(None, description="address of a LightRAG server to read from instead; never written")
    embedding_model: str | None = Field(
        None,
        description="name its tables carry; unset: that of the scan's encoder. Another name takes a workspace along "
        "with its next change. Which model makes vectors: embedding.model",
    )
    chunk_size: int = Field(
        900,
        ge=200,
        description="characters of one text; entities keep theirs until they change or `docrunch sync rebuild "
        "--target lightrag`",
    )
    chunk_overlap: int = Field(
        0, ge=0, description="characters that neighbouring texts of a page share, at most a quarter of chunk_size"
    )

    @field_validator("chunk_overlap")
    @classmethod
    def _is_a_part(cls, overlap: int, others: ValidationInfo) -> int:
        size = others.data.get("chunk_size", 0)  # 0: it is refused itself
        if size and overlap > size // 4:
            raise PydanticCustomError(
                "overlap",
                "chunk_overlap {overlap} is more than a quarter of chunk_size {size}",
                {"overlap": overlap, "size": size},
            )
        return overlap


class MarkdownSettings(Section):
    """Documentation trees on disk."""

    path: Path | None = Field(None, description="directory that holds them; unset: docs below the home")
    repository: Path | None = Field(None, description="local git repository to commit them to instead; never pushed")
    branch: str = Field("docrunch-docs", min_length=1, description="branch of that repository")


class StorageSettings(Section):
    """Stores that are derived from Postgres."""

    vector_db: Literal["lightrag"] = Field(
        "lightrag", description="which knowledge graph is kept; there is one. storage.sync.targets says whether it is"
    )
    lightrag: LightRAGSettings = LightRAGSettings()
    markdown: MarkdownSettings = MarkdownSettings()
    sync: SyncSettings = SyncSettings()


class CacheSettings(Section):
    """Results that are kept to be used again."""

    grace_hours: float = Field(24.0, ge=0, description="age below which cleanup leaves unused entries alone")
    ready_mb: Positive = Field(1_000, description="megabytes of scans that a query worker keeps ready to be asked")


class RetentionSettings(Section):
    """What cleanup keeps."""

    scans_per_ref: Positive = Field(20, description="published scans kept per ref")
    events_days: Positive = Field(90, description="days that events are kept")


class WorkersSettings(Section):
    """How work is spread over processes."""

    parse_processes: int = Field(0, ge=0, description="parser children of one ingest worker; 0: one per CPU")
    shutdown_seconds: Positive = Field(10, description="time running activities get to stop")


class HealthSettings(Section):
    """/healthz and /readyz."""

    port: Port = Field(8787, description="preferred port; the next free one where taken")


class LoggingSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="least severity that is written")
    format: Literal["json", "console"] = Field("json", description="one JSON object per line, or for people")


class TelemetrySettings(Section):
    otlp_endpoint: str | None = Field(
        None, description="OTLP/HTTP address for traces and metrics; OTEL_EXPORTER_OTLP_ENDPOINT works as well"
    )
    metrics_port: Port | None = Field(
        None,
        description="port of this machine where a worker serves metrics to Prometheus, without an OTLP address; the "
        "processes of the local stack take it and those after it",
    )
    service_name: str = Field("docrunch", min_length=1, description="name of this service in traces")

    @property
    def exporter(self) -> str | None:
        """Address that takes traces and metrics, where there is one."""
        return self.otlp_endpoint or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None


class Settings(Section):
    """All settings of Docrunch. ``Settings()`` holds the defaults; `load_settings` reads all layers."""

    home: Path = Field(
        default_factory=lambda: default_home(),
        description="directory of all local state; as root /var/lib/docrunch, else the user data directory",
    )
    build_id: str | None = Field(None, description="build of this worker; set: worker versioning is on")
    database: DatabaseSettings = DatabaseSettings()
    temporal: TemporalSettings = TemporalSettings()
    objects: ObjectsSettings = ObjectsSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    llm: LlmSettings = LlmSettings()
    security: SecuritySettings = SecuritySettings()
    source: SourceSettings = SourceSettings()
    limits: LimitsSettings = LimitsSettings()
    scan: ScanSettings = ScanSettings()
    docs: DocsSettings = DocsSettings()
    storage: StorageSettings = StorageSettings()
    cache: CacheSettings = CacheSettings()
    retention: RetentionSettings = RetentionSettings()
    workers: WorkersSettings = WorkersSettings()
    health: HealthSettings = HealthSettings()
    logging: LoggingSettings = LoggingSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @property
    def objects_url(self) -> str:
        """Address of the object store; a directory below the home unless configured."""
        return self.objects.url or (self.home / "objects").as_uri()

    @property
    def markdown_dir(self) -> Path:
        """Directory of the documentation trees; below the home unless configured."""
        return self.storage.markdown.path or self.home / "docs"

    @property
    def run_dir(self) -> Path:
        """Working directory of all processes of the local stack."""
        return self.home / "run"

    @property
    def cache_dir(self) -> Path:
        return self.home / "cache"

    def with_changes(self, changes: Mapping[str, object]) -> "Settings":
        """A copy with dotted keys replaced, validated again."""
        data = self.model_dump()
        for key, value in changes.items():
            *parents, last = key.split(".")
            node = data
            for parent in parents:
                node = node[parent]
            node[last] = value
        return Settings.model_validate(data)


class Loaded(Section):
    """Settings and, per dotted key that is not at its default, where its value came from."""

    settings: Settings
    origins: dict[str, str]

    def origin(self, key: str) -> str:
        found = (where for name, where in self.origins.items() if key == name or key.startswith(name + "."))
        return next(found, "default")


def default_home() -> Path:
    """User data directory; ``/var/lib/docrunch`` as root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/docrunch")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "docrunch"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "docrunch"


def user_file() -> Path:
    """Where a person keeps settings for all projects."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "docrunch" / "config.yaml"


def load(
    flags: Mapping[str, object] | None = None,
    *,
    project: Path | None = None,
    env: Mapping[str, str] | None = None,
    user: Path | None = None,
) -> Loaded:
    """Read and check all layers.

    Args:
        flags: dotted key → value; ``None`` values count as not given.
        project: root of a scanned local source, whose ``.docrunch/config.yaml`` may narrow the scan.

    Raises:
        InvalidConfig: an unknown key or environment name, or a value that cannot be; names the setting, where it
            was set, and what it should be.
    """
    base: list[Layer] = [file_layer(Settings, user or user_file())]
    if project is not None:
        trusted = _validate(merged(base), base)
        base.append(project_layer(Settings, project, trusted))
    layers = [*base, env_layer(Settings, os.environ if env is None else env), flag_layer(Settings, flags or {})]
    settings = _validate(merged(layers), layers)
    origins = {key: layer.where(key) for layer in layers for key in layer.values}
    return Loaded(settings=settings.model_copy(update={"home": settings.home.expanduser().absolute()}), origins=origins)


def load_settings(
    flags: Mapping[str, object] | None = None, *, project: Path | None = None, env: Mapping[str, str] | None = None
) -> Settings:
    """The settings of `load`, without their origins."""
    return load(flags, project=project, env=env).settings


def _validate(data: dict[str, Any], layers: list[Layer]) -> Settings:
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise _explain(error, layers) from None


def _explain(error: ValidationError, layers: list[Layer]) -> InvalidConfig:
    first = error.errors(include_input=False, include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    setter = next((layer for layer in reversed(layers) for name in layer.values if key.startswith(name)), None)
    name = next((name for layer in layers for name in layer.values if key.startswith(name)), key)
    where = f" (set by {setter.where(name)})" if setter else ""
    return InvalidConfig(
        f"setting {name}{where} is not valid: {first['msg'][0].lower()}{first['msg'][1:]}",
        hint="`docrunch config show` lists every setting; docs/configuration.md explains them.",
    )
