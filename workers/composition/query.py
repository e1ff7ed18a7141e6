"""`query`: indexes and vectors of scans, and an encoder for questions."""

from activities.ask import Ask, Chat
from activities.ask_worlds import AskWorlds
from activities.full_text import FullText
from activities.query import Queries
from activities.query_encoder import QueryEncoder
from activities.ready_scans import ReadyScans
from activities.search_views import SearchViews
from activities.search_warming import SearchWarming
from activities.worlds import Worlds
from docrunch.config import Settings
from docrunch.config_encoder import encoder_settings
from docrunch.embedding.encoders import open_encoder
from docrunch.embedding.model import Encoder
from docrunch.llm.chat import ChatModel
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    settings = shared.settings
    encoder = QueryEncoder(lambda: _load(settings))
    if settings.embedding.backend != "api":
        encoder.warm()
    objects = Worlds(shared.objects, settings.cache_dir / "spool", graphs=0)
    ready = ReadyScans(settings.cache.ready_mb * 1_000_000)
    views, worlds = SearchViews(shared.database, objects, ready), AskWorlds(objects, ready)
    queries = Queries(shared.database, views, encoder, FullText(shared.database, objects))
    ask = Ask(shared.database, worlds, queries.search, _chat(settings))
    warming = SearchWarming(shared.database, views, worlds)
    warming.start()
    return [queries, ask, warming]


def _chat(settings: Settings) -> Chat | None:
    """How answers are worded, where a model is configured."""
    llm = settings.llm
    if not llm.base_url or not llm.model:
        return None
    key = llm.api_key.get_secret_value() if llm.api_key else None
    model = ChatModel(
        model=llm.model,
        base_url=llm.base_url,
        api_key=key,
        timeout=llm.timeout_seconds,
        max_tokens=llm.max_answer_tokens,
    )
    return Chat(model, llm.timeout_seconds)


def _load(settings: Settings) -> Encoder:
    key = settings.llm.api_key
    return open_encoder(encoder_settings(settings, gpu=False), api_key=key.get_secret_value() if key else None)
