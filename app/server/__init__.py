"""A server in the place of a model of our own: its page, its key, and when it is used."""

from app.server.known import KnownServer
from app.server.link import ServerLink
from app.server.server_panel import ServerPanel

__all__ = ["KnownServer", "ServerLink", "ServerPanel"]
