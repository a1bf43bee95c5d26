"""Draws what was done to the words of a draft, and which are meant."""

from collections.abc import Collection, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.proposal.drawing.geometry import DraftGeometry
from app.proposal.drawing.painter import band_of, in_band, paint_pin, paint_word_frame
from app.proposal.drawing.pointer import Pointer
from app.proposal.model.candidate import Draft
from app.proposal.model.pins import Word
from app.text.hunks import hunks
from app.text.positions import to_utf16


class WordMarks:
    """The pins of a view's draft, the words of it in the document, and the pointer's words.

    Where they stand is found when the draft, its pins or the old text change; drawing takes what
    is in view of it.
    """

    def __init__(self, geometry: DraftGeometry, pointer: Pointer) -> None:
        self._geometry, self._pointer = geometry, pointer
        self._editor, self._proposal = geometry.editor, geometry.proposal
        self._accepted: list[QRectF] = []  # in the room, from top to bottom
        self._pinned: list[QRectF] = []
        self._meant: list[QRectF] = []
        self._shows_draft = False

    def follow(self) -> None:
        """Find the places anew: the layout is another, or what was done to its words."""
        draft, layout = self._proposal.draft, self._geometry.layout
        self._accepted, self._pinned = [], []
        self._shows_draft = draft is not None and (
            layout.draft_text == draft.as_document_text().text
        )
        if draft is None:
            self._pinned = self._first_pins()
        elif self._shows_draft:
            self._accepted = self._accepted_places(draft.text)
            stretches = _pinned_stretches(draft, self._proposal.candidate.pinned)
            self._pinned = self._places(_inked(draft.text, stretch) for stretch in stretches)
        self.follow_pointer()

    def follow_pointer(self) -> None:
        """Find the places of the words that are meant."""
        self._meant = self._places(self._pointer.meant) if self._shows_draft else []

    def paint(self, painter: QPainter, origin: QPointF) -> None:
        """Draw the marks below the words."""
        theme, pointer = self._editor.theme, self._pointer
        band = band_of(painter, QRectF(self._editor.viewport().rect()))
        for box in in_band(self._accepted, origin, band):
            painter.fillRect(box.adjusted(0.0, 1.0, 0.0, -1.0), theme.paper)
        for box in in_band(self._pinned, origin, band):
            paint_pin(painter, box, theme.accent)
        style = Qt.PenStyle.DashLine if pointer.is_pressed else Qt.PenStyle.SolidLine
        for box in in_band(self._meant, origin, band):
            paint_word_frame(painter, box, theme.accent, style)

    def _first_pins(self) -> list[QRectF]:
        """Return what was pinned before the run, as long as the old text is all there is to see."""
        place = self._proposal.place
        return [
            box
            for start, end in place.first_pins
            for box in self._geometry.layout.stretch_rects(
                to_utf16(place.old_text, start), to_utf16(place.old_text, end)
            )
        ]

    def _accepted_places(self, text: str) -> list[QRectF]:
        """Return where the ground goes, because the document holds the draft's words by now."""
        if not self._proposal.place.has_parts:
            return []
        same, at = [], 0
        for hunk in (*hunks(self._proposal.place.old_text, text), None):
            end = hunk.new_start if hunk else len(text)
            if text[at:end].strip():
                same.append((at, end))
            at = hunk.new_end if hunk else at
        return self._places(same)

    def _places(self, words: Iterable[Word]) -> list[QRectF]:
        rects = self._geometry.stretch_rects
        return [box for word in words for box in rects(*word)]


def _inked(text: str, stretch: Word) -> Word:
    """Return a stretch without the white space at its start."""
    start, end = stretch
    ink = text[start:end]
    return (start + len(ink) - len(ink.lstrip()) if ink.strip() else start), end


def _pinned_stretches(draft: Draft, pinned: Collection[int]) -> list[Word]:
    """Return the stretches of a draft that slots are pinned in: one a word, of however many."""
    found: list[Word] = []
    for span in draft.spans:
        if span.slot in pinned:
            goes_on = found and found[-1][1] == span.start and not draft.text[span.start].isspace()
            if goes_on:
                found[-1] = (found[-1][0], span.end)
            else:
                found.append((span.start, span.end))
    return found
