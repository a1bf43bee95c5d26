"""The popup with what else could stand in a word's place, by probability."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.proposal.widgets.candidate_list import Index
from app.translation import tr
from engine.api import AlternativesFound

WIDTH = 230  # px
AIR = 10  # px in a row
MARGIN = 10  # px left and right of its words
SHARE = Qt.ItemDataRole.UserRole
RANK = SHARE + 1


class AlternativesPopup(QListWidget):
    """Lists the candidates for one word; choosing one closes it.

    Signals: `chosen` with the rank of the one chosen, 0 the word in the draft.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Popup)
        self.setAccessibleName(tr("Other words for this place, the likeliest first"))
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_AlternativeDelegate(self))
        self.setMouseTracking(True)
        self.itemEntered.connect(self.setCurrentItem)
        self.itemClicked.connect(lambda _: self._choose())

    def show_options(self, found: AlternativesFound, place: QPoint) -> None:
        """Offer what was found, at a place on the screen."""
        self.clear()
        for option in found.options:
            item = QListWidgetItem(option.text.replace("\n", "↵") or tr("(nothing)"))
            item.setData(SHARE, option.probability)
            item.setData(RANK, option.rank)
            words = option.text.strip() or tr("white space")
            spoken = f"{words}, {_percent(option.probability)}"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)
            self.addItem(item)
        if not found.options:
            self._add_note(tr("This step is not remembered any more"))
        self._open(place)

    def show_reason(self, reason: str, place: QPoint) -> None:
        """Say why there is nothing to offer."""
        self.clear()
        self._add_note(reason)
        self._open(place)

    def _add_note(self, text: str) -> None:
        note = QListWidgetItem(text)
        note.setToolTip(text)
        note.setFlags(Qt.ItemFlag.NoItemFlags)
        self.addItem(note)

    def _open(self, place: QPoint) -> None:
        height = sum(self.sizeHintForRow(row) for row in range(self.count()))
        self.setGeometry(QRect(place, QSize(WIDTH, height + 2 * self.frameWidth())))
        self.setCurrentRow(0)
        self.show()
        self.setFocus()

    def _choose(self) -> None:
        item = self.currentItem()
        self.close()
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen.emit(item.data(RANK))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter, leave with Esc: a list closes by itself for neither."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Leave at a click beside it, which Qt tells the list, and not what is in it."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            is_beside = not self.rect().contains(event.position().toPoint())
            if is_beside and self.close():
                return True
        return super().event(event)


class _AlternativeDelegate(QStyledItemDelegate):
    """Draws a word, a bar as long as it is likely, and the figure."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Ask for some air around a line, or around all the lines of a note."""
        height = option.fontMetrics.height()
        if index.data(SHARE) is None:
            room = QRect(0, 0, WIDTH - 2 * MARGIN, 0)
            wraps = int(Qt.TextFlag.TextWordWrap)
            height = option.fontMetrics.boundingRect(room, wraps, index.data()).height()
        return QSize(WIDTH, height + AIR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one word."""
        painter.save()
        share, rect, palette = index.data(SHARE), QRect(option.rect), option.palette
        accent = QColor(palette.color(QPalette.ColorRole.Accent))
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_current:
            accent.setAlphaF(0.16)
            painter.fillRect(rect, accent)
        inner = rect.adjusted(MARGIN, 0, -MARGIN, 0)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        middle = Qt.AlignmentFlag.AlignVCenter
        wraps = Qt.TextFlag.TextWordWrap if share is None else 0
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft | wraps, index.data())
        if share is not None:
            accent.setAlphaF(0.55)
            bar = QRect(inner.right() - 96, rect.center().y() - 2, max(1, round(50 * share)), 5)
            painter.fillRect(bar, accent)
            painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, _percent(share))
        painter.restore()


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 else "<1%"
