"""The quiet line at the bottom: what the model does, which model, and where the caret is."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from app.widgets.elided_label import ElidedLabel
from app.window.status_text import position_text

HINT_MS = 5000  # that a hint stays
SPACING = 10  # px, at most, that Qt puts between two facts
WIDEST_FORMAT = "UTF-16-LE · mixed"


class Fact(QLabel):
    """A label that tells less where there is no room for all of it; `text` stays the whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shorter: tuple[str, ...] = ("",)
        self._level = 0
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(10, 0, 0, 0)

    def tell(self, text: str, *shorter: str) -> None:
        """Tell a fact; `shorter` is what is left of it, step by step, where the room lacks."""
        self._shorter = shorter or ("",)
        if text != self.text():
            self.setText(text)
        self._show()

    @property
    def told(self) -> str:
        """What is left of it now."""
        return self.told_at(self._level)

    def told_at(self, level: int) -> str:
        """Return what is left of it after so many steps."""
        forms = (self.text(), *self._shorter)
        return forms[min(level, len(forms) - 1)]

    def width_at(self, level: int) -> int:
        """Return how wide it is after so many steps, px."""
        told = self.told_at(level)
        advance = self.fontMetrics().horizontalAdvance(told) + self.contentsMargins().left()
        return max(advance + 1, self.minimumWidth()) if told else 0

    def give_way(self, level: int) -> None:
        """Tell what is left after so many steps, from now on."""
        if level != self._level:
            self._level = level
            self.updateGeometry()
            self.update()
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self.told))

    def sizeHint(self) -> QSize:
        """Ask for the room of what is told."""
        return QSize(self.width_at(self._level), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Ask for the room of what is told."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is told; the whole text stays there for assistive tools."""
        painter = QPainter(self)
        painter.drawText(self.contentsRect(), int(self.alignment()), self.told)


class StatusLine(QStatusBar):
    """A sentence on the left, and facts whose places do not move while their texts change.

    Where the room lacks, the facts give way to the sentence, from the left.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.proposal = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.caution = ElidedLabel(Qt.TextElideMode.ElideRight)  # in its place
        self.model, self.position, self.format = Fact(), Fact(), Fact()
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
        # From what matters least to what matters most: what gives way moves nothing behind it.
        facts = (self.format, self.model, self.indentation, self.position, self.pauses)
        for widget in facts:
            self.addPermanentWidget(widget)
        self._runs: list[QToolButton] = []
        self._steps: tuple[Fact | QToolButton, ...] = (
            *(self.format, self.model, self.model),
            *(self.indentation, self.position, self.pauses),
        )
        self._set_up_buttons()
        self._hold_widths()
        self.messageChanged.connect(self._show_sentence)
        self.messageChanged.connect(self._fit)

    def _set_up_buttons(self) -> None:
        for button in (self.indentation, self.pauses):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.indentation.setToolTip(self.tr("How lines are indented; click to change it"))
        self.indentation.setAccessibleName(self.tr("Indentation"))
        self.pauses.setAccessibleName(self.tr("Fill as you pause"))

    def add_run(self, button: QToolButton) -> None:
        """Take in what tells of a run, before all facts; it is seen while there is one."""
        is_hidden = button.isHidden()
        self._runs.append(button)
        self.insertPermanentWidget(2, button)  # behind the two sentences
        button.setHidden(is_hidden)  # which taking it in undoes
        self._show_sentence()

    def show_caution(self, text: str) -> None:
        """Say, in the proposal's place, what the model was not made for; empty: nothing."""
        self.caution.setText(text)
        self._show_sentence()

    def _show_sentence(self) -> None:
        # Shown while there is a message, it would stand below the message's own words. Qt hides
        # only what is seen already, and shows it again with whatever is taken in meanwhile.
        is_free, is_cautious = not self.currentMessage(), bool(self.caution.text())
        self.caution.setVisible(is_free and is_cautious)
        self.proposal.setVisible(is_free and not is_cautious)

    def show_hint(self, text: str) -> None:
        """Say for a moment, in the proposal's place, why a key did nothing."""
        self.showMessage(text, HINT_MS)

    def take_back(self, text: str) -> None:
        """Say a hint no longer, because it is not true any more."""
        if self.currentMessage() == text:
            self.clearMessage()

    def _hold_widths(self) -> None:
        metrics = self.fontMetrics()
        widest_position = position_text("", 99_999, 998)
        for label, widest in ((self.position, widest_position), (self.format, WIDEST_FORMAT)):
            label.setMinimumWidth(metrics.horizontalAdvance(widest) + 10)
            label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _fit(self) -> None:
        """Let as many facts give way as the sentence takes."""
        said = self.caution.text() or self.proposal.text()
        said = self.currentMessage() or said
        wanted = self.fontMetrics().horizontalAdvance(said) + SPACING
        wanted += sum(_width_at(one, 0) for one in self._runs if one.isVisibleTo(self))
        room = self.contentsRect().width() - wanted
        levels = dict.fromkeys(self._steps, 0)
        for fact in self._steps:
            if sum(map(_width_at, levels, levels.values())) <= room:
                break
            levels[fact] += 1
        for fact, level in levels.items():
            if isinstance(fact, Fact):
                fact.give_way(level)
            else:
                fact.setVisible(not level)

    def event(self, event: QEvent) -> bool:
        """See that everything fits, whenever one of the texts is new."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return is_done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See that everything fits."""
        super().resizeEvent(event)
        self._fit()


def _width_at(fact: Fact | QToolButton, level: int) -> int:
    if isinstance(fact, Fact):
        width = fact.width_at(level)
    else:
        width = 0 if level else fact.sizeHint().width()
    return width + SPACING if width else 0


def _tabular(font: QFont) -> QFont:
    """Return the font with figures of one width, where it has them."""
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
