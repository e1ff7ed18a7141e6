"""One streamed chat completion of an OpenAI-compatible service.

Retries are the caller's: an answer may have been paid for when a connection ends.
"""

from collections.abc import AsyncGenerator

import openai

from docrunch.errors import AuthError, DocrunchError, Failed, InvalidConfig, LimitExceeded, Unreachable

KEYLESS = "none"  # services on one's own machine ask for no key; the SDK wants one


class ChatModel:
    """Raises: InvalidConfig: no model or address."""

    def __init__(
        self, *, model: str | None, base_url: str | None, api_key: str | None, timeout: float, max_tokens: int
    ) -> None:
        if not model or not base_url:
            raise InvalidConfig("no language model is configured", hint="Set llm.base_url and llm.model.")
        self.model = model
        self._max_tokens = max_tokens
        self._client = openai.AsyncOpenAI(base_url=base_url, api_key=api_key or KEYLESS, timeout=timeout, max_retries=0)

    async def stream(self, system: str, user: str) -> AsyncGenerator[str, None]:
        """The pieces of the answer as they arrive. Ending the iteration early ends the request.

        Raises:
            AuthError: the key is missing or refused.
            Unreachable: the service is away, slow, busy or broken; later it may not be.
            LimitExceeded: what is sent is too long for the model.
            Failed: it refuses, or answers something that is no completion.
        """
        try:
            answer = await self._client.chat.completions.create(
                model=self.model,
                messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
                temperature=0,
                max_tokens=self._max_tokens,
                stream=True,
            )
            ended = None
            async with answer:
                async for chunk in answer:
                    for choice in (chunk.choices or [])[:1]:
                        ended = choice.finish_reason or ended
                        piece = choice.delta.content if choice.delta is not None else None
                        if piece:
                            yield piece
            _check_end(ended)
        except openai.OpenAIError as error:
            raise mapped(error) from error
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as error:  # events that are no JSON, or of another shape
            raise Failed(
                f"the language model answered something that is no completion: {type(error).__name__}"
            ) from error
        except Exception as error:
            if type(error).__module__.startswith(("httpx", "httpcore")):  # a stream that breaks off
                raise Unreachable("the language model's answer broke off", hint="Ask again.") from error
            raise

    async def aclose(self) -> None:
        await self._client.close()


def _check_end(reason: str | None) -> None:
    """Raises:
    Unreachable: the stream ended before the answer did.
    Failed: the service withheld it.
    """
    if reason is None:
        raise Unreachable("the language model's answer broke off", hint="Ask again.")
    if reason == "content_filter":
        raise Failed("the language model's service withheld the answer")


def mapped(error: openai.OpenAIError) -> DocrunchError:
    """The error of the SDK as ours; its message may quote what was sent, so only its kind is kept."""
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return AuthError("the language model refuses the key", hint="Check llm.api_key.")
    if isinstance(error, openai.NotFoundError):
        return InvalidConfig("the service has no such model or address", hint="Check llm.model and llm.base_url.")
    if isinstance(error, openai.RateLimitError):
        return Unreachable("the language model is busy or its quota is used up", hint="Ask again later.")
    if isinstance(error, openai.APITimeoutError):
        return Unreachable("the language model did not answer in time", hint="Raise llm.timeout_seconds.")
    if isinstance(error, openai.APIConnectionError | openai.InternalServerError):
        return Unreachable("the language model does not answer", hint="Check llm.base_url.")
    if isinstance(error, openai.APIStatusError) and error.status_code == 413:
        return LimitExceeded("the question with its evidence is too long for the model")
    if isinstance(error, openai.APIStatusError):
        return Failed(f"the language model refused the request (HTTP {error.status_code})")
    return Failed(f"the language model answered something unexpected: {type(error).__name__}")
