"""Servers that run on this machine: looked for at the ports that they usually have."""

import http.client
import json
from dataclasses import dataclass

# By what usually listens there.
PORTS = {8080: "llama.cpp", 11434: "Ollama", 1234: "LM Studio", 8000: "vLLM"}
_TIMEOUT_S = 0.5
_MAX_ANSWER = 1 << 20  # bytes of a list of models
_WANTS_KEY = (401, 403)


@dataclass(frozen=True, slots=True)
class NearbyServer:
    """A server that has answered."""

    address: str
    program: str  # that usually has its port


def find_nearby() -> tuple[NearbyServer, ...]:
    """Return the servers of models that run on this machine; asks nobody else."""
    found = (NearbyServer(f"http://localhost:{port}", name) for port, name in PORTS.items())
    return tuple(server for server in found if _is_server(int(server.address.rpartition(":")[2])))


def _is_server(port: int) -> bool:
    """Say whether a server of models listens there, or one that wants to know who is asking."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/v1/models")
        answer = connection.getresponse()
        if answer.status in _WANTS_KEY:
            return True
        value = json.loads(answer.read(_MAX_ANSWER)) if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return False
    finally:
        connection.close()
    return isinstance(value, dict) and isinstance(value.get("data"), list)
