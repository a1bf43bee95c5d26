"""Pinning words before the run: in the selection, by keys, by the bar's click, and by menu."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QMenu

from app.commands import CommandKeys
from app.editor import Editor
from app.proposal.drawing.line_boxes import line_boxes
from app.proposal.drawing.painter import paint_pin, paint_word_frame
from app.proposal.model.pins import Pins, WordRange
from app.text.positions import to_code_points, to_utf16
from app.text.words import all_words, word_at, word_beside
from app.translation import tr


class SelectionWords(QObject):
    """Marks and pins words of the selection, with a draft's keys, as long as there is no draft.

    While `takes_clicks` says so, because the bar is open, a click on a word pins it as it does in a
    draft; without the bar it sets the caret, as everywhere.

    Signals: `word_marked` with a word's text and state, marked or changed; `word_clicked`, when the
    bar should have the focus again.
    """

    word_marked = Signal(str)
    word_clicked = Signal()

    def __init__(
        self,
        editor: Editor,
        pins: Pins,
        keys: Callable[[], CommandKeys],
        is_draft: Callable[[], bool],
        takes_clicks: Callable[[], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._editor, self._pins = editor, pins
        self._keys, self._is_draft, self._takes_clicks = keys, is_draft, takes_clicks
        self._word: WordRange | None = None  # that a mark is on
        editor.selectionChanged.connect(self._forget_word)
        pins.changed.connect(editor.viewport().update)
        editor.paint_over(self._paint)
        editor.take_keys_first(self.take_key)
        editor.fill_menu_by(self._fill_menu)
        editor.viewport().installEventFilter(self)

    @property
    def has_words(self) -> bool:
        """Whether words of the selection are meant, and not those of a draft."""
        return not self._is_draft() and self._editor.textCursor().hasSelection()

    def take_key(self, event: QKeyEvent) -> bool:
        """Take the keys that mark and pin words; return whether it was one."""
        if not self.has_words:
            return False
        match self._keys().draft_command_of(event):
            case "next_word":
                self.move_word(1)
            case "previous_word":
                self.move_word(-1)
            case "pin":
                self.pin()
            case _:
                return False
        return True

    def move_word(self, step: int) -> None:
        """Mark the next word in a direction."""
        words = all_words(self._pins.text)
        if not words:
            return
        self._word = word_beside(words, self._word, step)
        self._tell_of(self._word)
        self._editor.viewport().update()

    def pin(self) -> None:
        """Pin the word that is marked, or let it go; without a mark, mark one first."""
        if self._word is None:
            self.move_word(1)
        if self._word is not None:
            self._toggle(self._word)

    def word_near(self, point: QPointF) -> WordRange | None:
        """Return the word of the selection at a viewport point."""
        if not self.has_words:
            return None
        text, (start, end) = self._pins.text, self._pins.region
        # The gap nearest to the point: the word may be on either side of it.
        near = self._editor.cursorForPosition(point.toPoint()).position()
        for position in (near - 1, near):
            if start <= position < end:
                word = word_at(text, to_code_points(text, position - start))
                if word and any(box.contains(point) for box in self._boxes(word)):
                    return word
        return None

    def _toggle(self, word: WordRange) -> None:
        is_pinned = self._pins.toggle(word)
        self._tell_of(word, "" if is_pinned else tr("let go"))

    def _tell_of(self, word: WordRange, state: str = "") -> None:
        """Tell of a word for those who do not see what is done to it."""
        if not state and word in self._pins.pinned:
            state = tr("pinned")
        text = self._pins.text[slice(*word)]
        self.word_marked.emit(f"{text}, {state}" if state else text)

    def _forget_word(self) -> None:
        self._word = None

    def _fill_menu(self, menu: QMenu, point: QPoint) -> None:
        """Offer the word under the mouse."""
        word = self.word_near(QPointF(point))
        if word is None:
            return
        is_pinned = word in self._pins.pinned
        text = tr("Let “{word}” Go") if is_pinned else tr("Pin “{word}” for the Next Draft")
        shown = self._pins.text[slice(*word)].replace("&", "&&")
        menu.addSeparator()
        menu.addAction(text.format(word=shown), lambda: self._toggle(word))

    def _paint(self, painter: QPainter) -> None:
        """Draw the pins, and the word that is marked."""
        if not self.has_words:
            return
        theme = self._editor.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for word in self._pins.pinned:
            for box in self._boxes(word):
                paint_pin(painter, box, theme.accent)
        if self._word is not None:
            for box in self._boxes(self._word):
                paint_word_frame(painter, box, theme.accent)

    def _boxes(self, word: WordRange) -> list[QRectF]:
        """Return where a word of the selection stands in the viewport: one box a line."""
        text, start = self._pins.text, self._pins.region[0]
        first, last = (start + to_utf16(text, offset) for offset in word)
        return line_boxes(self._editor, first, last)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mouse where it is on a word, while clicks mean words."""
        if not isinstance(event, QMouseEvent) or not self._takes_clicks():
            return False
        word = self.word_near(event.position())
        match event.type():
            # A second click that comes quickly is one, too.
            case QEvent.Type.MouseButtonPress | QEvent.Type.MouseButtonDblClick if word:
                if event.button() is Qt.MouseButton.LeftButton:
                    self._toggle(word)
                    self.word_clicked.emit()
                    return True
        return False
