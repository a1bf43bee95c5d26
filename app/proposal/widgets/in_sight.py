"""Where something stands that has its room below lines, so that it is seen as long as these are."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF


def top_in_sight(
    room: float, height: float, view_height: float, lines: Sequence[QRectF]
) -> float | None:
    """Return the top of something whose room begins at `room`; None where it is out of view, px.

    Below the view it sticks to the lower edge while any of the lines it is about is seen, or to the
    upper one if it would cover one of them there.

    Args:
        room: From the top of the view.
        height: Of what is placed.
        view_height: Of the view.
        lines: That it is about, from the top of the view.
    """
    lowest = view_height - height
    if room <= lowest:
        return room if room + height > 0.0 else None
    seen = [line for line in lines if line.bottom() > 0.0 and line.top() < view_height]
    if not seen:
        return room if room < view_height else None
    tops = (lowest, 0.0)
    free = (top for top in tops if not any(_meets(line, top, height) for line in seen))
    return next(free, lowest)


def _meets(line: QRectF, top: float, height: float) -> bool:
    return line.top() < top + height and line.bottom() > top
