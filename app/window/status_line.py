"""The quiet line at the bottom: what the model does, which model, and where the caret is."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStatusBar, QToolButton, QWidget

from app.window.status_text import position_text

HINT_MS = 5000  # that a hint stays
WIDEST_FORMAT = "UTF-16-LE · mixed"


class ElidedLabel(QLabel):
    """A label that takes the room it gets and shortens its text to it."""

    def __init__(self, mode: Qt.TextElideMode, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Ask for no width of its own, so that no text can widen the window."""
        return QSize(0, super().minimumSizeHint().height())

    def event(self, event: QEvent) -> bool:
        """Tell the whole text to a mouse that waits over a shortened one."""
        if event.type() == QEvent.Type.ToolTip:
            is_whole = self.fontMetrics().horizontalAdvance(self.text()) <= self.width()
            self.setToolTip("" if is_whole else self.text())
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text shortened; the whole text stays there for assistive tools."""
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.contentsRect(), int(self.alignment()), text)


class StatusLine(QStatusBar):
    """Labels whose places do not move while their texts change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.proposal = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.caution = ElidedLabel(Qt.TextElideMode.ElideRight)  # in its place
        self.model, self.position, self.format = QLabel(), QLabel(), QLabel()
        self.indentation, self.pauses = QToolButton(), QToolButton()
        self.setSizeGripEnabled(False)
        self.setFont(_tabular(self.font()))
        self.setContentsMargins(8, 2, 8, 2)
        self.addWidget(self.proposal, 1)
        self.addWidget(self.caution, 1)
        self.caution.hide()
        for label, name in (
            (self.proposal, self.tr("Draft")),
            (self.caution, self.tr("What the model was made for")),
            (self.model, self.tr("Model")),
            (self.position, self.tr("Caret position")),
            (self.format, self.tr("Encoding and line ends")),
        ):
            label.setAccessibleName(name)
            label.setTextFormat(Qt.TextFormat.PlainText)
        for label in (self.model, self.position, self.format):
            label.setContentsMargins(10, 0, 0, 0)
        for widget in (self.model, self.pauses, self.position, self.indentation, self.format):
            self.addPermanentWidget(widget)
        self._set_up_buttons()
        self._hold_widths()

    def _set_up_buttons(self) -> None:
        for button in (self.indentation, self.pauses):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.indentation.setToolTip(self.tr("How lines are indented; click to change it"))
        self.indentation.setAccessibleName(self.tr("Indentation"))
        self.pauses.setAccessibleName(self.tr("Fill as you pause"))

    def show_caution(self, text: str) -> None:
        """Say, in the proposal's place, what the model was not made for; empty: nothing."""
        self.caution.setText(text)
        self.caution.setVisible(bool(text))
        self.proposal.setVisible(not text)

    def show_hint(self, text: str) -> None:
        """Say for a moment, in the proposal's place, why a key did nothing."""
        self.showMessage(text, HINT_MS)

    def _hold_widths(self) -> None:
        metrics = self.fontMetrics()
        widest_position = position_text("", 99_999, 998)
        for label, widest in ((self.position, widest_position), (self.format, WIDEST_FORMAT)):
            label.setMinimumWidth(metrics.horizontalAdvance(widest) + 10)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def _tabular(font: QFont) -> QFont:
    """Return the font with figures of one width, where it has them."""
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
