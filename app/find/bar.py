"""The bar to find and replace with: what to look for, where, and how many there are."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from app.find.search import Query
from app.widgets.elided_label import ElidedLabel
from app.widgets.flat_button import FlatButton
from app.widgets.ringed import RingedButton
from app.widgets.tab_order import set_tab_order

FIELD_WIDTH = 260  # px, at least
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FindBar(QFrame):
    """Takes a query and a replacement; knows nothing of documents.

    Signals:
        query_changed: What to look for, or where, is new.
        next_wanted, previous_wanted: Go to another match.
        replace_wanted, replace_all_wanted: Replace the chosen match, or all of them.
        closed: The bar is not wanted any longer.
    """

    query_changed = Signal()
    next_wanted = Signal()
    previous_wanted = Signal()
    replace_wanted = Signal()
    replace_all_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pattern, self.replacement = QLineEdit(), QLineEdit()
        self.count = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.case = self._toggle("Aa", self.tr("Match case"))
        self.words = self._toggle("“W”", self.tr("Whole words"))
        self.regex = self._toggle(".*", self.tr("Regular expression"))
        self.selection = self._toggle(self.tr("In selection"), self.tr("Only in the selection"))
        self.all_tabs = self._toggle(self.tr("All tabs"), self.tr("In all open documents"))
        self.previous = FlatButton("↑", self.tr("Previous match (Shift+Enter)"), self)
        self.next = FlatButton("↓", self.tr("Next match (Enter)"), self)
        self.close_button = FlatButton("✕", self.tr("Close the search (Esc)"), self)
        self.replace_one = RingedButton(self.tr("Replace"))
        self.replace_all = RingedButton(self.tr("Replace All"))
        self._replace_row = QWidget()
        self._set_up()
        self._lay_out()
        self._connect()
        self.show_replace(is_on=False)

    @property
    def query(self) -> Query:
        """What is asked for."""
        return Query(
            pattern=self.pattern.text(),
            is_regex=self.regex.isChecked(),
            matches_case=self.case.isChecked(),
            whole_words=self.words.isChecked(),
        )

    @property
    def is_replacing(self) -> bool:
        """Whether the second row is there."""
        return not self._replace_row.isHidden()

    def open(self, text: str, *, replaces: bool) -> None:
        """Show the bar, ready to be typed into; `text` is what was selected."""
        if text:
            self.pattern.setText(text)
        self.show_replace(is_on=replaces)
        self.show()
        self.pattern.setFocus()
        self.pattern.selectAll()

    def show_replace(self, *, is_on: bool) -> None:
        """Show the row to replace with, or not."""
        self._replace_row.setVisible(is_on)
        self.replacement.setVisible(is_on)

    def show_count(self, text: str, *, is_bad: bool = False) -> None:
        """Say how many there are, or why there are none."""
        self.count.setText(text)
        palette = QPalette()  # one without colours of its own follows light and dark
        if is_bad:
            palette.setColor(QPalette.ColorRole.Text, Qt.GlobalColor.red)
        self.pattern.setPalette(palette)

    def _toggle(self, text: str, tip: str) -> FlatButton:
        button = FlatButton(text, tip, self)
        button.setCheckable(True)
        button.toggled.connect(self.query_changed)
        return button

    def _set_up(self) -> None:
        self.setAutoFillBackground(True)
        self.setAccessibleName(self.tr("Find and replace"))
        for field, name in (
            (self.pattern, self.tr("Find")),
            (self.replacement, self.tr("Replace with")),
        ):
            field.setPlaceholderText(name)
            field.setAccessibleName(name)
            field.setClearButtonEnabled(True)
            field.setMinimumSize(QSize(FIELD_WIDTH, 0))
            field.installEventFilter(self)
        self.count.setAccessibleName(self.tr("Matches"))
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        # As wide as its text where there is room: what is wrong with an expression is long.
        self.count.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.count.setMinimumWidth(self.fontMetrics().horizontalAdvance("00,000 of 00,000"))
        for button in (self.replace_one, self.replace_all):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 6, 8, 6)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.pattern, 0, 0)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for toggle in (self.case, self.words, self.regex, self.selection, self.all_tabs):
            tools.addWidget(toggle)
        tools.addSpacing(8)
        for widget in (self.count, self.previous, self.next, self.close_button):
            tools.addWidget(widget)
        grid.addLayout(tools, 0, 1)
        row = QHBoxLayout(self._replace_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.replace_one)
        row.addWidget(self.replace_all)
        row.addStretch()
        grid.addWidget(self.replacement, 1, 0)
        grid.addWidget(self._replace_row, 1, 1)
        toggles = (self.case, self.words, self.regex, self.selection, self.all_tabs)
        set_tab_order(
            *(self.pattern, self.replacement, *toggles, self.previous, self.next),
            *(self.close_button, self.replace_one, self.replace_all),
        )

    def _connect(self) -> None:
        self.pattern.textChanged.connect(self.query_changed)
        self.replacement.textChanged.connect(self.query_changed)
        self.previous.clicked.connect(self.previous_wanted)
        self.next.clicked.connect(self.next_wanted)
        self.close_button.clicked.connect(self.closed)
        self.replace_one.clicked.connect(self.replace_wanted)
        self.replace_all.clicked.connect(self.replace_all_wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Esc in the fields."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in ENTER_KEYS and watched is self.replacement:
            self.replace_wanted.emit()
        elif event.key() in ENTER_KEYS and shift:
            self.previous_wanted.emit()
        elif event.key() in ENTER_KEYS:
            self.next_wanted.emit()
        else:
            return False
        return True
