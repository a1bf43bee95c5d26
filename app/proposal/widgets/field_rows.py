"""Fields side by side, and below each other where there is no room for that."""

from collections.abc import Sequence
from itertools import chain

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

Group = tuple[QWidget, ...]  # fields that stay side by side
SPACING = 6  # px


class FieldRows(QWidget):
    """Groups of fields in as many rows as they need.

    Signals: `folded`, when they take more rows or fewer.
    """

    folded = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._groups: tuple[Group, ...] = ()
        self._rows: list[Group] = []
        self._lines: list[QHBoxLayout] = []

    def set_groups(self, *groups: Group) -> None:
        """Lay the groups out, for now in one row."""
        self._groups = groups
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._lines = [QHBoxLayout() for _ in groups]
        for line in self._lines:
            line.setSpacing(SPACING)
            column.addLayout(line)
        self._put_into([tuple(chain(*groups))])

    def fit_width(self, spare: Sequence[QWidget] = (), gone: Sequence[QWidget] = ()) -> None:
        """Take as many rows as the width needs.

        Args:
            spare: What is left out rather than put into another row, the first one first.
            gone: What is hidden anyway.
        """
        if not self.isVisible():
            return
        hidden = set(gone)
        everything = tuple(chain(*self._groups))
        for widget in spare:
            if _width_of(everything, hidden) > self.width():
                hidden.add(widget)
        for widget in everything:
            widget.setVisible(widget not in hidden)
        rows: list[Group] = [()]
        for group in self._groups:
            if rows[-1] and _width_of(rows[-1] + group, hidden) > self.width():
                rows.append(())
            rows[-1] += group
        if rows != self._rows:
            self._put_into(rows)
            self.folded.emit()

    def _put_into(self, rows: list[Group]) -> None:
        self._rows = rows
        for line in self._lines:
            while line.count():
                line.takeAt(0)
        for line, row in zip(self._lines, rows, strict=False):
            for widget in row:
                line.addWidget(widget)
            line.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Show as much as there is room for, now that there is any."""
        super().showEvent(event)
        self.fit_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self.fit_width()


def _width_of(widgets: Group, hidden: set[QWidget]) -> int:
    """Return how much room fields need side by side, px; those that are hidden need none."""
    shown = [widget for widget in widgets if widget not in hidden]
    least = (max(one.minimumSizeHint().width(), one.minimumWidth()) for one in shown)
    return sum(least) + (len(shown) - 1) * SPACING
