"""A real HTTP server that speaks the embeddings and streaming chat parts of the OpenAI API.

Vectors depend on the text alone. A chat answer repeats the facts it was told and cites them (`honest`), unless
``writes`` says otherwise. Use it as a context manager; put answers into ``script`` to make the next requests fail.
"""

import hashlib
import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import numpy as np

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


class OpenAIServer:
    def __init__(self, *, dimensions: int = 384, key: str = "k" + "ey") -> None:
        self.dimensions = dimensions
        self.key = key
        self.script: deque[Answer] = deque()
        self.requests: list[dict[str, Any]] = []
        self.writes: Callable[[str], str | Stream] = honest  # prompt → what the chat model answers
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> "OpenAIServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def chats(self) -> list[dict[str, Any]]:
        """Requests for chat completions."""
        return [each for each in self.requests if "messages" in each]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.requests.append(body)
                self._send(server.answer(self.path, self.headers.get("Authorization", ""), body))

            def _send(self, answer: Answer) -> None:
                if isinstance(answer, Stream):
                    self._stream(answer)
                    return
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

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

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

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
