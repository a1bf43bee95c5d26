"""Edits as the journal keeps them: one checked line per batch, replayed over a base text."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.text.kept_ends import NONE
from app.text.line_ends import kinds, normalized
from app.text.positions import decoded, encoded, utf16_len


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a document; positions and lengths are UTF-16 units."""

    position: int
    removed: int
    added: str
    ends: str = ""  # of the lines that were added, as in `kept_ends`


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The edits of a moment, and how the document stood after them."""

    edits: tuple[Edit, ...]
    length: int  # of the document, UTF-16 units
    caret: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """A text brought back, and the caret in it, UTF-16 units."""

    text: str
    caret: int
    ends: str = ""  # of its lines, as in `kept_ends`


def encode_batch(batch: Batch) -> bytes:
    """Return the batch as one line that tells by itself whether it is whole."""
    edits = [[e.position, e.removed, e.added] + [e.ends] * bool(e.ends) for e in batch.edits]
    body = json.dumps([batch.length, batch.caret, edits]).encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def decode_batches(data: bytes) -> list[Batch]:
    """Return the whole batches at the start of a log; what a crash has torn off is left out."""
    batches = []
    # A line without its end is torn, however whole it looks.
    for line in data.split(b"\n")[:-1]:
        check, _, body = line.partition(b" ")
        if check != b"%08x" % zlib.crc32(body):
            break
        length, caret, *_, edits = json.loads(body)  # older ones have a selection, too
        made = tuple(Edit(*edit) for edit in edits)
        batches.append(Batch(edits=made, length=length, caret=caret))
    return batches


def replay(base: str, batches: Iterable[Batch]) -> Replayed:
    """Return what the batches make of a base text, as far as they fit it."""
    batches, ends = list(batches), kinds(base)
    units = bytearray(encoded(normalized(base)))
    is_mixed = bool(ends) or any(edit.ends for batch in batches for edit in batch.edits)
    marks = bytearray(_marks(normalized(base), ends) if is_mixed else b"")
    caret = 0
    for batch in batches:
        growth = sum(utf16_len(edit.added) - edit.removed for edit in batch.edits)
        # A batch that does not fit, and all after it, would make another text of it than the user
        # had.
        if len(units) // 2 + growth != batch.length:
            break
        for edit in batch.edits:
            end = edit.position + edit.removed
            # In one array of bytes: a new string for each edit would copy all of the text.
            units[2 * edit.position : 2 * end] = encoded(edit.added)
            if is_mixed:
                marks[edit.position : end] = _marks(edit.added, edit.ends)
        caret = batch.caret
    ends = marks.replace(b"\0", b"").decode("ascii")
    text = decoded(units)
    return Replayed(text, caret, ends if ends.strip(NONE) else "")


def _marks(text: str, ends: str) -> bytes:
    """Return one byte for each UTF-16 unit: what a line ends with, and nothing elsewhere."""
    lines = text.split("\n")
    letters = [*(ends or NONE * (len(lines) - 1)), ""]
    pairs = zip(lines, letters, strict=True)
    return b"".join(bytes(utf16_len(line)) + end.encode() for line, end in pairs)
