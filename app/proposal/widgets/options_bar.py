"""The bar at the region: what the next run shall do, and buttons that say it in one word."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPaintEvent, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.theme import mix
from app.proposal.drawing.painter import paint_card
from app.proposal.model.options_model import OptionsModel, is_plain, problem_of, verb_of
from app.proposal.model.presets import Preset
from app.proposal.model.ways import Way
from app.proposal.widgets.more_options import MoreOptions, ProblemNote
from app.proposal.widgets.run_fields import RunFields
from app.proposal.widgets.ways_row import WaysRow
from app.translation import tr
from app.widgets.elided_label import ElidedLabel
from app.widgets.flat_button import FlatButton
from app.widgets.over_text import OverText
from app.widgets.ringed import RingedButton
from app.widgets.tab_order import set_tab_order

GROUND_SHARE = 0.055  # of the text's colour
PADDING = 8  # px
LEAST_LETTERS = 28  # of an instruction that are seen


class OptionsBar(OverText):
    """Edits an `OptionsModel`; Enter runs, Esc closes.

    Signals: `go_wanted`; `way_wanted` with a `Way`, and `write_on_wanted`, which run at once too,
    but leave the settings of the next run as they are; `preset_save_wanted`; `closed`, when the
    text should have the focus again; `resized`, when it needs another place; `move_wanted` by a
    step and `pin_wanted`, of the words to keep.
    """

    go_wanted = Signal()
    preset_save_wanted = Signal()
    way_wanted = Signal(object)
    write_on_wanted = Signal()
    closed = Signal()
    resized = Signal()
    move_wanted = Signal(int)
    pin_wanted = Signal()

    def __init__(self, model: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        # A click between its fields is none on the text below, whose selection it would end.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self._model = model
        self._shortcuts: dict[str, QShortcut] = {}
        self._region, self._is_at_end = "", False
        self._recalled = -1  # place in the history of instructions
        small = QApplication.font()  # not that of the text
        small.setPointSizeF(small.pointSizeF() * 0.92)
        self.setFont(small)
        self.instruction = QLineEdit(self)
        self.ways = WaysRow(model, self)
        self.fields = RunFields(model, self)
        self.presets, self.go = FlatButton(parent=self), RingedButton(self)
        tip = tr("Soft edges, and what the new text has to satisfy")
        self.fold = FlatButton(tr("More"), tip, self)
        self.more, self.problem = MoreOptions(model, self), ProblemNote(self)
        self.note = ElidedLabel(Qt.TextElideMode.ElideRight, self)
        self._above, self._below, self._last = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._is_narrow: bool | None = None  # not laid out yet
        self._ground_of: tuple[QColor, QPalette] | None = None  # what its palette is made from
        self._set_up()
        self._lay_out()
        self._connect()
        self.refresh()
        self.hide()

    def open_for(self, region: str, *, is_at_end: bool = False) -> None:
        """Show the bar for a region's text, ready to type into."""
        self._region, self._is_at_end = region, is_at_end
        self._recalled = -1
        # What is set is seen.
        self.fold.setChecked(not is_plain(self._model.settings))
        for name, shortcut in self._shortcuts.items():
            shortcut.setKeys(self._model.keys.of(name))
        self.refresh()
        self.show()
        self.raise_()
        self.take_focus()

    def take_focus(self) -> None:
        """Let the keys mean the bar: its first row, which Tab leaves downwards."""
        # Without an instruction the rows below are for those who want more than the button does.
        first = self.instruction if self.instruction.isEnabled() else self.go
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_bar(self) -> None:
        """Put it away and go back to the text."""
        self.hide()
        self.closed.emit()

    def show_note(self, text: str) -> None:
        """Say something of the region's words, or nothing."""
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self._fit()

    def refresh(self) -> None:
        """Show the model's state."""
        settings, why = self._model.settings, self._model.why_no_instruction
        self.instruction.setEnabled(not why)
        hint = tr("What should change? Leave empty to just redo")
        self.instruction.setPlaceholderText(why or hint)
        self.instruction.setToolTip(why)
        if self.instruction.text() != settings.instruction:
            self.instruction.setText(settings.instruction)
        has_old = bool(self._region.strip())
        self.ways.refresh(has_old=has_old)
        self.fields.refresh(has_old=has_old)
        self.go.setText(verb_of(self._region, is_at_end=self._is_at_end))
        self.more.refresh()
        problem = problem_of(settings)
        self.problem.show_problem(problem)
        if problem and self.go.hasFocus():
            self.fields.length.setFocus()  # Qt would go to a button that runs something else
        self.go.setEnabled(not problem)
        self._fit()

    def _set_up(self) -> None:
        self.instruction.setAccessibleName(tr("Instruction"))
        self.go.setDefault(True)
        # Behind the words Qt puts the sign that there is a menu, over the last letter otherwise.
        self.presets.setText(tr("Presets") + "\u2002 ")
        self.presets.setAccessibleName(tr("Presets"))
        self.presets.setToolTip(tr("Fill the bar by a name, or keep what it holds under one"))
        self.presets.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.presets.setMenu(menu := QMenu(self))
        menu.aboutToShow.connect(self._fill_presets)
        self.fold.setAccessibleName(self.fold.text())
        self.fold.setCheckable(True)
        self.more.hide()

    def _lay_out(self) -> None:
        self._set_ground()
        # Buttons without a frame begin further left, so that their words are in line.
        words = self.fontMetrics().horizontalAdvance(self.fold.text())
        inset = (self.fold.sizeHint().width() - words) // 2
        above, below = self._above, self._below
        for row in (above, below, self._last):
            row.setContentsMargins(inset, 0, 0, 0)
        for widget in (self.note, self.more, self.problem):
            widget.setContentsMargins(inset, 0, 0, 0)
        above.addWidget(self.instruction, 1)
        above.addWidget(self.go)
        below.addWidget(self.fields, 1)
        self._place_buttons()
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING - inset, PADDING, PADDING, PADDING)
        column.setSpacing(6)
        column.addLayout(above)
        column.addWidget(self.ways)
        column.addLayout(below)
        column.addLayout(self._last)
        column.addWidget(self.note)
        column.addWidget(self.more)
        column.addWidget(self.problem)

    def _place_buttons(self) -> None:
        """Leave room to type in a narrow bar: some buttons have a row of their own there.

        Tab goes through all as they are seen.
        """
        beside = self.presets.sizeHint().width() + self.go.sizeHint().width()
        typing = LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        is_narrow = self.width() < beside + typing
        if is_narrow is self._is_narrow:
            return
        self._is_narrow = is_narrow
        if is_narrow:
            self._last.addWidget(self.presets, 1, Qt.AlignmentFlag.AlignLeft)
            self._last.addWidget(self.fold)
            set_tab_order(self.instruction, self.go)
            set_tab_order(self.fields.seed, self.presets, self.fold)
        else:
            self._above.insertWidget(1, self.presets)
            self._below.addWidget(self.fold)
            set_tab_order(self.instruction, self.presets, self.go)
            set_tab_order(self.fields.seed, self.fold)
        # Once it is laid out: what listens gives it another place.
        QTimer.singleShot(0, self, self._fit)

    def _connect(self) -> None:
        self._model.changed.connect(self.refresh)
        # Not `textChanged`: what the model says is put into the field, too.
        self.instruction.textEdited.connect(lambda text: self._model.change(instruction=text))
        self.go.clicked.connect(self._go)
        self.ways.way_chosen.connect(self._run_way)
        self.ways.write_on_chosen.connect(self._write_on)
        self.fold.toggled.connect(self._on_fold)
        # Queued: it is told while the bar is being laid out.
        for rows in (self.fields, self.more.rows, self.more.rules, self.more.formed):
            rows.folded.connect(self._fit, Qt.ConnectionType.QueuedConnection)
        # As shortcuts, because a field would write the letter.
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("next_word", lambda: self.move_wanted.emit(1)),
            ("previous_word", lambda: self.move_wanted.emit(-1)),
            ("pin", self.pin_wanted.emit),
        )
        for name, act in acts:
            shortcut = self._shortcuts[name] = QShortcut(self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    def _fill_presets(self) -> None:
        menu = self.presets.menu()
        menu.clear()
        presets = self._model.presets
        for number, preset in enumerate(presets.all, start=1):
            keys = self._model.keys.text(f"preset_{number}")
            shown = preset.name.replace("&", "&&")
            menu.addAction(f"{shown}\t{keys}", partial(self._fill_by, preset))
        menu.addSeparator()
        menu.addAction(tr("Keep These Settings…"), self._keep_preset)

    def _keep_preset(self) -> None:
        self.preset_save_wanted.emit()
        # The dialog leaves the focus in the text, where Enter would take what is selected away.
        self.take_focus()

    def _fill_by(self, preset: Preset) -> None:
        self._model.set_settings(preset.applied_to(self._model.settings))
        self.take_focus()

    def _on_fold(self, is_open: bool) -> None:
        self.more.setVisible(is_open)
        self._fit()

    def _fit(self) -> None:
        if (column := self.layout()) is not None:
            column.activate()
        self.resized.emit()

    def _go(self) -> None:
        if not problem_of(self._model.settings):
            self.close_bar()
            self.go_wanted.emit()

    def _run_way(self, way: Way) -> None:
        if not problem_of(self._model.settings):
            self.close_bar()
            self.way_wanted.emit(way)

    def _write_on(self) -> None:
        self.close_bar()
        self.write_on_wanted.emit()

    def _recall(self, step: int) -> None:
        known = self._model.instructions
        if known and self.instruction.isEnabled():
            self._recalled = max(-1, min(len(known) - 1, self._recalled + step))
            text = known[self._recalled] if self._recalled >= 0 else ""
            self._model.change(instruction=text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run with Enter, close with Esc, recall an instruction with Up and Down."""
        key, focused = event.key(), self.focusWidget()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # Enter means a button that Tab has reached, and the run from everywhere else.
            if isinstance(focused, QToolButton) and focused.hasFocus():
                focused.click()
            else:
                self._go()
        elif key == Qt.Key.Key_Escape:
            self.close_bar()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.instruction.hasFocus():
            self._recall(1 if key == Qt.Key.Key_Up else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        paint_card(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rows out for the width there is."""
        super().resizeEvent(event)
        self._place_buttons()

    def changeEvent(self, event: QEvent) -> None:
        """Stand out from the text's ground, and let the fields stand out from the bar's."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._set_ground()

    def _set_ground(self) -> None:
        colors, role = self.palette(), QPalette.ColorRole
        ground = mix(colors.color(role.Base), colors.color(role.Text), GROUND_SHARE)
        plain = QApplication.palette()
        # A palette that is set changes, and `changeEvent` comes here again.
        if (ground, plain) != self._ground_of:
            self._ground_of = ground, QPalette(plain)
            own = QPalette()
            own.setColor(role.Window, ground)
            # Not the text's: its marks would hide how far a slider is, and that it is disabled.
            groups = QPalette.ColorGroup
            for mark in (role.Highlight, role.HighlightedText):
                for group in (groups.Active, groups.Inactive):
                    own.setColor(group, mark, plain.color(group, mark))
            own.setColor(groups.Disabled, role.Text, plain.color(groups.Disabled, role.Text))
            self.setPalette(own)
