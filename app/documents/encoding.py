"""Bytes to text and back, strictly: what cannot be written back unchanged is not opened."""

import codecs
from dataclasses import dataclass

from app.translation import tr
from engine.texts.encodings import MARKS, OTHERS, codec_of


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file spells its text: a Python codec, and the byte order mark in front."""

    codec: str = "utf-8"
    bom: bytes = b""

    @property
    def label(self) -> str:
        """Return the name to show, as in "UTF-8 with BOM"."""
        name = self.codec.upper().replace("_", "-")
        is_marked = self.bom and self.codec == "utf-8"
        return tr("{encoding} with BOM").format(encoding=name) if is_marked else name

    @property
    def is_unicode(self) -> bool:
        """Say whether every character can be written."""
        return self.codec.startswith("utf-")

    def encode(self, text: str) -> bytes:
        """Return the bytes of the text, with the byte order mark.

        Raises:
            UnicodeEncodeError: A character has no place in this encoding.
        """
        return self.bom + text.encode(self.codec)


UTF_8 = Encoding()

# What a user may choose, from the likely to the rare.
CHOICES = (
    UTF_8,
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
    *map(Encoding, OTHERS),
)

BOMS = tuple(Encoding(codec, bom) for codec, bom in MARKS)


def decode(data: bytes) -> tuple[str, Encoding] | None:
    """Return the text and its encoding; None if these bytes are no text.

    Encoding the result gives the same bytes again.
    """
    if not data:
        return "", UTF_8
    found = codec_of(data)
    if found is None:
        return None
    encoding = Encoding(*found)
    try:
        text = data[len(encoding.bom) :].decode(encoding.codec)
        is_lossless = encoding.encode(text) == data
    except UnicodeError:
        return None
    # A NUL is the sign of a binary file.
    return (text, encoding) if is_lossless and "\0" not in text else None


def decode_as(data: bytes, encoding: Encoding) -> tuple[str, Encoding] | None:
    """Return the text in an encoding that the user has chosen; None if it is none."""
    marked = next((e for e in BOMS if data.startswith(e.bom) and e.codec == encoding.codec), None)
    # What the file has at its start is written again, whatever was chosen.
    found = marked or Encoding(encoding.codec)
    try:
        text = data[len(found.bom) :].decode(found.codec)
        is_lossless = found.encode(text) == data
    except UnicodeError:
        return None
    return (text, found) if is_lossless and "\0" not in text else None
