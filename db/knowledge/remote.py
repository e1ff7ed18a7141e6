"""A LightRAG server that somebody else fills: read over HTTP, never written."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from docrunch.errors import AuthError, Failed, InvalidConfig, Unreachable, UsageError
from docrunch.knowledge.answers import SHORTEST, checked, found, keywords_of
from docrunch.storage.model import Document
from docrunch.storage.ports import Found, Neighbour

TIMEOUT = 15.0  # seconds of one request
MAX_ANSWER = 32 * 1024 * 1024  # bytes
MAX_NODES = 1000


class RemoteStorage:
    """`docrunch.storage.ports.LightRAGStorage`, but for what writes.

    Raises (all methods):
        Unreachable, AuthError: the server does not answer, or refuses.
        Failed: it answers something else than a LightRAG server does.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.username is not None or parts.password is not None:  # it would be shown by `health` and in errors
            raise InvalidConfig(
                "storage.lightrag.base_url carries a user or a password",
                hint="Give the address alone; put a proxy that signs in before a server that asks for it.",
            )
        if parts.scheme not in ("http", "https"):
            raise InvalidConfig(
                f"storage.lightrag.base_url is {base_url!r}", hint="It starts with http:// or https://."
            )
        self._base = base_url.rstrip("/")

    async def index(self, documents: Sequence[Document]) -> int:
        raise _read_only()

    async def update(self, documents: Sequence[Document], removed: Sequence[str] = ()) -> int:
        raise _read_only()

    async def search(
        self, query: str, *, mode: str = "mix", limit: int = 10, keywords: Sequence[str] = ()
    ) -> list[Found]:
        asked = checked(query, mode, limit)
        if len(asked) < SHORTEST:
            return []
        entities, relations = keywords_of(asked, keywords)
        body = {
            "query": asked,
            "mode": mode,
            "hl_keywords": relations,
            "ll_keywords": entities,
            "top_k": max(20, 2 * limit),
            "chunk_top_k": max(20, 2 * limit),
            "enable_rerank": False,
        }
        answer = await self._ask("/query/data", body)
        if answer.get("status") != "success":
            return []
        return found(answer.get("data") or {}, {}, {}, mode=mode, limit=limit)

    async def get_related(self, document_id: str, *, depth: int = 1, limit: int = 50) -> list[Neighbour]:
        """By the name of an entity. The server says who is joined to whom, not how far apart: distances are counted."""
        nodes, edges = await self._graph(document_id, depth, min(MAX_NODES, limit * 4))
        distances, frontier, made = {document_id: 0}, [document_id], list[Neighbour]()
        for distance in range(1, depth + 1):
            types: dict[str, set[str]] = {}
            for edge in edges:
                for here, there in ((edge["source"], edge["target"]), (edge["target"], edge["source"])):
                    if here in frontier and there not in distances:
                        types.setdefault(there, set()).update(_keywords(edge))
            for name in sorted(types):
                distances[name] = distance
                row = nodes.get(name, {})
                shown = str(row.get("title") or name)
                made.append(Neighbour(str(row.get("document_id") or name), shown, tuple(sorted(types[name])), distance))
            frontier = list(types)
        return made[:limit]

    async def export_graph(self) -> Mapping[str, Any]:
        """What the server gives at once: at most its own limit of nodes."""
        nodes, edges = await self._graph("*", 3, MAX_NODES)
        return {
            "directed": False,
            "multigraph": False,
            "graph": {"server": self._base, "at_most": MAX_NODES},
            "nodes": [{"id": name, **nodes[name]} for name in sorted(nodes)],
            "edges": sorted(
                ({"source": e["source"], "target": e["target"], **(e.get("properties") or {})} for e in edges),
                key=lambda row: (row["source"], row["target"]),
            ),
        }

    async def health(self) -> dict[str, Any]:
        answer = await self._ask("/health", None)
        return {
            "status": "ok" if answer.get("status") == "healthy" else str(answer.get("status")),
            "server": self._base,
        }

    async def _graph(self, label: str, depth: int, most: int) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
        given = urlencode({"label": label, "max_depth": depth, "max_nodes": most})
        answer = await self._ask(f"/graphs?{given}", None)
        try:
            nodes = {str(node["id"]): dict(node.get("properties") or {}) for node in answer["nodes"]}
            return nodes, [edge for edge in answer["edges"] if edge["source"] in nodes and edge["target"] in nodes]
        except (KeyError, TypeError) as error:
            raise _other(self._base) from error

    async def _ask(self, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        return await asyncio.to_thread(self._request, path, body)

    def _request(self, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._base}{path}", data, headers)  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
                read = response.read(MAX_ANSWER + 1)
        except urllib.error.HTTPError as error:
            if error.code in (401, 403):
                raise AuthError("the LightRAG server refuses us", hint="Check storage.lightrag.base_url.") from error
            raise Failed(f"the LightRAG server answers {error.code} to {path.split('?')[0]}") from error
        except OSError as error:
            raise Unreachable(f"the LightRAG server at {self._base} does not answer ({error})") from error
        if len(read) > MAX_ANSWER:
            raise Failed(f"the LightRAG server answers more than {MAX_ANSWER >> 20} MB")
        try:
            answer = json.loads(read)
        except ValueError as error:
            raise _other(self._base) from error
        if not isinstance(answer, dict):
            raise _other(self._base)
        return answer


def _keywords(edge: Mapping[str, Any]) -> list[str]:
    found = str((edge.get("properties") or {}).get("keywords") or edge.get("type") or "")
    return [each for each in found.split(",") if each]


def _read_only() -> UsageError:
    return UsageError(
        "a remote LightRAG server is only read",
        hint="Leave storage.lightrag.base_url unset, and the graph is written to the database.",
    )


def _other(base: str) -> Failed:
    return Failed(f"{base} does not answer as a LightRAG server does")
