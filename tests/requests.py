"""Requests for the engine, in one line each."""

from dataclasses import fields as fields_of
from typing import Any

from engine.api import Generate, RunSettings

_SETTINGS = {field.name for field in fields_of(RunSettings)}


def generate(**fields: Any) -> Generate:
    """Return a `Generate`; what belongs to its settings goes there."""
    settings = {name: value for name, value in fields.items() if name in _SETTINGS}
    others = {name: value for name, value in fields.items() if name not in _SETTINGS}
    texts = {"job_id": 1, "revision": 0, "before": "", "region": "", "after": ""}
    return Generate(**texts | others, settings=RunSettings(**settings))
