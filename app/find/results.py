"""The list of all matches in all tabs: where each is, and what replacing would make of its line."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QLabel, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.find.hit import Hit
from app.translation import number_text
from app.widgets.row_delegate import PaddedRows

MAX_ROWS = 2000
MAX_OPEN = 1000  # lines
LINE_DIGITS = 5  # that there is room for
ROLE = Qt.ItemDataRole.UserRole


Group = tuple[str, int, Sequence[Hit]]  # a title, how many hits there are, and the first of them


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
        self._num_open = 0
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

    def show_hits(self, groups: Iterable[Group]) -> None:
        """Show the hits of each document: its title, how many there are, and the first of them."""
        self.clear()
        groups = list(groups)
        self.add_groups(groups)
        total, num_documents = sum(count for _, count, _ in groups), len(groups)
        text = self.tr("{count} matches in {documents} documents")
        self.say(text.format(count=number_text(total), documents=num_documents))

    def clear(self) -> None:
        """Show no hits."""
        self.list.clear()
        self._num_open = 0
        # Of its own measure: Qt's would look at every line.
        widest = self.list.fontMetrics().horizontalAdvance("0" * LINE_DIGITS)
        self.list.setColumnWidth(0, 2 * self.list.indentation() + widest)

    def add_groups(self, groups: Iterable[Group]) -> None:
        """Add the hits of more documents or files; those far below are not opened."""
        made = []
        for title, count, hits in groups:
            parent = QTreeWidgetItem([f"{title}  ·  {number_text(count)}"])
            parent.addChildren([_item(hit) for hit in hits])
            made.append((parent, len(hits)))
        self.list.addTopLevelItems([parent for parent, _ in made])
        for parent, count in made:
            parent.setFirstColumnSpanned(True)
            # Qt goes through all lines for each that is opened.
            if self._num_open < MAX_OPEN:
                parent.setExpanded(True)
                self._num_open += count

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
