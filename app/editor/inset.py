"""Room in the document's layout for something drawn in place, without a change to the document.

`InsetLayout` reports the height of what is drawn as the height of the blocks that it stands for.
Everything that asks the layout (painting, mouse positions, the caret, the scroll range) then
agrees by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QKeyEvent, QPainter, QTextBlock, QTextDocument

from app.editor.drawn_rows import DrawnRows
from app.editor.line_layout import LineLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Inset:
    """The blocks an overlay stands in for, or stands below, and its height."""

    first: int  # block numbers, both inclusive
    last: int
    height: float  # px
    width: float = 0.0  # px, both margins included
    is_below: bool = False  # below the last block, which stays visible
    # px from the top, one per paragraph drawn; None where it is scrolled out of the overlay
    baselines: tuple[float | None, ...] = ()

    def covers(self, number: int) -> bool:
        """Return whether the overlay stands in the place of block `number`."""
        return not self.is_below and self.first <= number <= self.last


class Overlay(Protocol):
    """Something drawn in the room that an `Inset` has made; what it is asked is about that."""

    @property
    def rows(self) -> DrawnRows | None:
        """The rows it draws in the blocks' place; None if the caret does not go through these."""

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw into `rect`, in viewport coordinates."""

    def paint_gutter(self, painter: QPainter, rect: QRectF) -> None:
        """Draw beside it, into the gutter's part of the same band."""

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key press, or return False and leave it to the editor."""

    def take_click(self, point: QPointF) -> bool:
        """Act on a click at a viewport point, or return False and leave it to the editor."""

    def take_wheel(self, point: QPointF, pixels: float) -> bool:
        """Scroll down by `pixels` at a viewport point, or return False and leave it."""


class InsetLayout(LineLayout):
    """A plain-text layout with insets."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._insets: tuple[Inset, ...] = ()
        self._heights: dict[int, float] = {}  # block number -> px

    def set_insets(self, insets: Sequence[Inset]) -> None:
        """Make room for these and no others; no two stand in for the same block."""
        self._insets = tuple(insets)
        self._heights = self._measure()
        self._version += 1
        # By this Qt looks at the scroll range again.
        self.documentSizeChanged.emit(self.documentSize())

    def inset_over(self, number: int) -> Inset | None:
        """Return the inset that stands in the place of block `number`; None if there is none."""
        return next((inset for inset in self._insets if inset.covers(number)), None)

    def natural_height(self, block: QTextBlock) -> float:
        """Return the height of a block's own text, without the document's bottom margin."""
        height = self.text_rect(block).height()
        return height - (0.0 if block.next().isValid() else self.document().documentMargin())

    @contextmanager
    def covered_blocks_hidden(self) -> Iterator[None]:
        """Keep the blocks that the overlay stands in for from being drawn."""
        covered = [b for i in self._insets if not i.is_below for b in self._blocks(i)]
        for block in covered:
            # Only while it draws: an invisible block has no place in the scroll range and takes no
            # caret.
            block.setVisible(False)
        try:
            yield
        finally:
            for block in covered:
                block.setVisible(True)

    def _blocks(self, inset: Inset) -> Iterator[QTextBlock]:
        block = self.document().findBlockByNumber(inset.first)
        while block.isValid() and block.blockNumber() <= inset.last:
            yield block
            block = block.next()

    def _measure(self) -> dict[int, float]:
        """Spread the insets over their blocks, so that scrolling by lines passes through them."""
        heights: dict[int, float] = {}
        # Those below come last: what they stand below may be covered, and of another height by it.
        for inset in sorted(self._insets, key=lambda one: one.is_below):
            left = inset.height
            for block in self._blocks(inset):
                number, natural = block.blockNumber(), self.natural_height(block)
                margin = 0.0 if block.next().isValid() else self.document().documentMargin()
                if inset.is_below:
                    height = heights.get(number, natural + margin) - margin + inset.height
                else:
                    height = left if number == inset.last else min(left, natural)
                    left -= height
                # Qt counts the document's bottom margin to the last block.
                heights[number] = height + margin
        return heights

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        """Return the block's rectangle, as tall as its share of the inset."""
        rect = self.text_rect(block)
        if self._heights and block.isValid():
            height = self._heights.get(block.blockNumber())
            if height is not None:
                rect.setHeight(height)
        return rect

    def documentSize(self) -> QSizeF:
        """Return the size of the text, the inset's width included."""
        size = super().documentSize()
        size.setWidth(max((size.width(), *(inset.width for inset in self._insets))))
        return size
