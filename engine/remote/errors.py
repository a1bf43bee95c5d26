"""What can go wrong between us and a server, in words that say what to do."""

import json
import re

import httpx2

from engine.api import FailureKind
from engine.errors import EngineError

_MAX_QUOTED = 300  # characters of a server's own words
# The statuses by which a server says that it does not know a field, a path or a form.
NOT_OFFERED = frozenset({400, 404, 405, 415, 422, 500, 501})
NO_SUCH_PATH = frozenset({404, 405, 501})  # of these, those about the path alone
_TOO_LONG = re.compile(
    r"context[ _](?:length|window|size)|maximum (?:input|prompt|model) length|too many tokens",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"context (?:length|window|size)(?: is| of)?(?: only)?[ :]*\(?(\d{2,9})", re.IGNORECASE
)
_REMEDIES = {
    401: "The server wants a key, or another one. Enter it in Inlay → Server.",
    403: "The server refuses this key. Enter another in Inlay → Server.",
    404: "The server does not know this model or this way of asking. Connect again and choose "
    "one of its models in Inlay → Server.",
    413: "The text is too long for the server. Select less.",
    429: "The server is busy. Wait a moment and try again, or ask for fewer drafts.",
    503: "The server is not ready. Wait until it has loaded its model and try again.",
}


class ServerError(EngineError):
    """The server cannot be used as it stands."""

    kind = FailureKind.SERVER


class RefusedError(ServerError):
    """The server has answered with an HTTP error."""

    def __init__(self, status: int, words: str) -> None:
        remedy = _REMEDIES.get(status) or _remedy(status)
        said = f" It says: {words}" if words else ""
        super().__init__(f"{remedy}{said} (HTTP {status})")
        self.status, self.words = status, words

    @property
    def is_too_long(self) -> bool:
        """Whether the text was more than the server's model can take."""
        return self.status in {400, 413, 422, 500} and (
            self.status == 413 or _TOO_LONG.search(self.words) is not None
        )

    @property
    def limit(self) -> int:
        """The tokens that there is room for, in a refusal that says so; else 0."""
        found = _LIMIT.search(self.words)
        return int(found[1]) if found else 0

    @property
    def requested(self) -> int:
        """The tokens that were asked for, in a refusal that says so; else 0."""
        numbers = map(int, re.findall(r"\d{2,9}", self.words)) if self.limit else ()
        return max((number for number in numbers if number > self.limit), default=0)


class UnfinishedError(ServerError):
    """An answer has ended, and the server did not say that it was complete."""

    def __init__(self, *, has_text: bool) -> None:
        """Say what to do; `has_text`: something of it has come."""
        super().__init__(
            "The server stopped in the middle of its answer. Your text is untouched; try again."
        )
        self.has_text = has_text


def words_of(body: bytes) -> str:
    """Return what a server says of an error, whichever of the usual shapes it has."""
    try:
        value = json.loads(body)
    except ValueError:
        return ""  # an error page of something in between
    for name in ("error", "detail", "message"):
        if isinstance(value, dict) and name in value:
            value = value[name]
    return value[:_MAX_QUOTED] if isinstance(value, str) else ""


def explained(error: httpx2.RequestError, address: str) -> ServerError:
    """Turn a failure of the connection into one that helps."""
    match error:
        case httpx2.ConnectTimeout():
            text = f"{address} does not answer. Check the address and that the server is running."
        case httpx2.ConnectError() if "CERTIFICATE" in str(error).upper():
            text = f"{address} shows no certificate this machine trusts ({error}). Check the name."
        case httpx2.ConnectError():
            text = (
                f"There is no connection to {address} ({error}). Check the address and that the "
                "server is running."
            )
        case httpx2.TimeoutException():
            text = f"{address} has stopped answering. Try again, or restart the server."
        case httpx2.ProxyError():
            text = f"The proxy on the way to {address} refuses ({error}). Check its settings."
        case _:
            text = (
                f"The connection to {address} broke before the text was complete. Your text is "
                "untouched; try again."
            )
    return ServerError(text)


def _remedy(status: int) -> str:
    if status < 400:
        return "The server sends us elsewhere. Enter the address it has moved to."
    if status < 500:
        return "The server does not take this request. Try another selection or model."
    return "The server has failed. Try again; if it goes on, its own log says why."
