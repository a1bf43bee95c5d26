"""Draws what was done to the words of a draft, and which are meant."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from app.proposal.painter import paint_pin, paint_word_frame
from app.proposal.positions import to_utf16
from app.proposal.take import Draft
from app.proposal.words import hunks

if TYPE_CHECKING:
    from app.proposal.view import ProposalView

Word = tuple[int, int]  # code points of the draft


class WordMarks:
    """The pins of a view's draft, the words of it in the document, and the pointer's words."""

    def __init__(self, view: "ProposalView") -> None:
        self._view = view
        self._editor = view.editor
        self._proposal = view.proposal

    def paint(self, painter: QPainter, origin: QPointF) -> None:
        """Draw the marks below the words."""
        accent, draft = self._editor.theme.accent, self._proposal.draft
        if draft is None:
            self._paint_first_pins(painter, origin, accent)
            return
        if self._view.layout.draft_text != draft.as_document_text().text:
            return
        self._paint_accepted(painter, origin, draft.text)
        for stretch in _pinned_stretches(draft, self._proposal.take.pinned):
            self._paint_pin(painter, origin, draft.text, stretch, accent)
        pointer = self._view.pointer
        style = Qt.PenStyle.DashLine if pointer.is_pressed else Qt.PenStyle.SolidLine
        for word in pointer.meant:
            for box in self._view.geometry.stretch_rects(*word):
                paint_word_frame(painter, box.translated(origin), accent, style)

    def _paint_first_pins(self, painter: QPainter, origin: QPointF, color: QColor) -> None:
        """Draw what was pinned before the run, as long as the old text is all there is to see."""
        for stretch in self._proposal.place.first_pins:
            start, end = (to_utf16(self._proposal.place.old_text, offset) for offset in stretch)
            for box in self._view.layout.stretch_rects(start, end):
                paint_pin(painter, box.translated(origin), color)

    def _paint_accepted(self, painter: QPainter, origin: QPointF, text: str) -> None:
        """Take the ground away where the document holds the draft's words by now."""
        if not self._proposal.place.has_parts:
            return
        at = 0
        for hunk in (*hunks(self._proposal.place.old_text, text), None):
            end = hunk.new_start if hunk else len(text)
            if text[at:end].strip():
                for box in self._view.geometry.stretch_rects(at, end):
                    rect = box.translated(origin).adjusted(0.0, 1.0, 0.0, -1.0)
                    painter.fillRect(rect, self._editor.theme.paper)
            at = hunk.new_end if hunk else at

    def _paint_pin(
        self, painter: QPainter, origin: QPointF, text: str, stretch: Word, color: QColor
    ) -> None:
        start, end = stretch
        ink = text[start:end]
        start += len(ink) - len(ink.lstrip()) if ink.strip() else 0
        for box in self._view.geometry.stretch_rects(start, end):
            paint_pin(painter, box.translated(origin), color)


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
