"""Rows of a popup's list: a name, what it is of behind it, and a note on the right."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

ROW_HEIGHT = 30  # px, at least
PAD = 12  # px
NOTE = Qt.ItemDataRole.UserRole
OF = Qt.ItemDataRole.UserRole + 1
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class EntryList(QListWidget):
    """A list that says so, where it has nothing to offer."""

    _empty_text = ""

    def say_when_empty(self, text: str) -> None:
        """Say this while there is nothing in the list."""
        self._empty_text = text
        self.viewport().update()

    @property
    def said(self) -> str:
        """What stands in the place of entries; empty while there are some."""
        return "" if self.count() else self._empty_text

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the entries, or what is said."""
        super().paintEvent(event)
        if self.said:
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            rect = self.viewport().rect().adjusted(PAD, 0, -PAD, 0)
            rect.setHeight(ROW_HEIGHT)
            right = Qt.TextElideMode.ElideRight
            said = painter.fontMetrics().elidedText(self.said, right, rect.width())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)
            painter.end()


def make_list(num_rows: int) -> EntryList:
    """Return a list for a popup, whose line keeps the keyboard."""
    made = EntryList()
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setItemDelegate(EntryRows(made))
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFixedHeight(num_rows * ROW_HEIGHT)
    return made


class EntryRows(QStyledItemDelegate):
    """Draws the name on the left, what it is of behind it, the note on the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Give every row some air."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(ROW_HEIGHT, hint.height() + 8))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        painter.save()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette, role = option.palette, QPalette.ColorRole
        if is_chosen:
            painter.fillRect(option.rect, palette.color(role.Highlight))
        strong = palette.color(role.HighlightedText if is_chosen else role.Text)
        quiet = strong if is_chosen else palette.color(role.PlaceholderText)
        rect = option.rect.adjusted(PAD, 0, -PAD, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(strong)
        title = str(index.data())
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(quiet)
        metrics, note = painter.fontMetrics(), str(index.data(NOTE))
        right = metrics.horizontalAdvance(note) + PAD if note else 0
        behind = rect.adjusted(metrics.horizontalAdvance(title) + PAD, 0, -right, 0)
        middle_out = Qt.TextElideMode.ElideMiddle
        of = metrics.elidedText(str(index.data(OF)), middle_out, behind.width())
        painter.drawText(behind, middle | Qt.AlignmentFlag.AlignLeft, of)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, note)
        painter.restore()
