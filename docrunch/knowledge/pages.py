"""From pages and from what people wrote to `Document`\\ s. Both refer to code by citations: ``path#L3-L9``."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from docrunch.knowledge.names import clean, document_name
from docrunch.storage.model import Document, DocumentType, EntityType, Relation

MAX_CITED = 50  # files that one page is joined to
MAX_TEXT = 200_000  # characters of one page

_CITED = re.compile(r"`([^`\n#]{1,400})#L\d+(?:-L?\d+)?`")
_FENCE = re.compile(r"^```.*?^```[^\n]*$", re.MULTILINE | re.DOTALL)
_OVERVIEW = re.compile(r"^##\s+Overview\s*$(.*?)(?=^##\s|\Z)", re.MULTILINE | re.DOTALL)
_TYPES = {
    "decision": DocumentType.DECISION,
    "pattern": DocumentType.PATTERN,
    "module": DocumentType.MODULE,
}


def page_document(payload: Mapping[str, Any]) -> Document | None:
    """The document of a page ``{"path", "kind", "title", "text"}``; None for kinds that say nothing new.

    Decisions and patterns are taken whole, of a module's page its overview: the rest of it is in the graph already.
    """
    kind = _TYPES.get(str(payload.get("kind", "")))
    if kind is None:
        return None
    path, text = str(payload["path"]), clean(str(payload.get("text", ""))[:MAX_TEXT])
    cited = _cited(text)
    if kind is DocumentType.MODULE:
        found = _OVERVIEW.search(text)
        text = found.group(1) if found else text
        text = _FENCE.sub("", text)
    return Document(
        id=path,
        type=kind,
        title=clean(str(payload.get("title") or path)),
        content=text.strip(),
        metadata={
            "entity": document_name("doc", path),
            "kind": "page" if kind is DocumentType.MODULE else str(kind),
            "path": path,
            "embed": "1",
        },
        relationships=tuple(Relation(path, "documents") for path in cited),
    )


def written_document(entity_type: EntityType, payload: Any) -> Document:
    """The document that a finding, decision or report carries, with what the store needs added.

    Raises:
        msgspec.ValidationError: the payload is no document.
    """
    found = msgspec.convert(payload, Document)
    given = {key: clean(value) for key, value in found.metadata.items()}
    own = {"entity": document_name(str(entity_type), found.id), "kind": str(entity_type), "embed": "1"}
    return msgspec.structs.replace(
        found, title=clean(found.title), content=clean(found.content)[:MAX_TEXT], metadata={**given, **own}
    )


def _cited(text: str) -> list[str]:
    return sorted(dict.fromkeys(_CITED.findall(text)))[:MAX_CITED]
