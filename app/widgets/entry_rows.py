"""Rows of a popup's list: a name, what it is of behind it, and a note on the right."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QFrame, QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

ROW_HEIGHT = 30  # px, at least
PAD = 12  # px
NOTE = Qt.ItemDataRole.UserRole
OF = Qt.ItemDataRole.UserRole + 1
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def make_list(num_rows: int) -> QListWidget:
    """Return a list for a popup, whose line keeps the keyboard."""
    made = QListWidget()
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
        behind = rect.adjusted(painter.fontMetrics().horizontalAdvance(title) + PAD, 0, 0, 0)
        of = painter.fontMetrics().elidedText(
            str(index.data(OF)), Qt.TextElideMode.ElideMiddle, behind.width()
        )
        painter.drawText(behind, middle | Qt.AlignmentFlag.AlignLeft, of)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, str(index.data(NOTE)))
        painter.restore()
