"""Which encoding bytes are in: one judgement for what is opened and for what is only read."""

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charset_normalizer.models import CharsetMatch

OTHERS = (
    *("cp1252", "iso8859_15", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255"),
    *("cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "cp437", "cp850"),
)

# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    ("utf-8", codecs.BOM_UTF8),
    ("utf-32-le", codecs.BOM_UTF32_LE),
    ("utf-32-be", codecs.BOM_UTF32_BE),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)


def codec_of(data: bytes) -> tuple[str, bytes] | None:
    """Return the codec that bytes seem to be in, and their byte order mark; None: in none."""
    for codec, mark in MARKS:
        if data.startswith(mark):
            return codec, mark
    # Hardly any text of another encoding is valid UTF-8 by chance.
    guessed = "utf-8" if _decodes(data, "utf-8") else _guess(data)
    return (guessed, b"") if guessed else None


def text_of(data: bytes) -> str | None:
    """Return bytes as text, without a byte order mark; None if they are no text."""
    found = codec_of(data)
    if found is None:
        return None
    codec, mark = found
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeError:
        return None
    # A NUL is the sign of a binary file.
    return None if "\0" in text else text


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str | None:
    # Slow to import, and most files are UTF-8.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    found = () if b"\0" in data else tuple(from_bytes(data, cp_isolation=list(OTHERS)))
    if not found:
        return None
    # Neighbours often read a text equally well; the one that more people use is meant then.
    best = (match for match in found if _is_as_good(match, found[0]))
    return min((match.encoding for match in best), key=_rank)


def _is_as_good(match: "CharsetMatch", best: "CharsetMatch") -> bool:
    return match.chaos <= best.chaos and match.coherence >= best.coherence


def _rank(codec: str) -> int:
    return OTHERS.index(codec) if codec in OTHERS else len(OTHERS)
