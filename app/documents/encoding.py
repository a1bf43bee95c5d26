"""Bytes to text and back, strictly: what cannot be written back unchanged is not opened."""

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.translation import tr

if TYPE_CHECKING:
    from charset_normalizer.models import CharsetMatch


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

OTHERS = (
    *("cp1252", "iso8859_15", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255"),
    *("cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "cp437", "cp850"),
)

# What a user may choose, from the likely to the rare.
CHOICES = (
    UTF_8,
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
    *map(Encoding, OTHERS),
)

# UTF-32 first: its little-endian mark begins with that of UTF-16.
BOMS = (
    Encoding("utf-8", codecs.BOM_UTF8),
    Encoding("utf-32-le", codecs.BOM_UTF32_LE),
    Encoding("utf-32-be", codecs.BOM_UTF32_BE),
    Encoding("utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", codecs.BOM_UTF16_BE),
)


def decode(data: bytes) -> tuple[str, Encoding] | None:
    """Return the text and its encoding; None if these bytes are no text.

    Encoding the result gives the same bytes again.
    """
    if not data:
        return "", UTF_8
    marked = next((e for e in BOMS if data.startswith(e.bom)), None)
    # Hardly any text of another encoding is valid UTF-8 by chance.
    encoding = marked or (UTF_8 if _decodes(data, "utf-8") else _guess(data))
    if encoding is None:
        return None
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


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> Encoding | None:
    # Slow to import, and most files are UTF-8.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    found = () if b"\0" in data else tuple(from_bytes(data, cp_isolation=list(OTHERS)))
    if not found:
        return None
    # Neighbours often read a text equally well; the one that more people use is meant then.
    best = (match for match in found if _is_as_good(match, found[0]))
    return Encoding(min((match.encoding for match in best), key=_rank))


def _is_as_good(match: "CharsetMatch", best: "CharsetMatch") -> bool:
    return match.chaos <= best.chaos and match.coherence >= best.coherence


def _rank(codec: str) -> int:
    return OTHERS.index(codec) if codec in OTHERS else len(OTHERS)
