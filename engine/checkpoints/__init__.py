"""Checkpoints as people publish them, and as this program keeps them in memory."""

from engine.checkpoints.cache import (
    CachedReader,
    fingerprint,
    verify,
)
from engine.checkpoints.convert import Job, convert
from engine.checkpoints.detect import open_reader
from engine.checkpoints.entry import Entry, Reader, Weight
from engine.checkpoints.resident import Residency

__all__ = [
    "CachedReader",
    "Entry",
    "Job",
    "Reader",
    "Residency",
    "Weight",
    "convert",
    "fingerprint",
    "open_reader",
    "verify",
]
