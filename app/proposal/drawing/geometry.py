"""Where the words of a draft are on the screen, and what of it is at a point."""

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextCursor

from app.editor import Editor
from app.proposal.drawing.draft_layout import DraftLayout
from app.proposal.drawing.reserved_height import ReservedHeight
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.snapshot import Snapshot
from app.text.positions import utf16_len


class DraftGeometry:
    """Goes between a proposal's draft, its document and the editor's viewport.

    `layout` is what is drawn now; whoever lays the draft out sets it.
    """

    def __init__(
        self, editor: Editor, proposal: Proposal, height: ReservedHeight, layout: DraftLayout
    ) -> None:
        self.editor, self._proposal = editor, proposal
        self.layout = layout
        self._height = height

    @property
    def snapshot(self) -> Snapshot:
        """The proposal as it is now."""
        return self._proposal.snapshot

    @property
    def scrolled(self) -> float:
        """How much of the draft is above the room, px."""
        return self._height.scrolled

    @property
    def scroll_range(self) -> float:
        """How much of the draft does not fit into its room, px."""
        return self._height.hidden

    @property
    def blocks(self) -> tuple[int, int]:
        """The numbers of the region's first and last block."""
        document, region = self.editor.document(), self.snapshot.place.region
        first, last = document.findBlock(region.start), document.findBlock(region.end)
        return first.blockNumber(), last.blockNumber()

    def draft_offset_at(self, point: QPointF) -> int | None:
        """Return the code point of the draft at a viewport point; None beside its words."""
        place, draft = self._place_in_inset(point), self.snapshot.draft
        if place is None or draft is None or self.snapshot.phase is Phase.STALE:
            return None
        held, layout = draft.document_text, self.layout
        if held.text != layout.draft_text:
            return None  # the old text, or the raw canvas
        near = layout.offset_at(place) - layout.draft_range[0]
        # A point belongs to the character it is on, and Qt tells the gap that is nearest.
        for units in (near - 1, near):
            boxes = layout.stretch_rects(units, units + 1)
            if 0 <= units < utf16_len(held.text) and any(box.contains(place) for box in boxes):
                # Back to code points, as the engine counts.
                return bisect_right(held.positions, units) - 1
        return None

    def stretch_rects(self, start: int, end: int) -> list[QRectF]:
        """Return where a stretch of the draft's code points stands in its room."""
        draft = self.snapshot.draft
        if draft is None:
            return []
        positions = draft.document_text.positions
        if end >= len(positions):
            return []
        return self.layout.stretch_rects(positions[start], positions[end])

    def boxes_of(self, start: int, end: int) -> list[QRectF] | None:
        """Return where text of the draft's lines stands in the viewport, by its document positions.

        None for text in other lines, or while the draft stands below them.
        """
        rect, region = self.editor.inset_rect(), self.snapshot.place.region
        find, (first, last) = self.editor.document().findBlock, self.blocks
        is_inside = first <= find(start).blockNumber() and find(end).blockNumber() <= last
        if rect is None or self.snapshot.phase is Phase.STALE or not is_inside:
            return None
        layout = self.layout
        draft = layout.draft_range[1] - layout.draft_range[0]
        shift = region.start if end <= region.start else region.end - draft
        boxes = layout.stretch_rects(start - shift, end - shift)
        return [box.translated(rect.left(), rect.top() - self.scrolled) for box in boxes]

    def place_caret(self, point: QPointF) -> None:
        """Put the caret where a viewport point is in the document; at the draft, select it all."""
        place = self._place_in_inset(point)
        if place is None:
            return
        offset, (start, end) = self.layout.offset_at(place), self.layout.draft_range
        region, cursor = self.snapshot.place.region, self.editor.textCursor()
        if offset < start:
            cursor.setPosition(region.start - (start - offset))
        elif offset > end:
            cursor.setPosition(region.end + (offset - end))
        else:
            cursor.setPosition(region.start)
            cursor.setPosition(region.end, QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def caret_offset(self) -> int | None:
        """Return where the caret is in the rest of the region's lines; None if it is not there."""
        # Of the paint context: a text cursor does not blink, and this is −1 while the caret is off.
        position = self.editor.getPaintContext().cursorPosition
        region = self.snapshot.place.region
        start, end = self.layout.draft_range
        if position < 0 or region.start <= position <= region.end:
            return None
        offset = position - region.start + start
        if position > region.end:
            offset = position - region.end + end
        return offset if offset >= 0 else None

    def take_click(self, point: QPointF) -> bool:
        """Focus the proposal by a click on it, place the caret by one beside it."""
        rect = self.editor.inset_rect()
        if rect is None or not rect.contains(point):
            return False
        if self.snapshot.phase is not Phase.STALE:
            self.place_caret(point)
        return True

    def scroll_by(self, pixels: float) -> bool:
        """Scroll the draft down in its room; return whether there was anything to scroll."""
        rect = self.editor.inset_rect()
        # First the page scrolls until the room is in view, then the draft in it.
        if rect is None or (pixels > 0.0 and rect.bottom() > self.editor.viewport().height()):
            return False
        return self._height.scroll_by(pixels)

    def _place_in_inset(self, point: QPointF) -> QPointF | None:
        """Return where a viewport point is in what is drawn; None while that is out of view."""
        rect = self.editor.inset_rect()
        if rect is None:
            return None
        return point - rect.topLeft() + QPointF(0.0, self.scrolled)
