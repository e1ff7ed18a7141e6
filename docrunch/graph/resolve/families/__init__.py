"""The families of languages, by key. A language without rules of its own gets those of `base.Family`."""

from docrunch.graph.resolve.families.base import Family
from docrunch.graph.resolve.families.c import C
from docrunch.graph.resolve.families.csharp import CSharp
from docrunch.graph.resolve.families.elixir import Elixir
from docrunch.graph.resolve.families.go import Go
from docrunch.graph.resolve.families.graphql import GraphQL
from docrunch.graph.resolve.families.hcl import Hcl
from docrunch.graph.resolve.families.javascript import JavaScript
from docrunch.graph.resolve.families.jvm import Jvm
from docrunch.graph.resolve.families.lua import Lua
from docrunch.graph.resolve.families.php import Php
from docrunch.graph.resolve.families.proto import Proto
from docrunch.graph.resolve.families.python import Python
from docrunch.graph.resolve.families.ruby import Ruby
from docrunch.graph.resolve.families.rust import Rust
from docrunch.graph.resolve.families.scala import Scala
from docrunch.graph.resolve.families.sourced import Sourced
from docrunch.graph.resolve.families.swift import Swift
from docrunch.graph.resolve.index import Index

_FAMILIES: dict[str, type[Family]] = {
    "bash": Sourced,
    "c": C,
    "csharp": CSharp,
    "elixir": Elixir,
    "go": Go,
    "graphql": GraphQL,
    "hcl": Hcl,
    "javascript": JavaScript,
    "jvm": Jvm,
    "lua": Lua,
    "makefile": Sourced,
    "php": Php,
    "proto": Proto,
    "python": Python,
    "ruby": Ruby,
    "rust": Rust,
    "scala": Scala,
    "swift": Swift,
}


def families_of(index: Index) -> dict[str, Family]:
    """One object for each family that the tree has files of."""
    return {key: _FAMILIES.get(key, Family)(key, index) for key in sorted(set(index.families))}
