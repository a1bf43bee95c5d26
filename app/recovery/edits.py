"""Edits as the journal keeps them: one checked line per batch, replayed over a base text."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.documents.line_ends import normalized


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a document; positions and lengths are UTF-16 units."""

    position: int
    removed: int
    added: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The edits of a moment, and how the document stood after them."""

    edits: tuple[Edit, ...]
    length: int  # of the document, UTF-16 units
    caret: int
    anchor: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A text brought back, and the caret in it, UTF-16 units."""

    text: str
    caret: int
    anchor: int


def encode_batch(batch: Batch) -> bytes:
    """Return the batch as one line that tells by itself whether it is whole."""
    edits = [[edit.position, edit.removed, edit.added] for edit in batch.edits]
    body = json.dumps([batch.length, batch.caret, batch.anchor, edits]).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def decode_batches(data: bytes) -> list[Batch]:
    """Return the whole batches at the start of a log; what a crash has torn off is left out."""
    batches = []
    for line in data.split(b"\n")[:-1]:
        check, _, body = line.partition(b" ")
        if check != b"%08x" % zlib.crc32(body):
            break
        length, caret, anchor, edits = json.loads(body)
        made = tuple(Edit(position, removed, added) for position, removed, added in edits)
        batches.append(Batch(edits=made, length=length, caret=caret, anchor=anchor))
    return batches


def replay(base: str, batches: Iterable[Batch]) -> Replayed:
    """Return what the batches make of a base text, as far as they fit it."""
    units = bytearray(normalized(base).encode("utf-16-le", "surrogatepass"))
    caret = anchor = 0
    for batch in batches:
        changed = _applied(units, batch)
        if changed is None:
            break
        units, caret, anchor = changed, batch.caret, batch.anchor
    return Replayed(units.decode("utf-16-le", "surrogatepass"), caret, anchor)


def _applied(units: bytearray, batch: Batch) -> bytearray | None:
    """Return the text with a batch applied; None, the text as before, if it does not fit."""
    growth = sum(len(_units(edit.added)) // 2 - edit.removed for edit in batch.edits)
    if len(units) // 2 + growth != batch.length:
        return None
    for edit in batch.edits:
        end = edit.position + edit.removed
        units[2 * edit.position : 2 * end] = _units(edit.added)
    return units


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
