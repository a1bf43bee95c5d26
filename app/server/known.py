"""The servers that were used before: remembered from run to run, without their keys."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from app.settings import Settings

_MAX_KNOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownServer:
    """A server, and how it was used last."""

    address: str
    model: str = ""  # empty: the first it names
    wants_reasoning: bool = False


def known_servers(settings: Settings) -> tuple[KnownServer, ...]:
    """Return the servers that are remembered, the one used last first."""
    try:
        stored = json.loads(settings.servers or "[]")
    except ValueError:
        return ()
    found = (_server(value) for value in stored) if isinstance(stored, list) else ()
    return tuple(server for server in found if server is not None)


def remember(settings: Settings, server: KnownServer) -> None:
    """Put a server at the head of those that are remembered."""
    others = [one for one in known_servers(settings) if one.address != server.address]
    _store(settings, [server, *others][:_MAX_KNOWN])


def forget(settings: Settings, address: str) -> None:
    """Remember a server no more."""
    _store(settings, [one for one in known_servers(settings) if one.address != address])


def _store(settings: Settings, servers: Iterable[KnownServer]) -> None:
    settings.servers = json.dumps([asdict(server) for server in servers])


def _server(value: object) -> KnownServer | None:
    if not isinstance(value, dict):
        return None
    address, model = value.get("address"), value.get("model")
    if not isinstance(address, str) or not isinstance(model, str) or not address:
        return None
    return KnownServer(
        address=address, model=model, wants_reasoning=value.get("wants_reasoning") is True
    )
