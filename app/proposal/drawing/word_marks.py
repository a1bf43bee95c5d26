"""Draws what was done to the words of a draft, and which are meant."""

from collections.abc import Collection, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.proposal.drawing.geometry import DraftGeometry
from app.proposal.drawing.painter import band_of, in_band, paint_pin, paint_word_frame
from app.proposal.drawing.pointer import Pointer
from app.proposal.model.candidate import Draft
from app.proposal.model.pins import WordRange
from app.proposal.model.placement import Placement
from app.text.positions import utf16_len


class WordMarks:
    """The pins of a view's draft, the words of it in the document, and the pointer's words.

    Where they stand is found when the draft, its pins or the old text change; drawing takes what
    is in view of it.
    """

    def __init__(self, geometry: DraftGeometry, pointer: Pointer) -> None:
        self._geometry, self._pointer = geometry, pointer
        self._editor = geometry.editor
        # In the room, from top to bottom: what is as it stands in the document.
        self._accepted: list[QRectF] = []
        self._pinned: list[QRectF] = []
        self._meant: list[QRectF] = []
        self._shows_draft = False

    def follow(self) -> None:
        """Find the places anew: the layout is another, or what was done to its words."""
        snapshot, layout = self._geometry.snapshot, self._geometry.layout
        draft = snapshot.draft
        self._accepted, self._pinned = [], []
        self._shows_draft = draft is not None and layout.draft_text == draft.document_text.text
        if draft is None:
            self._pinned = self._first_pins(snapshot.place)
        elif self._shows_draft:
            self._accepted = self._accepted_places(draft, snapshot.place)
            if snapshot.place.request.regions and not self._accepted:
                self._accepted = self._places(_staying_stretches(draft))
            stretches = _pinned_stretches(draft, snapshot.candidate.pinned)
            self._pinned = self._places(_trimmed(draft.text, stretch) for stretch in stretches)
        self.follow_pointer()

    def follow_pointer(self) -> None:
        """Find the places of the words that are meant."""
        self._meant = self._places(self._pointer.meant) if self._shows_draft else []

    def paint(self, painter: QPainter, origin: QPointF) -> None:
        """Draw the marks below the words."""
        theme, pointer = self._editor.theme, self._pointer
        band = band_of(painter, QRectF(self._editor.viewport().rect()))
        for box in in_band(self._accepted, origin, band):
            painter.fillRect(box.adjusted(0.0, 1.0, 0.0, -1.0), theme.base)
        for box in in_band(self._pinned, origin, band):
            paint_pin(painter, box, theme.accent)
        style = Qt.PenStyle.DashLine if pointer.is_pressed else Qt.PenStyle.SolidLine
        for box in in_band(self._meant, origin, band):
            paint_word_frame(painter, box, theme.accent, style)

    def _first_pins(self, place: Placement) -> list[QRectF]:
        """Return what was pinned before the run, as long as the old text is all there is to see."""
        return self._stretches(place.old_text, place.first_pins)

    def _accepted_places(self, draft: Draft, place: Placement) -> list[QRectF]:
        """Return where the ground goes, because the document holds the draft's words by now."""
        if not place.has_parts:
            return []
        text = draft.document_text.text
        same, at = [], 0
        # What lies between two changes is in the document already.
        for hunk in (*draft.compared_to(place.old_text).hunks, None):
            end = hunk.new_start if hunk else len(text)
            if text[at:end].strip():
                same.append((at, end))
            at = hunk.new_end if hunk else at
        return self._stretches(text, same)

    def _stretches(self, text: str, stretches: Iterable[WordRange]) -> list[QRectF]:
        """Return where stretches of a text stand, in their order, that is drawn as it is."""
        boxes: list[QRectF] = []
        at = units = 0
        for start, end in stretches:
            first = units + utf16_len(text[at:start])
            at, units = end, first + utf16_len(text[start:end])
            boxes += self._geometry.layout.stretch_rects(first, units)
        return boxes

    def _places(self, words: Iterable[WordRange]) -> list[QRectF]:
        rects = self._geometry.stretch_rects
        return [box for word in words for box in rects(*word)]


def _trimmed(text: str, stretch: WordRange) -> WordRange:
    """Return a stretch without the white space at its start."""
    start, end = stretch
    piece = text[start:end]
    return (start + len(piece) - len(piece.lstrip()) if piece.strip() else start), end


def _staying_stretches(draft: Draft) -> list[WordRange]:
    """Return the stretches of a draft of several places that stand between those."""
    found: list[WordRange] = []
    for span in draft.spans:
        if span.slot < 0 and found and found[-1][1] == span.start:
            found[-1] = (found[-1][0], span.end)
        elif span.slot < 0:
            found.append((span.start, span.end))
    return found


def _pinned_stretches(draft: Draft, pinned: Collection[int]) -> list[WordRange]:
    """Return the stretches of a draft that slots are pinned in: one a word, of however many."""
    found: list[WordRange] = []
    for span in draft.spans:
        if span.slot in pinned:
            goes_on = found and found[-1][1] == span.start and not draft.text[span.start].isspace()
            if goes_on:
                found[-1] = (found[-1][0], span.end)
            else:
                found.append((span.start, span.end))
    return found
