"""The list of all matches in all tabs: where each is, and what replacing would make of its line."""

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.find.hit import Hit
from app.widgets.row_delegate import PaddedRows

MAX_ROWS = 2000
ROLE = Qt.ItemDataRole.UserRole


class ResultsPanel(QFrame):
    """Lists hits under the names of their documents.

    Signals:
        hit_chosen: The `Hit` to go to.
    """

    hit_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QTreeWidget()
        self._summary = QLabel()
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        self.list.setUniformRowHeights(True)
        self.list.setItemDelegate(PaddedRows(self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName(self.tr("Matches in all tabs"))
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self._summary.setContentsMargins(14, 6, 14, 2)
        self._summary.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._summary)
        layout.addWidget(self.list)

    def show_hits(self, groups: Iterable[tuple[str, int, list[Hit]]]) -> None:
        """Show the hits of each document: its title, how many there are, and the first of them."""
        self.clear()
        total = num_documents = 0
        for title, count, hits in groups:
            total, num_documents = total + count, num_documents + 1
            self.add_group(title, count, hits)
        text = self.tr("{count} matches in {documents} documents")
        self.say(text.format(count=f"{total:,}", documents=num_documents))

    def clear(self) -> None:
        """Show no hits."""
        self.list.clear()

    def add_group(self, title: str, count: int, hits: Iterable[Hit]) -> None:
        """Add the hits of one document or file."""
        parent = QTreeWidgetItem([f"{title}  ·  {count:,}"])
        self.list.addTopLevelItem(parent)
        parent.addChildren([_item(hit) for hit in hits])
        parent.setExpanded(True)
        parent.setFirstColumnSpanned(True)
        self.list.resizeColumnToContents(0)

    def say(self, text: str) -> None:
        """Say how much was found."""
        self._summary.setText(text)

    def _choose(self, item: QTreeWidgetItem) -> None:
        hit = item.data(0, ROLE)
        if hit is not None:
            self.hit_chosen.emit(hit)


def _item(hit: Hit) -> QTreeWidgetItem:
    item = QTreeWidgetItem([str(hit.line), hit.preview])
    item.setTextAlignment(0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    item.setData(0, ROLE, hit)
    return item
