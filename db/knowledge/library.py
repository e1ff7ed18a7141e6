"""LightRAG, imported so that nothing around it steers it, and told where our database is.

It reads ``.env`` and ``config.ini`` of the working directory, a dozen variables of the environment, and installs
packages where it misses one. A scanned repository may be the working directory, so none of that may happen.
"""

import logging
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy.engine import make_url

from docrunch.errors import Failed, InvalidConfig

SCHEMA = "lightrag"
CONNECTIONS = 4  # of the pool that all workspaces of a process share
TOKEN_BYTES = 4

Embed = Callable[..., Awaitable[npt.NDArray[np.float32]]]

_lock = threading.Lock()
_address: dict[str, Any] = {}
# Read by the library when it is imported, when an instance is made, or by its storages.
_STEERING = (
    *("PYTHON_DOTENV_DISABLED", "POSTGRES_", "LIGHTRAG_", "ENTITY_TYPES", "WORKSPACE", "TOP_K", "CHUNK_", "MAX_"),
    *("COSINE_", "EMBEDDING_", "LLM_", "RERANK_", "FORCE_", "ENABLE_", "KG_", "RELATED_", "SUMMARY_", "OPENAI_"),
    *("VERBOSE", "LOG_"),
)


def load() -> Any:
    """The module ``lightrag``, with its own configuration switched off.

    Raises:
        InvalidConfig: it is not installed.
    """
    with _lock:
        if "lightrag.lightrag" in sys.modules and _patched():
            return sys.modules["lightrag"]
        with undisturbed():
            try:
                import pipmaster

                for name in ("install", "install_multiple", "install_or_update", "ensure_packages"):
                    if hasattr(pipmaster, name):
                        setattr(pipmaster, name, _never_install)
                import lightrag
                from lightrag.kg import pgtable_impl, postgres_impl  # found by name when an instance is made
            except ImportError as error:
                raise InvalidConfig(
                    f"the knowledge graph needs {error.name}, which is not installed",
                    hint="Install the packages of requirements.lock, or take lightrag out of storage.sync.targets.",
                ) from None
        del pgtable_impl
        postgres_impl.ClientManager.get_config = staticmethod(_configuration)
        logger = logging.getLogger("lightrag")
        logger.setLevel(logging.CRITICAL)  # it reports probing for tables as errors; what fails is raised
        logger.propagate = False
        return lightrag


def _patched() -> bool:
    from lightrag.kg import postgres_impl

    return postgres_impl.ClientManager.get_config is _configuration


def _never_install(*names: Any, **_: Any) -> None:
    raise Failed(f"LightRAG asks for a package that is not installed: {names}")


@contextmanager
def undisturbed() -> Iterator[None]:
    """No variable of the environment and no ``.env`` reaches the library."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_STEERING)}
    # It insists that these are set, and then takes what `_configuration` says.
    required = dict.fromkeys(("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DATABASE"), "unused")
    os.environ.update(required, PYTHON_DOTENV_DISABLED="1")
    try:
        yield
    finally:
        for name in (*required, "PYTHON_DOTENV_DISABLED"):
            os.environ.pop(name, None)
        os.environ.update(hidden)


def connect_to(url: str, connections: int = CONNECTIONS) -> None:
    """Which database all instances of this process use from the next first one on."""
    _address.clear()
    _address.update(address(url), max_connections=connections)


def address(url: str) -> dict[str, Any]:
    """Where the database is, in the words of the library; a socket directory is a host."""
    parsed = make_url(url)
    query = {name: value if isinstance(value, str) else value[0] for name, value in parsed.query.items()}
    host = query.get("host") or parsed.host or "localhost"
    return {
        "host": host,
        "port": int(query.get("port") or parsed.port or 5432),
        "user": query.get("user") or parsed.username or "postgres",
        "password": query.get("password") or parsed.password or "",
        "database": parsed.database,
        "ssl_mode": query.get("sslmode"),
        "ssl_cert": query.get("sslcert"),
        "ssl_key": query.get("sslkey"),
        "ssl_root_cert": query.get("sslrootcert"),
        "ssl_crl": query.get("sslcrl"),
    }


def _configuration(vector_storage: str | None = None) -> dict[str, Any]:
    """What the library asks of its environment. No index over vectors: one is shared by all workspaces and filtered
    afterwards, which returns 5 of 20 rows; the exact scan of one workspace returns all, and is faster."""
    return {
        **_address,
        "workspace": None,
        "enable_vector": vector_storage == "PGVectorStorage",
        "vector_index_type": "",
        "hnsw_m": 16,
        "hnsw_ef": 64,
        "ivfflat_lists": 100,
        "vchordrq_build_options": "",
        "vchordrq_probes": "",
        "vchordrq_epsilon": 1.9,
        "server_settings": f"search_path={SCHEMA},public&application_name=docrunch-lightrag",
        "statement_cache_size": None,
        # A database that is away is said at once: whoever asks knows when to try again.
        "connection_retry_attempts": 2,
        "connection_retry_backoff": 0.2,
        "connection_retry_backoff_max": 0.5,
        "pool_close_timeout": 5.0,
    }


class ByteTokens:
    """Four bytes are a token: near enough for budgets, needs no download, and has no state to share."""

    def encode(self, content: str) -> list[int]:
        data = content.encode("utf-8", "replace")
        return [int.from_bytes(b"\1" + data[at : at + TOKEN_BYTES], "big") for at in range(0, len(data), TOKEN_BYTES)]

    def decode(self, tokens: Sequence[int]) -> str:
        return b"".join(each.to_bytes((each.bit_length() + 7) // 8, "big")[1:] for each in tokens).decode(
            "utf-8", "replace"
        )

    def __deepcopy__(self, _: object) -> "ByteTokens":
        return self


async def no_model(*_: Any, **__: Any) -> str:
    raise Failed("the knowledge graph asked a language model, which it never needs")


async def make_instance(workspace: str, model: str, dimensions: int, embed: Embed, folder: Path) -> Any:
    """An instance with its storages open. Its tables must be there (`db.knowledge.schema`), or nobody else make them.

    Args:
        model: short name that tables carry, so that vectors of two encoders never meet.
        folder: working directory of the library; nothing of value is kept there.
    """
    library = load()
    from lightrag.utils import EmbeddingFunc, Tokenizer

    with undisturbed():
        made = library.LightRAG(
            working_dir=str(folder),
            workspace=workspace,
            kv_storage="PGKVStorage",
            vector_storage="PGVectorStorage",
            graph_storage="PGTableGraphStorage",
            doc_status_storage="PGDocStatusStorage",
            embedding_func=EmbeddingFunc(embedding_dim=dimensions, max_token_size=8192, func=embed, model_name=model),
            llm_model_func=no_model,
            tokenizer=Tokenizer("bytes4", ByteTokens()),
            enable_llm_cache=False,
            enable_llm_cache_for_entity_extract=False,
            embedding_batch_num=2048,
            embedding_func_max_async=2,
            cosine_better_than_threshold=0.2,
            max_graph_nodes=1000,
            auto_manage_storages_states=False,
        )
        await made.initialize_storages()
    return made
