"""A real HTTP server that speaks the embeddings and streaming chat parts of the OpenAI API.

Vectors depend on the text alone. A chat answer repeats the facts it was told and cites them (`honest`), unless
``writes`` says otherwise. Use it as a context manager; put answers into ``script`` to make the next requests fail.
"""

import hashlib
import json
import re
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.support.local_server import Handler, LocalServer

MODEL = "test-embedding"
CHAT_MODEL = "test-chat"


def vector_of(text: str, dimensions: int) -> list[float]:
    """Not normalised, so that the client has to do it."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return [float(x) for x in np.random.default_rng(seed).normal(size=dimensions)]


class Answer:
    """One scripted answer: a status with headers, or a body that replaces the vectors."""

    def __init__(self, status: int = 200, *, body: bytes = b"{}", headers: dict[str, str] | None = None) -> None:
        self.status, self.body, self.headers = status, body, headers or {}


class Stream(Answer):
    """Server-sent events of a chat completion. Args: ``pieces``: of the text; ``seconds``: before each; ``cut``: the
    connection ends before the answer does; ``raw``: sent as they are instead."""

    def __init__(
        self,
        *pieces: str,
        seconds: float = 0.0,
        cut: bool = False,
        finish: str = "stop",
        raw: tuple[bytes, ...] | None = None,
    ) -> None:
        super().__init__(headers={"Content-Type": "text/event-stream"})
        self.seconds = seconds
        made = tuple(self._event({"content": piece}) for piece in pieces)
        end = () if cut else (self._event({}, finish), b"data: [DONE]\n\n")
        self.events = raw if raw is not None else (*made, *end)

    @staticmethod
    def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        made = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": CHAT_MODEL, "choices": [choice]}
        return b"data: " + json.dumps(made).encode() + b"\n\n"


_FACT = re.compile(r'<evidence id="(e\d+)">\n\| fact: (.*)')


def honest(prompt: str) -> str:
    """The first facts of a prompt, each with its citation."""
    return "\n".join(f"{fact.split(' [')[0]} [{number}]" for number, fact in _FACT.findall(prompt)[:4])


class OpenAIServer(LocalServer):
    def __init__(self, *, dimensions: int = 384, key: str = "k" + "ey") -> None:
        self.dimensions = dimensions
        self.key = key
        self.script: deque[Answer] = deque()
        self.requests: list[dict[str, Any]] = []
        self.writes: Callable[[str], str | Stream] = honest  # prompt → what the chat model answers
        super().__init__(self._handler())

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    @property
    def chats(self) -> list[dict[str, Any]]:
        """Requests for chat completions."""
        return [each for each in self.requests if "messages" in each]

    def _handler(self) -> type[Handler]:
        server = self

        class Answering(Handler):
            def do_POST(self) -> None:
                body = json.loads(self.body())
                server.requests.append(body)
                answer = server.answer(self.path, self.headers.get("Authorization", ""), body)
                if isinstance(answer, Stream):
                    self._stream(answer)
                else:
                    headers = {"Content-Type": "application/json", **answer.headers}
                    self.send_body(answer.status, answer.body, headers)

            def _stream(self, answer: Stream) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                try:
                    for event in answer.events:
                        time.sleep(answer.seconds)
                        self.wfile.write(event)
                        self.wfile.flush()
                except OSError:
                    pass  # the reader went away

        return Answering

    def answer(self, path: str, authorization: str, body: dict[str, Any]) -> Answer:
        if self.script:
            return self.script.popleft()
        if authorization != f"Bearer {self.key}":
            return self._error(401, "invalid_api_key")
        if path == "/v1/chat/completions" and body["model"] == CHAT_MODEL:
            written = self.writes(body["messages"][-1]["content"])
            return written if isinstance(written, Stream) else Stream(*re.findall(r".{1,17}", written, re.DOTALL))
        if path != "/v1/embeddings" or body["model"] != MODEL:
            return self._error(404, "model_not_found")
        dimensions = body.get("dimensions", self.dimensions)
        data = [
            {"object": "embedding", "index": index, "embedding": vector_of(text, dimensions)}
            for index, text in enumerate(body["input"])
        ]
        tokens = sum(len(text.split()) for text in body["input"])
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        data.reverse()  # the index counts, not the position
        made = {"object": "list", "model": MODEL, "data": data, "usage": usage}
        return Answer(body=json.dumps(made).encode())

    def _error(self, status: int, code: str) -> Answer:
        return Answer(status, body=json.dumps({"error": {"message": code, "code": code, "type": "x"}}).encode())
