"""The models as a list that Qt shows."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.models.downloads import Work
from app.models.model_entries import ModelEntry
from app.models.model_texts import state_text

Index = QModelIndex | QPersistentModelIndex
ENTRY, STATE, IS_USED = (Qt.ItemDataRole.UserRole + n for n in range(3))
PADDING = 9  # px
MARK = 3  # px


class ModelList(QAbstractListModel):
    """The entries, with what is being done to them and which one is in use."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[ModelEntry, ...] = ()
        self._used: str | None = None
        self._work: Work | None = None

    @property
    def entries(self) -> tuple[ModelEntry, ...]:
        """Return the entries in the order of the list."""
        return self._entries

    @property
    def used(self) -> str | None:
        """Return the key of the entry in use."""
        return self._used

    def entry(self, key: str) -> ModelEntry | None:
        """Return the entry of this key."""
        return next((entry for entry in self._entries if entry.key == key), None)

    def row_of(self, key: str | None) -> int:
        """Return the row of a key; -1: there is none."""
        keys = [entry.key for entry in self._entries]
        return keys.index(key) if key in keys else -1

    def set_entries(self, entries: Sequence[ModelEntry]) -> None:
        """Show other entries; rows stay where they are if the keys do."""
        keys = [entry.key for entry in entries]
        if keys == [entry.key for entry in self._entries]:
            self._entries = tuple(entries)
            self._tell_all()
            return
        self.beginResetModel()
        self._entries = tuple(entries)
        self.endResetModel()

    def set_used(self, key: str | None) -> None:
        """Mark the entry in use."""
        self._used = key
        self._tell_all()

    def set_work(self, work: Work | None) -> None:
        """Show what is being done."""
        self._work = work
        self._tell_all()

    def _tell_all(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Return the number of entries."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """Return what a view asks for."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        is_used = entry.key == self._used
        state = state_text(entry, self._work, is_used=is_used)
        values: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: entry.title,
            Qt.ItemDataRole.ToolTipRole: entry.place,
            Qt.ItemDataRole.AccessibleTextRole: f"{entry.title}, {state}",
            ENTRY: entry,
            STATE: state,
            IS_USED: is_used,
        }
        return values.get(role)


class ModelRow(QStyledItemDelegate):
    """Paints a model in two lines, its name and its state; a bar marks the one in use."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        self.initStyleOption(option, index)
        title, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette, is_used = option.palette, bool(index.data(IS_USED))
        if is_used:
            role = (
                QPalette.ColorRole.HighlightedText if is_selected else QPalette.ColorRole.Highlight
            )
            bar = QRect(option.rect.left(), option.rect.top(), MARK, option.rect.height())
            painter.fillRect(bar, palette.color(role))
        name_role, state_role = QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText
        if is_selected:
            name_role = state_role = QPalette.ColorRole.HighlightedText
        box = option.rect.adjusted(PADDING + MARK, PADDING - 2, -PADDING, -PADDING + 2)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if is_used else QFont.Weight.Medium)
        self._line(painter, box, title, font, palette.color(name_role), Qt.AlignmentFlag.AlignTop)
        small = _small(option.font)
        state = str(index.data(STATE))
        bottom = Qt.AlignmentFlag.AlignBottom
        self._line(painter, box, state, small, palette.color(state_role), bottom)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room of two lines."""
        lines = QFontMetrics(option.font).height() + QFontMetrics(_small(option.font)).height()
        return QSize(120, lines + 2 * PADDING)

    def _line(
        self,
        painter: QPainter,
        box: QRect,
        text: str,
        font: QFont,
        colour: QColor,
        alignment: Qt.AlignmentFlag,
    ) -> None:
        painter.save()
        painter.setFont(font)
        painter.setPen(colour)
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, alignment | Qt.AlignmentFlag.AlignLeft, shown)
        painter.restore()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.9)
    return small
