"""The journal's files: one base and one log of edits per unsaved document.

`doc-3.base` is a line of JSON and the text the edits start from; it is replaced in one step.
`doc-3.2.log` holds the edits to generation 2 of that base, and only ever grows.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from app.text.journal_edits import decode_batches, replay
from app.text.line_ends import usual, with_ends

VERSION = 1
PIECE = 256 * 1024  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What is known of a document besides its text."""

    title: str  # that it was given; empty: none
    path: str | None
    codec: str
    bom: str  # hexadecimal
    stamp: tuple[int, int] | None  # of the file the base was read from: mtime in ns, bytes
    line_end: str | None = None  # that all lines are to have, as the user wants it
    generation: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDocument:
    """A document that was unsaved when the program ended."""

    entry: str  # its name in the journal
    header: Header
    base: str  # the text as it stood in the file, with the file's line ends
    text: str  # the text as it was last, lines ended by a line feed
    ends: str = ""  # what its lines end with, as in `kept_ends`
    caret: int  # UTF-16 units

    @property
    def saved(self) -> str:
        """The text as saving it would have written it."""
        chosen = self.header.line_end
        return with_ends(self.text, "" if chosen else self.ends, chosen or usual(self.base))


def base_path(folder: Path, entry: str) -> Path:
    """Return where an entry's base is."""
    return folder / f"{entry}.base"


def log_path(folder: Path, entry: str, generation: int) -> Path:
    """Return where the edits to a generation of an entry's base are."""
    return folder / f"{entry}.{generation}.log"


def encode_base(header: Header, base: str) -> bytearray:
    """Return the content of a base file."""
    check = 0
    for piece in _encoded_pieces(base):
        check = zlib.crc32(piece, check)
    facts = {"version": VERSION, "crc": check, **asdict(header)}
    content = bytearray(json.dumps(facts).encode() + b"\n")
    for piece in _encoded_pieces(base):
        content += piece
    return content


def _encoded_pieces(text: str) -> Iterator[bytes]:
    """Encode a text; a long one at once would hold a key up, whose thread needs Python's lock."""
    for start in range(0, len(text), PIECE):
        # Half a character may be in a text, and must not keep all the rest from being safe.
        yield text[start : start + PIECE].encode("utf-8", "surrogatepass")


def read_entry(path: Path) -> LostDocument:
    """Return what a base file and its log hold.

    Raises:
        OSError: It cannot be read.
        ValueError: It is damaged, or of a newer version.
    """
    first, _, text = path.read_bytes().partition(b"\n")
    facts = json.loads(first)
    if facts.pop("version") != VERSION or facts.pop("crc") != zlib.crc32(text):
        raise ValueError(f"{path.name} is damaged or from a newer version")
    stamp = facts.pop("stamp")
    header = Header(**facts, stamp=(stamp[0], stamp[1]) if stamp else None)
    # Of this generation alone: an older log's edits are in the base already.
    log = log_path(path.parent, path.stem, header.generation)
    base = text.decode("utf-8", "surrogatepass")
    state = replay(base, decode_batches(log.read_bytes() if log.exists() else b""))
    return LostDocument(
        entry=path.stem,
        header=header,
        base=base,
        text=state.text,
        ends=state.ends,
        caret=state.caret,
    )
