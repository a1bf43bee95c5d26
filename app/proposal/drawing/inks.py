"""The colours of the document's language in a draft, each as full as the model is sure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor, QTextCharFormat

from app.proposal.drawing.paragraph import FormatRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """A stretch, UTF-16 units, and its format for the colour that it has once it is settled."""

    start: int
    length: int
    format_in: Callable[[QColor], QTextCharFormat]


def coloured(
    shades: Sequence[Shade],
    styles: Sequence[tuple[int, int, str]],
    plain: QColor,
    format_of: Callable[[str], QTextCharFormat],
) -> Iterator[FormatRun]:
    """Yield the formats of stretches, cut where the style of the language changes.

    Args:
        shades: One behind the other.
        styles: Starts, lengths and names, one behind the other; between them there is none.
        plain: The colour of what has no style.
        format_of: A style's format.
    """
    number = 0
    for shade in shades:
        at, end = shade.start, shade.start + shade.length
        while number and styles[number - 1][0] + styles[number - 1][1] > at:
            number -= 1
        while at < end:
            while number < len(styles) and styles[number][0] + styles[number][1] <= at:
                number += 1
            first, length, style = styles[number] if number < len(styles) else (end, 0, "")
            if first > at:
                stop, made = min(first, end), shade.format_in(plain)
            else:
                stop, own = min(first + length, end), format_of(style)
                made = QTextCharFormat(own)
                made.merge(shade.format_in(own.foreground().color()))
            yield FormatRun(start=at, length=stop - at, format=made)
            at = stop
