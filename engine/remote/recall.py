"""What was found out of a server, kept as a text from one run to the next.

Asking takes a server many seconds, and what it can do changes seldom. So a server that still names
the model is taken for what it was; who connects by hand, or finds that it was another, asks anew.
"""

import json
from types import MappingProxyType
from typing import Any

from engine.remote.client import Client, text_of
from engine.remote.fields import Fields
from engine.remote.server import RemoteServer, context_length, models_of

VERSION = 1  # another one where more is asked, or something else is made of the answers
_KINDS: dict[str, tuple[type, ...]] = {
    "model": (str,),
    **dict.fromkeys(("context_length", "canvas_length", "vocab_size", "max_quoted"), (int,)),
    **dict.fromkeys(("has_narrow_canvas", "infills", "takes_suffix", "completes"), (bool,)),
    **dict.fromkeys(("chats", "wants_reasoning", "reasons", "takes_turns"), (bool,)),
    "begins_inside": (bool, type(None)),
}


def as_text(server: RemoteServer) -> str:
    """Return what is known of a server; its key is not."""
    facts = {name: getattr(server, name) for name in _KINDS}
    taken = {
        path: {"refused": sorted(fields.refused), "budget": fields.budget}
        for path, fields in server.fields.items()
    }
    return json.dumps({"version": VERSION, **facts, "fields": taken})


async def recalled(
    client: Client, key: str, wished: str, known: str, *, wants_reasoning: bool = False
) -> RemoteServer | None:
    """Return the server as it was found before; None where that does not hold, or is not known.

    Raises:
        ServerError: If it cannot be used.
    """
    facts = _read(known)
    if facts is None or facts["wants_reasoning"] is not wants_reasoning:
        return None
    entries = {text_of(entry, "id"): entry for entry in await models_of(client)}
    entry = entries.get(facts["model"])
    is_meant = facts["model"] == (wished or next(iter(entries)))
    if entry is None or not is_meant or context_length(entry) != facts["context_length"]:
        return None
    return RemoteServer(address=client.address, key=key, served=tuple(entries), **facts)


def _read(known: str) -> dict[str, Any] | None:
    """Return the facts of a text; None where it is none of ours, as anybody may have written it."""
    try:
        found = json.loads(known)
        facts = {name: found[name] for name in _KINDS}
        taken = {
            str(path): Fields(
                refused=frozenset(map(str, fields["refused"])), budget=str(fields["budget"])
            )
            for path, fields in found["fields"].items()
        }
        is_ours = found["version"] == VERSION
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    if not is_ours or any(type(facts[name]) not in kinds for name, kinds in _KINDS.items()):
        return None
    return {**facts, "fields": MappingProxyType(taken)}
