"""Checkpoints as people publish them, and as this program keeps them in memory."""

from engine.checkpoints.cache import (
    CachedReader,
    fingerprint,
    verify,
)
from engine.checkpoints.convert import Conversion, convert
from engine.checkpoints.detect import open_reader
from engine.checkpoints.resident import Residency
from engine.checkpoints.stored_tensor import Reader, StoredTensor, Weight

__all__ = [
    "CachedReader",
    "Conversion",
    "Reader",
    "Residency",
    "StoredTensor",
    "Weight",
    "convert",
    "fingerprint",
    "open_reader",
    "verify",
]
