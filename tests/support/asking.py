"""A world to ask questions of, made of a few files as they would be scanned."""

from collections.abc import Mapping
from pathlib import Path

from docrunch.ask.compose import find_answer
from docrunch.ask.library import Library
from docrunch.ask.model import Answer
from docrunch.ask.question import read_question
from docrunch.ask.world import World, world_of
from docrunch.graph.link import link
from docrunch.graph.queries.index import build
from docrunch.options import ScanOptions
from docrunch.parsing.catalog import detect
from docrunch.parsing.extract import extract
from docrunch.source.model import TreeReader
from docrunch.source.policy import SourcePolicy
from docrunch.source.resolve import open_source
from docrunch.source.spec import parse_spec
