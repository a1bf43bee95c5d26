"""The rows of a draft's lines as the caret goes through them, and where the document is in them."""

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF

from app.proposal.drawing.compose import Composition, DrawnDraft
from app.proposal.drawing.paragraph import Row


class CaretRows:
    """The rows of a composition, drawn from `origin` on, a point of the viewport.

    `origin` is None while they are out of view. In a draft there is no place for the caret, except
    at its ends.
    """

    def __init__(self, composition: Composition, origin: QPointF | None, caret_width: int) -> None:
        self._shown, self._origin, self._caret_width = composition, origin, caret_width

    def __eq__(self, other: object) -> bool:
        """Return whether both are of the same lines."""
        return isinstance(other, CaretRows) and other._shown is self._shown

    def __hash__(self) -> int:
        """Go by the lines."""
        return id(self._shown)

    @property
    def _rows(self) -> tuple[Row, ...]:
        return self._shown.layout.rows

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def row_of(self, position: int) -> int:
        """Return the row that the caret stands in at a position."""
        return max(0, bisect_right(self._rows, self.offset_of(position), key=_start_of) - 1)

    def row_at(self, y: float) -> int:
        """Return the row at a height of the viewport; the first or the last one beyond them."""
        top = y - (self._origin or QPointF()).y()
        return max(0, bisect_right(self._rows, top, key=lambda row: row.top) - 1)

    def x_of(self, position: int) -> float:
        """Return where the caret stands in its row, px."""
        return self._rows[self.row_of(position)].x_of(self.offset_of(position))

    def place_in(self, row: int, x: float) -> int | None:
        """Return the position in a row nearest to an x; None if it is all of a draft."""
        found = self._rows[row]
        offset = found.offset_at(x)
        draft = self._draft_around(offset)
        if draft is None:
            return self.position_of(offset)
        ends = [at for at in (draft.first, draft.last) if found.start <= at <= found.last]
        nearest = min(ends, key=lambda at: abs(found.x_of(at) - x), default=None)
        return None if nearest is None else self.position_of(nearest)

    def places_between(self, row: int, x: float, other: float) -> tuple[int, int] | None:
        """Return the positions in a row nearest to two x, with no part of a draft between them."""
        found = self._rows[row]
        one, two = found.offset_at(x), found.offset_at(other)
        first, last = min(one, two), max(one, two)
        if (draft := self._draft_around(first)) is not None:
            first = draft.last
        if (draft := self._draft_around(last)) is not None:
            last = draft.first
        if not found.start <= first <= last <= found.last:
            return None
        places = self.position_of(first), self.position_of(last)
        return places if one <= two else places[::-1]

    def ends_of(self, row: int) -> tuple[int, int] | None:
        """Return the first and the last position in a row; None if it is all of a draft."""
        found = self._rows[row]
        first, last = found.start, found.last
        if (draft := self._draft_around(first)) is not None:
            first = draft.last
        if (draft := self._draft_around(last)) is not None:
            last = draft.first
        # A draft may reach beyond the row on either side, or leave one place in it.
        places = [at for at in (first, last) if found.start <= at <= found.last]
        return (self.position_of(places[0]), self.position_of(places[-1])) if places else None

    def beyond_draft(self, position: int, step: int) -> int:
        """Return the end of the draft in that direction, for a position in the text it hides."""
        for draft in self._shown.drafts:
            if draft.region.start < position < draft.region.end:
                return draft.region.end if step > 0 else draft.region.start
        return position

    def position_at(self, point: QPointF) -> int:
        """Return the position nearest to a point of the viewport; at a draft, its nearer end."""
        x = point.x() - (self._origin or QPointF()).x()
        offset = self._rows[self.row_at(point.y())].offset_at(x)
        draft = self._draft_around(offset)
        if draft is not None:
            is_first = offset - draft.first < draft.last - offset
            return draft.region.start if is_first else draft.region.end
        return self.position_of(offset)

    def caret_rect(self, position: int) -> QRectF | None:
        """Return where the caret stands in the viewport; None while the rows are out of view."""
        if self._origin is None:
            return None
        row = self._rows[self.row_of(position)]
        x = row.x_of(self.offset_of(position))
        box = QRectF(x, row.top, self._caret_width, row.line.height())
        return box.translated(self._origin)

    def boxes(self, start: int, end: int) -> list[QRectF]:
        """Return where a stretch stands in the viewport, outside of drafts: one box a row."""
        if self._origin is None:
            return []
        layout = self._shown.layout
        begin = layout.draft_range[0]
        first, last = (self.offset_of(position) - begin for position in (start, end))
        return [box.translated(self._origin) for box in layout.stretch_rects(first, last)]

    def offset_of(self, position: int) -> int:
        """Return where a position is in what is drawn; the nearer end for one a draft hides."""
        offset = position - self._shown.start
        for draft in self._shown.drafts:
            start, end = draft.region.start, draft.region.end
            # What is typed where a draft only fills in comes behind it.
            if position < start or (position == start and start < end):
                break
            if position < end:
                return draft.first if position - start < end - position else draft.last
            offset = position - end + draft.last
        return min(max(0, offset), self._shown.layout.length)

    def position_of(self, offset: int) -> int:
        """Return the document's position at an offset that is not within a draft."""
        position = self._shown.start + offset
        for draft in self._shown.drafts:
            if offset < draft.last or offset == draft.first:
                break
            position = draft.region.end + offset - draft.last
        return position

    def _draft_around(self, offset: int) -> DrawnDraft | None:
        return next((one for one in self._shown.drafts if one.first < offset < one.last), None)


def _start_of(row: Row) -> int:
    return row.start
