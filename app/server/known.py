"""The servers that were used before: remembered from run to run, without their keys."""

import ipaddress
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from app.settings import Settings

_MAX_KNOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """A server, and how it was used last."""

    address: str
    model: str = ""  # empty: the first it names
    wants_reasoning: bool = False
    found: str = ""  # what the engine has found out of it; empty: it is to be asked


def known_servers(settings: Settings) -> tuple[KnownServer, ...]:
    """Return the servers that are remembered, the one used last first."""
    try:
        stored = json.loads(settings.servers or "[]")
    except ValueError:
        return ()
    found = (_server(value) for value in stored) if isinstance(stored, list) else ()
    by_place: dict[str, KnownServer] = {}
    for server in found:
        if server is not None:
            by_place.setdefault(place_of(server.address), server)
    return tuple(by_place.values())


def place_of(address: str) -> str:
    """Return an address by which a server is known as one: this machine has several names."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return address
    if host != "localhost" and not _is_loopback(host):
        return address
    return f"{parts.scheme}://localhost:{port or ''}{parts.path}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def remember(settings: Settings, server: KnownServer) -> None:
    """Put a server at the head of those that are remembered."""
    _store(settings, [server, *_others(settings, server.address)][:_MAX_KNOWN])


def forget(settings: Settings, address: str) -> None:
    """Remember a server no more."""
    _store(settings, _others(settings, address))


def _others(settings: Settings, address: str) -> list[KnownServer]:
    place = place_of(address)
    return [one for one in known_servers(settings) if place_of(one.address) != place]


def _store(settings: Settings, servers: Iterable[KnownServer]) -> None:
    settings.servers = json.dumps([asdict(server) for server in servers])


def _server(value: object) -> KnownServer | None:
    if not isinstance(value, dict):
        return None
    address, model = value.get("address"), value.get("model")
    if not isinstance(address, str) or not isinstance(model, str) or not address:
        return None
    found = value.get("found")
    return KnownServer(
        address=address,
        model=model,
        wants_reasoning=value.get("wants_reasoning") is True,
        found=found if isinstance(found, str) else "",
    )
