"""Find in the files of the folder: what to look for, and what was found so far."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.find.results import ResultsPanel
from app.find.search import Query
from app.folder.model.searching import FileHits, FolderSearch, Tally
from app.translation import number_text, tr
from app.widgets.flat_button import FlatButton
from app.widgets.ringed import RingedButton
from app.widgets.tab_order import set_tab_order

HEIGHT = 260  # px
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class SearchPanel(QFrame):
    """Takes a query, and lists the hits as they come.

    Signals:
        search_wanted: The `Query` that is to be started.
        hit_chosen: The `Hit` to go to.
        closed: The panel is not wanted any longer.
    """

    search_wanted = Signal(object)
    hit_chosen = Signal(object)
    closed = Signal()

    def __init__(self, search: FolderSearch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._search = search
        self.pattern = QLineEdit()
        self.case = self._toggle("Aa", self.tr("Match case"))
        self.words = self._toggle("“W”", self.tr("Whole words"))
        self.regex = self._toggle(".*", self.tr("Regular expression"))
        self.go = RingedButton()
        self.close_button = FlatButton("✕", self.tr("Close the search (Esc)"), self)
        self.results = ResultsPanel()
        self._lay_out()
        self.pattern.installEventFilter(self)
        self.results.list.installEventFilter(self)
        self.results.hit_chosen.connect(self.hit_chosen)
        self.go.clicked.connect(self._go_or_stop)
        self.close_button.clicked.connect(self.closed)
        search.found.connect(self._add)
        search.ended.connect(self._end)
        search.failed.connect(self.results.say)
        self._follow()

    @property
    def query(self) -> Query:
        """What is asked for."""
        return Query(
            pattern=self.pattern.text(),
            is_regex=self.regex.isChecked(),
            matches_case=self.case.isChecked(),
            whole_words=self.words.isChecked(),
        )

    def open(self, text: str) -> None:
        """Show the panel, ready to be typed into; `text` is what was selected."""
        if text:
            self.pattern.setText(text)
        self.show()
        self.pattern.setFocus()
        self.pattern.selectAll()

    def start(self) -> None:
        """Begin to look for what stands in the line."""
        self.results.clear()
        if self.pattern.text():
            self.results.say(self.tr("Searching…"))
            self.search_wanted.emit(self.query)
        else:
            self._search.drop()
            self.results.say("")
        self._follow()

    def _go_or_stop(self) -> None:
        if self._search.is_running:
            self._search.stop()
        else:
            self.start()

    def _add(self, groups: list[FileHits], tally: Tally) -> None:
        self.results.add_groups((shown(group.name), group.count, group.hits) for group in groups)
        text = self.tr("Searching… {found}")
        self.results.say(text.format(found=counted(tally)))

    def _end(self, tally: Tally, is_stopped: bool) -> None:
        parts = [counted(tally), *left_out(tally)]
        if is_stopped:
            parts.append(self.tr("stopped"))
        self.results.say(" · ".join(parts))
        self._follow()

    def _follow(self) -> None:
        is_running = self._search.is_running
        self.go.setText(self.tr("Stop") if is_running else self.tr("Search"))

    def _toggle(self, text: str, tip: str) -> FlatButton:
        button = FlatButton(text, tip, self)
        button.setCheckable(True)
        button.toggled.connect(self._on_toggled)
        return button

    def _on_toggled(self) -> None:
        if self.pattern.text():
            self.start()

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Find in the folder"))
        self.pattern.setPlaceholderText(self.tr("Find in the folder"))
        self.pattern.setAccessibleName(self.tr("Find in the folder"))
        self.pattern.setClearButtonEnabled(True)
        self.results.list.setAccessibleName(self.tr("Matches in the folder"))
        self.go.setAutoDefault(False)
        row = QHBoxLayout()
        row.setContentsMargins(12, 6, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.pattern, 1)
        for widget in (self.case, self.words, self.regex, self.go, self.close_button):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.results)
        self.setFixedHeight(HEIGHT)
        toggles = (self.case, self.words, self.regex)
        set_tab_order(self.pattern, *toggles, self.go, self.close_button, self.results.list)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take Enter and Esc in the line, and Esc in the list."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() == Qt.Key.Key_Escape and self._search.is_running:
            self._search.stop()
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif watched is self.pattern and event.key() in ENTER_KEYS:
            self.start()
        elif watched is self.pattern and event.key() == Qt.Key.Key_Down:
            self.results.list.setFocus()
        else:
            return False
        return True


def counted(tally: Tally) -> str:
    """Say how much was found."""
    if tally.is_cut:
        text = tr("more than {count} matches: these are the first")
        return text.format(count=number_text(tally.hits))
    if not tally.hits:
        return tr("nothing found in %n files", "", tally.files)
    text = tr("%Ln matches in {found} of {files} files", "", tally.hits)
    return text.format(found=number_text(tally.found_in), files=number_text(tally.files))


def left_out(tally: Tally) -> list[str]:
    """Say what was not searched, and why."""
    facts = (
        (tally.binary, tr("%n binary files left out", "", tally.binary)),
        (tally.large, tr("%n files over 8 MiB left out", "", tally.large)),
        (tally.unreadable, tr("%n files or folders cannot be read", "", tally.unreadable)),
        (len(tally.slow), tr("%n files take too long for this expression", "", len(tally.slow))),
    )
    return [text for count, text in facts if count]
