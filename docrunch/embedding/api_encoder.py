"""Embeddings from an OpenAI-compatible API. Off by default: texts leave the machine.

The service decides the bits of a vector and may change them between calls, so the fingerprint of such an encoder
names the service and the model instead of measuring vectors: measured, it could differ between two workers of one
scan, and each measurement would be paid for.
"""

import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import numpy as np
import openai

from docrunch.canonical import canonical_json, sha256_hex
from docrunch.embedding.batching import checked
from docrunch.embedding.fingerprint import make_spec
from docrunch.embedding.model import EncoderSpec, EncodeStats, Prepared, Vectors
from docrunch.embedding.words import estimate_tokens
from docrunch.errors import AuthError, DocrunchError, Failed, InvalidConfig, LimitExceeded, Unreachable

MAX_ROWS = 128  # texts of one request
MAX_REQUEST_TOKENS = 50_000  # estimated; services accept several times as many
MAX_RETRIES = 3  # per request, with back-off; Retry-After is honoured by the SDK
_BYTES_PER_TOKEN = 4  # of a text that is cut at max_tokens: services tokenise, we can only estimate


class ApiEncoder:
    """See `docrunch.embedding.model.Encoder`."""

    def __init__(
        self,
        *,
        model: str | None,
        base_url: str | None,
        api_key: str | None,
        dimensions: int | None,
        max_tokens: int,
        instructions: dict[str, str],
        timeout: float,
    ) -> None:
        if not model or not base_url:
            raise InvalidConfig(
                "embedding.backend api needs embedding.model and the address of the service",
                hint="Set embedding.model and llm.base_url.",
            )
        try:
            self._client = openai.OpenAI(base_url=base_url, api_key=api_key, timeout=timeout, max_retries=MAX_RETRIES)
        except openai.OpenAIError as error:
            raise AuthError("no API key for the embeddings service", hint="Set llm.api_key.") from error
        self._model = model
        self._asked = dimensions
        self._max_tokens = max_tokens
        self._stats = EncodeStats()
        self._dimensions = dimensions or 0
        self._dimensions = self._request(["dimensions"]).shape[1]
        service = urlsplit(base_url)
        self._spec = make_spec(
            model=model,
            backend="api",
            precision="remote",
            dimensions=self._dimensions,
            max_tokens=max_tokens,
            fingerprint=sha256_hex(canonical_json([service.hostname, service.port, service.path, model])),
            weights_sha256="",
            instructions=instructions,
        )

    @property
    def spec(self) -> EncoderSpec:
        return self._spec

    @property
    def stats(self) -> EncodeStats:
        return self._stats

    def prepare(self, texts: Sequence[str]) -> Prepared:
        """See `docrunch.embedding.model.Encoder.prepare`: the service tokenises."""
        return Prepared(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        started = time.perf_counter()
        vectors = np.empty((len(texts), self._dimensions), np.float32)
        row = 0
        for batch in self._batches([self._cut(text) for text in texts]):
            vectors[row : row + len(batch)] = self._request(batch)
            row += len(batch)
            self._stats.batches += 1
            self._stats.texts += len(batch)
        self._stats.seconds += time.perf_counter() - started
        return vectors

    def close(self) -> None:
        self._client.close()

    def _cut(self, text: str) -> str:
        """Texts above the estimate are cut by bytes; an empty text, which services refuse, becomes a space."""
        clean = text.encode("utf-8", "replace")
        if estimate_tokens(text) > self._max_tokens:
            clean = clean[: self._max_tokens * _BYTES_PER_TOKEN]
        return clean.decode("utf-8", "ignore") or " "

    def _batches(self, texts: Sequence[str]) -> Iterator[list[str]]:
        held: list[str] = []
        cost = 0
        for text in texts:
            price = estimate_tokens(text)
            if held and (len(held) == MAX_ROWS or cost + price > MAX_REQUEST_TOKENS):
                yield held
                held, cost = [], 0
            held.append(text)
            cost += price
        if held:
            yield held

    def _request(self, texts: list[str]) -> Vectors:
        try:
            answer = self._client.embeddings.create(
                model=self._model,
                input=texts,
                encoding_format="float",
                dimensions=self._asked if self._asked is not None else openai.omit,
            )
            if answer.usage is not None:
                self._stats.tokens += answer.usage.prompt_tokens
                self._stats.padded_tokens += answer.usage.prompt_tokens
            rows = {item.index: item.embedding for item in answer.data}
            ordered = [rows[index] for index in range(len(texts))]
            if len(answer.data) != len(texts):
                raise Failed(f"the embeddings service answered {len(answer.data)} vectors for {len(texts)} texts")
            found = np.array(ordered, np.float32)
        except openai.OpenAIError as error:
            raise mapped(error, self._model) from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Failed(f"the embeddings service answered something that is no list of vectors: {error!r}") from error
        return self._unit(found)

    def _unit(self, found: Vectors) -> Vectors:
        if found.ndim != 2 or (self._dimensions and found.shape[1] != self._dimensions):
            raise Failed(
                f"the embeddings service answered vectors of {found.shape[1:]} dimensions, not {self._dimensions}",
                hint="embedding.dimensions must be one that the model offers, or unset.",
            )
        lengths = np.linalg.norm(found.astype(np.float64), axis=1, keepdims=True)
        return checked((found / np.where(lengths > 0, lengths, 1.0)).astype(np.float32))


def mapped(error: openai.OpenAIError, model: str) -> DocrunchError:
    """The error of the SDK as ours; its message may quote the text that was sent, so only its kind is kept."""
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return AuthError("the embeddings service refused the API key", hint="Check llm.api_key.")
    if isinstance(error, openai.RateLimitError) and error.code == "insufficient_quota":
        return LimitExceeded("the quota at the embeddings service is used up")
    if isinstance(error, openai.NotFoundError):
        return InvalidConfig(f"the embeddings service knows no model {model!r}", hint="Check embedding.model.")
    if isinstance(error, openai.APIResponseValidationError):
        return Failed("the embeddings service answered something that is no list of vectors")
    if (
        isinstance(error, openai.APIStatusError)
        and error.status_code < 500
        and error.status_code not in (408, 409, 429)
    ):
        return Failed(f"the embeddings service refused the texts with HTTP status {error.status_code}")
    if isinstance(error, openai.APIError):
        status = getattr(error, "status_code", None)
        return Unreachable(
            f"the embeddings service does not answer ({f'HTTP status {status}' if status else 'network'})"
        )
    return Failed(f"the embeddings client failed: {type(error).__name__}")
