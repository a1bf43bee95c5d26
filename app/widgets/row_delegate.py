"""Rows of a list with some air around their words."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

AIR = QSize(8, 8)  # px


class PaddedRows(QStyledItemDelegate):
    """Asks for a little more room than the text needs."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the room for one cell."""
        return super().sizeHint(option, index) + AIR
