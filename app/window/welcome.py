"""The first page: what Inlay does in three steps, and texts to try it on."""

import re
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.commands import CommandKeys
from app.documents.names import shown
from app.editor.theme import mix
from app.translation import tr
from app.widgets.flat_button import FlatButton
from app.widgets.ringed import RingedButton
from app.window.samples import SAMPLES, TRIED, Sample, suits
from engine.api import ModelInfo

WIDTH = 760  # px of the column
MAX_RECENT = 5
RADIUS = 8  # px


class KeyCap(QWidget):
    """A key, drawn as one."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Be another key."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the text and the key's edge."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 20, metrics.height() + 12)

    def minimumSizeHint(self) -> QSize:
        """Ask for all of it: half a key is none."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -2.5)
        painter.setPen(self.palette().color(role.Mid))
        painter.setBrush(self.palette().color(role.Mid))
        painter.drawRoundedRect(rect.translated(0, 2), 5, 5)
        painter.setBrush(self.palette().color(role.Button))
        painter.drawRoundedRect(rect, 5, 5)
        painter.setPen(self.palette().color(role.ButtonText))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


class Card(QFrame):
    """A sheet with round corners, a little darker or lighter than the page."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        base = self.palette().color(QPalette.ColorRole.Base)
        text_color = self.palette().color(QPalette.ColorRole.Text)
        painter.setPen(mix(base, text_color, 0.12))
        painter.setBrush(mix(base, text_color, 0.025))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.end()


class StepCard(Card):
    """One step of the way: its title, the key of a command, and a sentence that may name keys."""

    def __init__(self, title: str, command: str, sentence: str) -> None:
        super().__init__()
        self._command, self._sentence = command, sentence
        self._caps, self._text = QHBoxLayout(), _quiet("")
        self._caps.setSpacing(6)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(16, 14, 16, 16)
        inner.setSpacing(10)
        inner.addWidget(_heading(title, 1.1))
        inner.addLayout(self._caps)
        inner.addWidget(self._text)
        inner.addStretch()

    def tell_keys(self, keys: CommandKeys) -> None:
        """Show the keys as they are now."""
        while (item := self._caps.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        # A plus may also be the key itself.
        for key in re.split(r"(?<=.)\+(?=.)", keys.first(self._command)):
            self._caps.addWidget(KeyCap(key))
        self._caps.addStretch()
        self._text.setText(keys.fill(self._sentence))


class CardButton(QPushButton):
    """A button that looks like a sheet, and lights up under the pointer."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheet and the name on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole
        base, text_color = self.palette().color(role.Base), self.palette().color(role.Text)
        is_lit = self.underMouse() or self.hasFocus()
        accent = self.palette().color(role.Accent)
        painter.setPen(accent if is_lit else mix(base, text_color, 0.18))
        painter.setBrush(mix(base, accent, 0.12) if is_lit else mix(base, text_color, 0.025))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setPen(text_color)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()


class WelcomePage(QScrollArea):
    """Shown at the first start, and from the Help menu.

    Signals:
        sample_wanted: The file name of a sample.
        file_wanted: The path of a recent file.
        new_wanted, open_wanted: Start with an empty text; with a file.
        closed: Back to the text.
    """

    sample_wanted = Signal(str)
    file_wanted = Signal(object)
    new_wanted = Signal()
    open_wanted = Signal()
    closed = Signal()

    def __init__(self, keys: CommandKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._steps: list[StepCard] = []
        self._try_it = RingedButton()
        self._sample_buttons: dict[Sample, QPushButton] = {}
        self._recent = QVBoxLayout()
        self._recent_heading = _heading(self.tr("Recent"), 1.1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Welcome to Inlay"))
        page = QWidget()
        page.setAutoFillBackground(True)
        page.setBackgroundRole(QPalette.ColorRole.Base)
        outer = QHBoxLayout(page)
        outer.addStretch(1)
        column = QWidget()
        column.setMaximumWidth(WIDTH)
        outer.addWidget(column, 20)
        outer.addStretch(1)
        self._lay_out(QVBoxLayout(column))
        self.setWidget(page)
        self._tell_keys()
        keys.changed.connect(self._tell_keys)

    def show_recent(self, paths: list[Path]) -> None:
        """Offer the files that were open lately."""
        while (item := self._recent.takeAt(0)) is not None:
            if widget := item.widget():
                widget.deleteLater()
        for path in paths[:MAX_RECENT]:
            words = f"{shown(path.name)}   ·   {shown(path.parent)}"
            button = FlatButton(words, shown(path))
            button.clicked.connect(lambda _=False, path=path: self.file_wanted.emit(path))
            self._recent.addWidget(button)
        self._recent_heading.setVisible(bool(paths))

    def show_model(self, model: ModelInfo | None) -> None:
        """Invite to what works with the model that is loaded, None: with any."""
        for sample, button in self._sample_buttons.items():
            button.setVisible(suits(sample, model))

    def _lay_out(self, column: QVBoxLayout) -> None:
        column.setContentsMargins(24, 36, 24, 36)
        column.setSpacing(14)
        top = QHBoxLayout()
        top.addWidget(_heading(self.tr("Rewrite a few words, in place"), 1.9), 1)
        close = FlatButton("✕", self.tr("Close this page (Esc)"))
        close.setAccessibleName(self.tr("Close this page"))
        close.setShortcut("Esc")
        close.clicked.connect(self.closed)
        top.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        lead = self.tr(
            "A diffusion model reads the text on both sides of your selection and lets a new "
            "wording settle between them, step by step, while you watch. It runs on this machine; "
            "nothing is sent anywhere."
        )
        column.addWidget(_quiet(lead))
        column.addSpacing(2)
        self._try_it.clicked.connect(partial(self._want_sample, TRIED))
        column.addWidget(self._try_it, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(6)
        column.addLayout(self._lay_out_steps())
        column.addSpacing(10)
        column.addWidget(_heading(self.tr("Try it on"), 1.1))
        column.addLayout(self._samples())
        column.addSpacing(10)
        row = QHBoxLayout()
        for text, signal in (
            (self.tr("New Text"), self.new_wanted),
            (self.tr("Open a File…"), self.open_wanted),
        ):
            button = RingedButton(text)
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self._recent_heading)
        column.addLayout(self._recent)
        column.addStretch()

    def _lay_out_steps(self) -> QGridLayout:
        self._steps = [
            StepCard(
                self.tr("1  Select"),
                "rewrite",
                self.tr("Select some words and ask for others; with nothing selected it fills in."),
            ),
            StepCard(
                self.tr("2  Watch"),
                "stop",
                self.tr(
                    "The draft settles in its place. Your text is not touched. {stop} stops it."
                ),
            ),
            StepCard(
                self.tr("3  Keep or not"),
                "accept",
                self.tr(
                    "{accept} keeps it, as one step to undo. {stop} takes it away without a trace."
                ),
            ),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        for index, card in enumerate(self._steps):
            grid.addWidget(card, 0, index)
            grid.setColumnStretch(index, 1)
        return grid

    def _tell_keys(self) -> None:
        told = tr("Try It: Press {rewrite} at Two Marked Places")
        self._try_it.setText(self._keys.fill(told))
        for card in self._steps:
            card.tell_keys(self._keys)

    def _samples(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        for sample in SAMPLES:
            button = CardButton(tr(sample.title))
            button.setMinimumHeight(48)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setAccessibleDescription(self.tr("Open a sample to try Inlay on"))
            button.clicked.connect(partial(self._want_sample, sample.name))
            button.setVisible(suits(sample, None))
            self._sample_buttons[sample] = button
            row.addWidget(button)
        return row

    def _want_sample(self, name: str) -> None:
        self.sample_wanted.emit(name)


def _heading(text: str, scale: float) -> QLabel:
    label = QLabel(text)
    font = QFont(label.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    font.setWeight(QFont.Weight.DemiBold)
    label.setFont(font)
    label.setWordWrap(True)
    return label


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label
