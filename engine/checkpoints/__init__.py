"""Checkpoints as people publish them, and as this program keeps them in memory."""

from engine.checkpoints.cache import (
    CachedReader,
    CacheInfo,
    delete_cache,
    fingerprint,
    is_cache,
    list_caches,
    verify,
)
from engine.checkpoints.convert import Job, convert
from engine.checkpoints.detect import open_reader
from engine.checkpoints.entry import Entry, Reader, Weight
from engine.checkpoints.resident import Residency

__all__ = [
    "CacheInfo",
    "CachedReader",
    "Entry",
    "Job",
    "Reader",
    "Residency",
    "Weight",
    "convert",
    "delete_cache",
    "fingerprint",
    "is_cache",
    "list_caches",
    "open_reader",
    "verify",
]
