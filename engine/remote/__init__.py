"""A model on an OpenAI-compatible server in the place of a model of our own; no torch."""

from engine.remote.backend import RemoteBackend

__all__ = ["RemoteBackend"]
