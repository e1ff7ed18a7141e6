"""`query`: indexes and vectors of scans, and an encoder for questions."""

from activities.full_text import FullText
from activities.query import Queries
from activities.query_encoder import QueryEncoder
from activities.search_views import SearchViews
from docrunch.config import Settings
from docrunch.config_encoder import encoder_settings
from docrunch.embedding.encoders import open_encoder
from docrunch.embedding.model import Encoder
from workers.composition.shared import Shared


def make(shared: Shared) -> list[object]:
    encoder = QueryEncoder(lambda: _load(shared.settings))
    if shared.settings.embedding.backend != "api":
        encoder.warm()
    views = SearchViews(shared.database, shared.objects, shared.settings.cache_dir / "spool")
    return [Queries(shared.database, views, encoder, FullText(shared.database, shared.worlds))]


def _load(settings: Settings) -> Encoder:
    key = settings.llm.api_key
    return open_encoder(encoder_settings(settings, gpu=False), api_key=key.get_secret_value() if key else None)
