"""GraphQL: one schema per repository; types, fragments and directives are known by name in all its documents."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.scopes import SharedScopes
from docrunch.graph.resolve.reads import SCOPE_FILES
from docrunch.graph.resolve.values import NO_CANDIDATE, Value, miss

if TYPE_CHECKING:
    from docrunch.graph.resolve.index import Index
    from docrunch.graph.resolve.resolver import Resolver

_EVERYWHERE = "*"


class GraphQL(Family):
    attaches = True  # `extend type`

    def __init__(self, key: str, index: "Index") -> None:
        super().__init__(key, index)
        self._scopes = SharedScopes(key, index)

    def file_member(self, r: "Resolver", file: int, name: str) -> Value:
        """One that the file itself defines comes first: a repository may hold several schemas."""
        found = r.index.top(file, name) or self._scopes.definitions(_EVERYWHERE, name)
        return r.hierarchy.pick(found, self) if found else miss(NO_CANDIDATE)

    def tables(self) -> Mapping[str, dict[str, str]]:
        return {SCOPE_FILES: self._scopes.table()}
