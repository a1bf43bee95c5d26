"""One connection to a server, for one job; closed with it, in the middle of an answer if need be.

What a server sends is JSON of its own making: everything is taken out of it by `text_of` and its
like, which take nothing of another type.
"""

import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import httpx2

from engine.remote.address import is_on_this_machine
from engine.remote.errors import RefusedError, ServerError, explained, words_of

Json = dict[str, Any]

# A whole canvas is denoised, or a long text prefilled, before the first byte comes.
_TIMEOUT = httpx2.Timeout(connect=10, read=180, write=30, pool=30)
_MAX_ANSWER = 16 * 1024**2  # bytes; a canvas with its alternatives is far below
_END = "[DONE]"


class Client:
    """Asks a server and reads its answers.

    Raises:
        ServerError: If the key is none.
    """

    def __init__(self, address: str, key: str = "") -> None:
        self.address = address
        # A line break in it would be a header of its own.
        if not key.isascii() or not (key.isprintable() and " " not in key):
            raise ServerError("The key holds characters that no key has. Copy it again.")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # A proxy of the environment has no business between us and this machine. Redirects are
        # not followed: they could send the text to a machine that nobody has chosen.
        self._http = httpx2.AsyncClient(
            headers=headers, timeout=_TIMEOUT, trust_env=not is_on_this_machine(address)
        )

    async def __aenter__(self) -> Self:
        """Open nothing yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def get(self, path: str) -> Json:
        """Return the answer to a GET.

        Raises:
            ServerError: If there is none that can be used.
        """
        return await self._whole("GET", path, None)

    async def post(self, path: str, body: Json) -> Json:
        """Return the whole answer to a POST.

        Raises:
            ServerError: If there is none that can be used.
        """
        return await self._whole("POST", path, body)

    async def stream(self, path: str, body: Json) -> AsyncIterator[Json]:
        """Go through the pieces of an answer; a server that does not stream sends one.

        Raises:
            ServerError: If it cannot be used, or is cut off.
        """
        try:
            response = await self._sent("POST", path, {**body, "stream": True})
            try:
                await _check(response)
                kind = response.headers.get("content-type", "")
                if kind.startswith("text/event-stream"):
                    async for event in httpx2.EventSource(response, max_event_size=_MAX_ANSWER):
                        if event.data.strip() == _END:
                            return
                        yield _checked_piece(event.data)
                else:
                    yield _object(await _body(response))
            finally:
                await response.aclose()
        except httpx2.RequestError as error:
            raise explained(error, self.address) from error

    async def _whole(self, method: str, path: str, body: Json | None) -> Json:
        try:
            response = await self._sent(method, path, body)
            try:
                await _check(response)
                return _object(await _body(response))
            finally:
                await response.aclose()
        except httpx2.RequestError as error:
            raise explained(error, self.address) from error

    async def _sent(self, method: str, path: str, body: Json | None) -> httpx2.Response:
        request = self._http.build_request(method, self.address + path, json=body)
        try:
            return await self._http.send(request, stream=True)
        except (httpx2.ReadError, httpx2.RemoteProtocolError):
            # The server has closed a connection that was kept open for the next request, as some
            # do after an error of theirs.
            return await self._http.send(request, stream=True)


def items_of(value: Json, name: str) -> list[Any]:
    """Return a list of an answer; empty where there is none."""
    found = value.get(name)
    return found if isinstance(found, list) else []


def object_of(value: Json, name: str) -> Json:
    """Return an object of an answer; empty where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def text_of(value: Json, name: str) -> str:
    """Return a text of an answer; empty where there is none."""
    found = value.get(name)
    return found if isinstance(found, str) else ""


async def _check(response: httpx2.Response) -> None:
    if not response.is_success:
        raise RefusedError(response.status_code, words_of(await _body(response)))


async def _body(response: httpx2.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_bytes():
        body += chunk
        # Counted as it comes: a length that a server tells may be wrong.
        if len(body) > _MAX_ANSWER:
            raise ServerError("The server's answer has no end. Check the address.")
    return body


def _object(text: str | bytes) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ServerError(
            "The server's answer is not the JSON that was agreed on. Check that the address is "
            "that of an OpenAI-compatible server."
        ) from error
    if not isinstance(value, dict):
        raise ServerError(
            "The server answers with something else than an object. Check that the address is "
            "that of an OpenAI-compatible server."
        )
    return value


def _checked_piece(text: str) -> Json:
    """Return a piece of a stream; an error may come in the middle of one."""
    piece = _object(text)
    if "error" in piece:
        code = object_of(piece, "error").get("code")
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        raise RefusedError(status, words_of(text.encode()))
    return piece
