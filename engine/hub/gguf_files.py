"""GGUF files on disk, told apart by the first thing they say of themselves."""

import struct
from pathlib import Path

from engine.small_files import open_regular

ARCHITECTURE = "diffusion-gemma"
_KEY = b"general.architecture"
_TEXT = 8  # the kind of a value that is a text
_HEAD = 4096  # bytes; it is the first value of all files that people publish


def gguf_models(folder: Path) -> list[Path]:
    """Return the GGUF files in a folder that hold a model of the kind this program runs.

    Each is a model of its own: repositories have one for each number of bits.
    """
    return [path for path in sorted(folder.glob("*.gguf")) if architecture(path) == ARCHITECTURE]


def architecture(path: Path) -> str:
    """Return the architecture that a GGUF file names; empty: it names none, or is none."""
    try:
        with open_regular(path) as file:
            head = file.read(_HEAD)
    except (OSError, ValueError):
        return ""
    start = head.find(_KEY)
    if not head.startswith(b"GGUF") or start < 0:
        return ""
    try:
        kind, length = struct.unpack_from("<IQ", head, start + len(_KEY))
    except struct.error:
        return ""
    at = start + len(_KEY) + 12
    return head[at : at + length].decode("utf-8", "replace") if kind == _TEXT else ""
