"""The address of a server, as users write it."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

import httpx2

from engine.remote.errors import ServerError

_HINT = "Write it like http://localhost:8000 or https://server.example.org."


def normalised(text: str) -> str:
    """Return the root of a server: scheme, host, port, and a path if it has one, without `/v1`.

    Raises:
        ServerError: If it is no such address; it says why.
    """
    text = text.strip()
    if "://" not in text and is_on_this_machine("http://" + text):
        text = "http://" + text
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ServerError(f"“{text}” is no address of a server. {_HINT}")
    if parts.username or parts.password:
        raise ServerError("The address holds a name or a password. Put the key into its own field.")
    if parts.query or parts.fragment:
        raise ServerError(f"“{text}” is more than the address of a server. {_HINT}")
    path = parts.path.rstrip("/").removesuffix("/v1")
    return f"{parts.scheme}://{parts.netloc}{path}"


def is_on_this_machine(address: str) -> bool:
    """Say whether what is sent to an address stays on this machine."""
    parts = _split(address)
    host = (parts.hostname if parts else None) or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
        _ = parts.port  # is checked only when it is asked for
        httpx2.URL(text)
    except (ValueError, httpx2.InvalidURL):
        return None
    return None if any(character.isspace() for character in text) else parts
