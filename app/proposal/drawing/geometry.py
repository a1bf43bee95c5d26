"""Where the words of a draft are on the screen, and what of it is at a point."""

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTextCursor

from app.editor import Editor, Overlay
from app.proposal.drawing.compose import Composition
from app.proposal.drawing.draft_layout import DraftLayout
from app.proposal.drawing.reserved_height import ReservedHeight
from app.proposal.drawing.rows import CaretRows
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.snapshot import Snapshot
from app.text.positions import utf16_len
from app.text.rebase import Region

NEAR = 4.0  # px from a draft that has no words


class DraftGeometry:
    """Goes between a proposal's draft, its document and the editor's viewport.

    `composition` is what is drawn now, and `overlay` what draws it; whoever lays the draft out sets
    the first.
    """

    def __init__(
        self,
        overlay: Overlay,
        editor: Editor,
        proposal: Proposal,
        height: ReservedHeight,
        composition: Composition,
    ) -> None:
        self.editor, self._proposal = editor, proposal
        self.composition = composition
        self._overlay, self._height = overlay, height

    @property
    def layout(self) -> DraftLayout:
        """What is drawn now."""
        return self.composition.layout

    @property
    def rect(self) -> QRectF | None:
        """Where it stands in the viewport; None if it is out of view, or drawn by another."""
        return self.editor.inset_rect(self._overlay)

    def reveal(self) -> None:
        """Scroll as much of it into view as fits."""
        self.editor.reveal_inset(self._overlay)

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
    def own_blocks(self) -> tuple[int, int]:
        """The numbers of the region's first and last block."""
        return self._blocks_of(self.snapshot.place.region, self.snapshot.place.region)

    @property
    def blocks(self) -> tuple[int, int]:
        """The numbers of the first and last block that is drawn."""
        drafts = self.composition.drafts
        return self._blocks_of(drafts[0].region, drafts[-1].region) if drafts else self.own_blocks

    def _blocks_of(self, first: Region, last: Region) -> tuple[int, int]:
        find = self.editor.document().findBlock
        return find(first.start).blockNumber(), find(last.end).blockNumber()

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

    @property
    def rows(self) -> CaretRows | None:
        """The rows that it draws in the document's place; None for a parked one, or without any."""
        inset = self.editor.inset_of(self._overlay)
        if inset is None or inset.is_below or not self.composition.drafts:
            return None
        rect = self.rect
        origin = None if rect is None else rect.topLeft() - QPointF(0.0, self.scrolled)
        return CaretRows(self.composition, origin, self.editor.cursorWidth())

    @property
    def lines(self) -> list[QRectF]:
        """Where the draft's own lines stand in the viewport; nothing while they are out of view."""
        rect = self.rect
        if rect is None:
            return []
        by = rect.topLeft() - QPointF(0.0, self.scrolled)
        return [line.translated(by) for line in self.layout.draft_rects]

    def select_draft(self, point: QPointF) -> bool:
        """Select the region of the draft at a viewport point; return whether there is one."""
        place = self._place_in_inset(point)
        if place is None:
            return False
        cursor = self.editor.textCursor()
        for draft in self.composition.drafts:
            # Its words, and not the gap nearest to the point: beside them the text is meant.
            boxes = self.layout.full_rects(draft.first, draft.last)
            if any(_is_on(box, place) for box in boxes):
                cursor.setPosition(draft.region.start)
                cursor.setPosition(draft.region.end, QTextCursor.MoveMode.KeepAnchor)
                self.editor.setTextCursor(cursor)
                return True
        return False

    def caret_offset(self) -> int | None:
        """Return where the caret is in the rest of the region's lines; None if it is not there."""
        # Of the paint context: a text cursor does not blink, and this is −1 while the caret is off.
        position = self.editor.getPaintContext().cursorPosition
        drafts, cursor = self.composition.drafts, self.editor.textCursor()
        at_drafts = [d for d in drafts if d.region.start <= position <= d.region.end]
        # Who has selected what a draft stands for sees the draft.
        if position < 0 or not drafts or (at_drafts and cursor.hasSelection()):
            return None
        first, last = self.blocks
        number = self.editor.document().findBlock(position).blockNumber()
        return self._rows.offset_of(position) if first <= number <= last else None

    @property
    def _rows(self) -> CaretRows:
        return CaretRows(self.composition, None, 0)

    def selection_rects(self) -> list[QRectF]:
        """Return where what any caret selects stands in the room."""
        carets = self.editor.multi_cursor.cursors
        return [box for caret in carets for box in self._rects_of_selection(caret)]

    def _rects_of_selection(self, cursor: QTextCursor) -> list[QRectF]:
        """Return where a selection stands; nothing for a draft's whole region."""
        ends, drafts = (cursor.selectionStart(), cursor.selectionEnd()), self.composition.drafts
        if ends[0] == ends[1] or any(ends == (d.region.start, d.region.end) for d in drafts):
            return []
        within = [d for d in drafts if d.region.start <= ends[0] < d.region.end]
        first = within[0].first if within else self._rows.offset_of(ends[0])
        within = [d for d in drafts if d.region.start < ends[1] <= d.region.end]
        last = within[0].last if within else self._rows.offset_of(ends[1])
        begin = self.layout.draft_range[0]
        return self.layout.stretch_rects(first - begin, last - begin) if first < last else []

    def take_click(self, point: QPointF) -> bool:
        """Focus the proposal by a click on it; one beside it is about the text."""
        rect = self.rect
        if rect is None or not rect.contains(point):
            return False
        self.editor.end_composing()
        return self.snapshot.phase is Phase.STALE or self.select_draft(point)

    def scroll_by(self, pixels: float) -> bool:
        """Scroll the draft down in its room; return whether there was anything to scroll."""
        rect = self.rect
        # First the page scrolls until the room is in view, then the draft in it.
        if rect is None or (pixels > 0.0 and rect.bottom() > self.editor.viewport().height()):
            return False
        return self._height.scroll_by(pixels)

    def _place_in_inset(self, point: QPointF) -> QPointF | None:
        """Return where a viewport point is in what is drawn; None while that is out of view."""
        rect = self.rect
        if rect is None:
            return None
        return point - rect.topLeft() + QPointF(0.0, self.scrolled)


def _is_on(box: QRectF, point: QPointF) -> bool:
    """Return whether a point is on a box; one without words is as wide as the bar in its place."""
    return (box if box.width() >= 1.0 else box.adjusted(-NEAR, 0.0, NEAR, 0.0)).contains(point)
