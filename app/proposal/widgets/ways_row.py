"""The bar's row of ways to rewrite: a click or a letter, and it runs."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QPalette, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolTip, QWidget

from app.proposal.model.options_model import OptionsModel
from app.proposal.model.ways import WAYS
from app.translation import QT_TR_NOOP, tr
from app.widgets.flat_button import FlatButton

SPACING = 2  # px
CONTINUE = QT_TR_NOOP("&Continue")


class WaysRow(QWidget):
    """Buttons that run at once; their marked letters with Alt do the same while `bar` is in use.

    Signals: `way_chosen` with a `Way`; `write_on_chosen`.
    """

    way_chosen = Signal(object)
    write_on_chosen = Signal()

    def __init__(self, model: OptionsModel, bar: QWidget) -> None:
        super().__init__(bar)
        self._model = model
        self.ways = [self._button(tr(way.label), bar) for way in WAYS]
        self.line = QFrame(self)
        self.write_on = self._button(tr(CONTINUE), bar)
        self.help = FlatButton("?", parent=self)
        self._set_up()
        self._lay_out()

    def refresh(self, *, has_old: bool) -> None:
        """Show what can be done with a region with a text, or without one."""
        why_not = self._model.why_no_instruction
        if not why_not and not has_old:
            why_not = tr("Select the passage to rewrite first.")
        for button, way in zip(self.ways, WAYS, strict=True):
            tip = tr("Tells the model: “{words}”").format(words=way.instruction)
            button.setEnabled(not why_not)
            button.setToolTip(why_not or _with_key(tip, button))
        caution = self._model.caution
        self.help.setToolTip(f"<p>{caution}</p>" if caution else "")  # rich text is wrapped
        self.help.setWhatsThis(caution)
        self.help.setVisible(bool(caution))
        self._fit_width()

    def _button(self, text: str, bar: QWidget) -> FlatButton:
        button = FlatButton(text, parent=self)
        if not (key := QKeySequence.mnemonic(text)).isEmpty():
            # Not the button's own shortcut, which would take a draft's key from the text.
            button.setShortcut(QKeySequence())
            shortcut = QShortcut(key, bar)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        return button

    def _set_up(self) -> None:
        for button, way in zip(self.ways, WAYS, strict=True):
            button.clicked.connect(partial(self.way_chosen.emit, way))
        tip = tr("Write on from left to right until the paragraph ends")
        self.write_on.setToolTip(_with_key(tip, self.write_on))
        self.write_on.clicked.connect(self.write_on_chosen)
        self.line.setFrameShape(QFrame.Shape.VLine)
        self.line.setFrameShadow(QFrame.Shadow.Plain)
        self.line.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.line.setFixedHeight(self.fontMetrics().height())
        self.help.setAccessibleName(tr("What this model can do"))
        self.help.clicked.connect(self._show_help)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for widget in (*self.ways, self.line, self.write_on):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.help)

    def _show_help(self) -> None:
        place = self.help.mapToGlobal(QPoint(0, self.help.height()))
        QToolTip.showText(place, self.help.toolTip(), self.help)

    def _fit_width(self) -> None:
        """Leave out the last ways where there is no room for all; their letters still work."""
        others = (self.line, self.write_on, *((self.help,) if self._model.caution else ()))
        room = self.width() - sum(SPACING + widget.sizeHint().width() for widget in others)
        for button in self.ways:
            room -= SPACING + button.sizeHint().width()
            button.setVisible(room >= 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many ways as there is room for."""
        super().resizeEvent(event)
        self._fit_width()


def _with_key(tip: str, button: FlatButton) -> str:
    key = QKeySequence.mnemonic(button.text()).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({key})" if key else tip
