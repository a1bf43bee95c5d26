"""Moves words gently from where they were drawn to where they stand now."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from PySide6.QtCore import QElapsedTimer, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter

from app.proposal.drawing.draft_layout import DraftLayout
from app.proposal.drawing.measured import MeasuredWord, WordPlace
from app.proposal.drawing.paragraph import Glyphs

# About 60 frames a second.
TICK_MS = 16
EASE_MS = 40.0  # in which a way shrinks to 1/e of its length
SMALL = 0.5  # px; a shorter way is none
FAINT = 0.75  # of its opacity that such a word lacks at first
NO_WORD = 2**31  # the key of what stands before all words
FAR = 72.0  # px; a word that goes farther appears there instead of flying over others


@dataclass(frozen=True, slots=True)
class Motion:
    """How far a word still is from its place, px, and how much of its opacity it lacks, 0..1."""

    x: float = 0.0
    y: float = 0.0
    faint: float = 0.0

    def after(self, share: float) -> "Motion":
        """Return what is left when all has shrunk to a share."""
        left = Motion(self.x * share, self.y * share, self.faint * share)
        is_over = abs(left.x) < SMALL and abs(left.y) < SMALL and left.faint < 0.04
        return STILL if is_over else left


STILL = Motion()


class WordAnimation(QObject):
    """Knows how far every word of a layout is from its place, and draws it on its way.

    Signals: `moved`, when it has to be drawn again.
    """

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._words: dict[int, MeasuredWord] = {}
        self._motions: dict[int, Motion] = {}
        self._reach = 0.0  # px up or down that a word has been from its place at most
        self._drawn: list[tuple[Glyphs, int]] = []  # each piece with the word that it moves with
        self._tops: list[float] = []  # the least of a piece and those behind it
        self._bottoms: list[float] = []  # the greatest of a piece and those before it
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)

    @property
    def is_moving(self) -> bool:
        """Whether a word is on its way."""
        return bool(self._motions)

    @property
    def motions(self) -> Mapping[int, Motion]:
        """The words that are on their way."""
        return self._motions

    @property
    def places(self) -> dict[int, WordPlace]:
        """Where the words stand, by their keys."""
        return {key: one.place for key, one in self._words.items()}

    def forget_draft(self) -> None:
        """Another draft is shown: its slots are others, only the text behind it is the same."""
        self._words = {key: one for key, one in self._words.items() if key < 0}

    def forget_words(self) -> None:
        """Whatever is shown next was nowhere before."""
        self.stop()
        self._words = {}

    def follow(
        self, words: dict[int, MeasuredWord], layout: DraftLayout, *, is_eased: bool
    ) -> None:
        """Take in where the words stand now; eased, they are drawn where they were and go there."""
        before, motions = self._words, self._motions
        self._words, self._motions = words, {}
        if is_eased:
            for key, now in words.items():
                was = before.get(key)
                # Another word in the same slot appears in its place: it did not come from anywhere.
                if was is not None and was.place.text == now.place.text:
                    motion = _between(was.place, now.place, motions.get(key, STILL))
                    if motion is not STILL:
                        self._motions[key] = motion
            self._part_words()
        # Cut to pieces here, once, and not where they are drawn.
        self._drawn = list(self._pieces(layout)) if self._motions else []
        self._reach = max((abs(motion.y) for motion in self._motions.values()), default=0.0)
        boxes = [one.rect for one, _ in self._drawn]
        # Pieces overlap in height, so a search needs bounds that only rise.
        self._tops = list(accumulate((box.top() for box in reversed(boxes)), min))[::-1]
        self._bottoms = list(accumulate((box.bottom() for box in boxes), max))
        if not self._motions:
            self._timer.stop()
        elif not self._timer.isActive():
            # Timers come late while the model computes; ways shrink by the time that has passed.
            self._clock.start()
            self._timer.start()

    def stop(self) -> None:
        """Put every word where it stands."""
        self._timer.stop()
        self._motions, self._drawn = {}, []

    def advance(self, ms: float) -> None:
        """Let the words go on for a while."""
        share = math.exp(-ms / EASE_MS)
        left = {key: motion.after(share) for key, motion in self._motions.items()}
        self._motions = {key: motion for key, motion in left.items() if motion is not STILL}
        if not self._motions:
            self._timer.stop()
        self.moved.emit()

    def paint(self, painter: QPainter, origin: QPointF, plain: QColor) -> None:
        """Draw the layout that was followed last, with its words where they are now."""
        first, last = 0, len(self._drawn)
        if painter.hasClipping():
            band = painter.clipBoundingRect().translated(-origin)
            first = bisect_left(self._bottoms, band.top() - self._reach)
            last = bisect_right(self._tops, band.bottom() + self._reach)
        for glyphs, key in self._drawn[first:last]:
            motion = self._motions.get(key, STILL)
            painter.setPen(glyphs.color or plain)
            painter.setOpacity(1.0 - motion.faint)
            way = QPointF(motion.x, motion.y + glyphs.top)
            painter.drawGlyphRun(origin + way, glyphs.run)
        painter.setOpacity(1.0)

    def _pieces(self, layout: DraftLayout) -> Iterator[tuple[Glyphs, int]]:
        """Cut a layout into stretches that move together."""
        words = (one.word for one in self._in_order())
        parts = groupby(words, lambda word: self._motions.get(word.key, STILL))
        firsts = [next(group) for _, group in parts]
        at, key = 0, NO_WORD
        for word in firsts:
            yield from ((glyphs, key) for glyphs in layout.glyphs(at, word.start - at))
            at, key = word.start, word.key
        yield from ((glyphs, key) for glyphs in layout.glyphs(at, layout.length - at))

    def _part_words(self) -> None:
        """Take along the words that others on their way to the left would be drawn over."""
        seen = sorted(self._words.values(), key=lambda one: (one.place.row, one.place.left))
        for one, after in pairwise(seen):
            motion = self._motions.get(one.word.key, STILL)
            if motion.x > 0.0 and one.place.row == after.place.row:
                own = self._motions.get(after.word.key, STILL)
                later = max(one, after, key=lambda each: each.word.start)
                reach = one.place.left + one.width + motion.x + later.space
                overlap = reach - (after.place.left + own.x)
                if overlap > 0.0:
                    self._motions[after.word.key] = replace(own, x=own.x + overlap)

    def _in_order(self) -> list[MeasuredWord]:
        return sorted(self._words.values(), key=lambda one: one.word.start)

    def _on_tick(self) -> None:
        self.advance(self._clock.restart())


def _between(was: WordPlace, now: WordPlace, motion: Motion) -> Motion:
    """Return how far a word has to go that was drawn at a place, or on its way there."""
    x, y = was.left + motion.x - now.left, was.top + motion.y - now.top
    if abs(x) > FAR:
        return Motion(faint=FAINT)
    # Of a way too short to be seen, `after` makes stillness.
    return Motion(x, y, motion.faint).after(1.0)
