"""The history: find a candidate again, look at it, put it back, copy it, or forget it."""

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.editor.fonts import editor_font, is_prose
from app.proposal import History, PastCandidate, outcome_text
from app.proposal.model.ways import way_of
from app.translation import QT_TR_NOOP, number_text, tr
from app.widgets.fitting import resize_to_fit
from app.widgets.ringed import RingedButton

Index = QModelIndex | QPersistentModelIndex
Role = QPalette.ColorRole

NOTE = QT_TR_NOOP("Kept in memory, and only until Inlay is closed.")
KEPT_NOTE = QT_TR_NOOP("Kept on this machine, and never in your documents. Del forgets.")
NOTHING_YET = QT_TR_NOOP(
    "Nothing yet. Drafts that you accept, reject or replace will be listed here."
)
NOTHING_FOUND = QT_TR_NOOP("No version has all of these words.")
LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
FIRST_WORDS = 80  # characters
WORDS_COLUMN = 2
ROW_AIR = QSize(12, 8)  # px
PREVIEW_POINT_SIZE = 11.0


class HistoryDialog(QDialog):
    """Shows the candidates of a `History`; stays open beside the window.

    Signals:
        insert_wanted: The text of a candidate that is to be put in at the cursor.
        restore_wanted: A `PastCandidate` that is to be a draft where its old text stands.
    """

    insert_wanted = Signal(str)
    restore_wanted = Signal(object)

    def __init__(self, history: History, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._shown: tuple[PastCandidate, ...] = ()
        self.search = QLineEdit()
        self.list = QTreeWidget()
        self.old_text, self.new_text = QPlainTextEdit(), QPlainTextEdit()
        self.copy_button, self.insert_button = (
            RingedButton(tr("&Copy")),
            RingedButton(tr("&Insert at Cursor")),
        )
        self.restore_button = RingedButton(tr("&Restore"))
        self.delete_button = RingedButton(tr("&Delete"))
        tip = tr("Show it as a draft where its old text stands in the document in front")
        self.restore_button.setToolTip(tip)
        self._title, self._details = QLabel(), QLabel()
        self.setWindowTitle(tr("History – Inlay"))
        resize_to_fit(self, 860, 540)
        self._set_up_list()
        self._set_up_preview()
        self._lay_out()
        self._connect()

    @property
    def candidate(self) -> PastCandidate | None:
        """The candidate that is chosen."""
        row = self.list.currentIndex().row()
        return self._shown[row] if 0 <= row < len(self._shown) else None

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.delete_button, self.copy_button, self.restore_button, self.insert_button)

    def copy(self) -> None:
        """Copy the chosen candidate to the clipboard."""
        if self.candidate is not None:
            QGuiApplication.clipboard().setText(self.candidate.text)

    def delete(self) -> None:
        """Forget the chosen candidates, and choose the one that comes to stand in their place."""
        rows = {index.row() for index in self.list.selectedIndexes()}
        gone = [self._shown[row] for row in rows]
        if gone:
            row = min(rows)
            self._history.delete(gone)
            self._refresh()
            last = self.list.topLevelItemCount() - 1
            self.list.setCurrentIndex(self.list.model().index(min(row, last), 0))

    def _restore(self) -> None:
        if self.candidate is not None:
            self.restore_wanted.emit(self.candidate)

    def _insert(self) -> None:
        if self.candidate is not None:
            self.insert_wanted.emit(self.candidate.text)

    def _set_up_list(self) -> None:
        self.search.setPlaceholderText(tr("Search old and new texts and titles"))
        self.search.setAccessibleName(tr("Search the history"))
        self.search.setClearButtonEnabled(True)
        self.list.setAccessibleName(tr("Versions, the newest first"))
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(3)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAllColumnsShowFocus(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setItemDelegate(_PastCandidateDelegate(self.list))
        header = self.list.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(WORDS_COLUMN, QHeaderView.ResizeMode.Stretch)

    def _set_up_preview(self) -> None:
        for label in (self._title, self._details):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._details.setForegroundRole(Role.PlaceholderText)
        for view, name in ((self.old_text, tr("Old text")), (self.new_text, tr("Version"))):
            view.setReadOnly(True)
            view.setAccessibleName(name)
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.document().setDocumentMargin(8)

    def _lay_out(self) -> None:
        preview = QWidget()
        column = QVBoxLayout(preview)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self._details)
        for name, view in ((tr("Version"), self.new_text), (tr("Old text"), self.old_text)):
            column.addSpacing(6)
            column.addWidget(_quiet_label(name))
            column.addWidget(view, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.list)
        splitter.addWidget(preview)
        splitter.setSizes([470, 390])
        splitter.setChildrenCollapsible(False)
        buttons = QHBoxLayout()
        note = _quiet_label(tr(KEPT_NOTE if self._history.is_kept else NOTE))
        buttons.addWidget(note, 1)
        for button in self._buttons:
            # Enter in the search line must not press one of them.
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(splitter, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._history.changed.connect(self._follow_history)
        self.search.textChanged.connect(self._refresh)
        self.list.currentItemChanged.connect(self._show_candidate)
        self.copy_button.clicked.connect(self.copy)
        self.insert_button.clicked.connect(self._insert)
        self.restore_button.clicked.connect(self._restore)
        self.delete_button.clicked.connect(self.delete)
        key = QKeySequence(Qt.Key.Key_Delete)
        forget = QShortcut(key, self.list, context=Qt.ShortcutContext.WidgetShortcut)
        forget.activated.connect(self.delete)

    def _follow_history(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        """Search anew, and stay at the chosen candidate if it is still found."""
        chosen = self.candidate
        self._shown = self._history.search(self.search.text())
        self.list.clear()
        self.list.addTopLevelItems([_item(candidate) for candidate in self._shown])
        same = (row for row, candidate in enumerate(self._shown) if candidate is chosen)
        self.list.setCurrentIndex(self.list.model().index(next(same, 0), 0))
        self._show_candidate()

    def _show_candidate(self) -> None:
        candidate = self.candidate
        for button in self._buttons:
            button.setEnabled(candidate is not None)
        if candidate is None:
            self._title.setText(tr(NOTHING_FOUND if self._history.candidates else NOTHING_YET))
            self._details.clear()
            self.old_text.clear()
            self.new_text.clear()
            return
        origin = candidate.origin
        self._title.setText(f"{origin.title} · {outcome_text(candidate.outcome)}")
        self._title.setToolTip(shown(origin.path) if origin.path else tr("not saved yet"))
        self._details.setText(_details(candidate))
        self._details.setToolTip(_figures(candidate))
        prose = is_prose(origin.path.name if origin.path else origin.title)
        font = editor_font(prose=prose, point_size=PREVIEW_POINT_SIZE)
        for view, text in ((self.old_text, candidate.old_text), (self.new_text, candidate.text)):
            view.setFont(font)
            view.setPlainText(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come in meanwhile, ready to be searched."""
        super().showEvent(event)
        self._refresh()
        self.search.setFocus()
        self.search.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move through the list from the search line, too."""
        if event.key() in LIST_KEYS and self.search.hasFocus():
            self.list.event(event)
            return
        super().keyPressEvent(event)


class _PastCandidateDelegate(QStyledItemDelegate):
    """Draws a row with some air around it, the words stronger than what is said about them."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Ask for a little more than the text needs."""
        return super().sizeHint(option, index) + ROW_AIR

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Take the colours as they are now, so that light and dark may change."""
        super().initStyleOption(option, index)
        if index.column() != WORDS_COLUMN:
            option.palette.setColor(Role.Text, option.palette.color(Role.PlaceholderText))


def _item(candidate: PastCandidate) -> QTreeWidgetItem:
    # A candidate may be long, and much of it white space.
    words = " ".join(candidate.text[: 4 * FIRST_WORDS].split())[:FIRST_WORDS]
    time = candidate.time.astimezone()
    is_today = time.date() == datetime.now(UTC).astimezone().date()
    when = f"{time:%H:%M}" if is_today else f"{time:%Y-%m-%d}"
    return QTreeWidgetItem([when, outcome_text(candidate.outcome), words or tr("(empty)")])


def _details(candidate: PastCandidate) -> str:
    facts = [f"{candidate.time.astimezone():%Y-%m-%d %H:%M}"]
    if candidate.strength < 1.0:
        facts.append(tr("strength {share}").format(share=f"{candidate.strength:.0%}"))
    if candidate.instruction:
        way = way_of(candidate.instruction)
        facts.append(way.title if way else f"“{candidate.instruction}”")
    return " · ".join(facts)


def _figures(candidate: PastCandidate) -> str:
    """Return what hardly anybody wants to know of a version."""
    facts = [
        tr("%n steps", "", candidate.steps),
        tr("entropy {entropy}").format(entropy=number_text(candidate.mean_entropy, 3)),
        tr("seed {seed}").format(seed=candidate.seed),
    ]
    if candidate.score is not None:
        facts.append(tr("score {score}").format(score=number_text(candidate.score, 2)))
    return " · ".join(facts)


def _quiet_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setForegroundRole(Role.PlaceholderText)
    return label
