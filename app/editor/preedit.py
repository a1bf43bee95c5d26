"""What an input method is composing stands in a line that knows nothing of it yet."""

from collections.abc import Iterable

from PySide6.QtGui import QTextLayout

from app.text.positions import utf16_len

Range = QTextLayout.FormatRange


def around_preedit(layout: QTextLayout, ranges: Iterable[Range]) -> list[Range]:
    """Return the formats of a line's text, moved aside for what is being composed in it.

    The input method's own formats, with which it shows what it would change next, are kept.
    """
    length = utf16_len(layout.preeditAreaText())
    if not length:
        return list(ranges)
    start = layout.preeditAreaPosition()
    end = start + length
    own = [r for r in layout.formats() if start <= r.start and r.start + r.length <= end]
    return [_moved(r, start, length) for r in ranges] + own


def _moved(old: Range, start: int, length: int) -> Range:
    made = Range()
    made.format = old.format
    is_behind, is_around = old.start >= start, old.start < start < old.start + old.length
    made.start = old.start + length if is_behind else old.start
    made.length = old.length + length if is_around else old.length
    return made
