"""The words of the selection that the next run shall leave as they are."""

from PySide6.QtCore import QObject, Signal

from app.editor import Editor
from app.text.edits import length_of, text_between
from app.text.positions import to_code_points
from app.text.whole_words import whole_words
from app.text.words import all_words

WordRange = tuple[int, int]  # code points of the selection's text


class Pins(QObject):
    """Knows which words of an editor's selection are pinned; another selection has none.

    Signals: `changed`, after a word was pinned or let go.
    """

    changed = Signal()

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._region = (0, 0)  # that they belong to, UTF-16 units
        self._text = ""  # of that region
        self._pinned: frozenset[WordRange] = frozenset()
        editor.selectionChanged.connect(self._follow)

    @property
    def region(self) -> tuple[int, int]:
        """The selection in whole words, UTF-16 units."""
        cursor = self._editor.textCursor()
        return whole_words(self._editor.document(), cursor.selectionStart(), cursor.selectionEnd())

    @property
    def text(self) -> str:
        """The selection's text."""
        return text_between(self._editor.document(), *self.region)

    @property
    def pinned(self) -> tuple[WordRange, ...]:
        """The pinned words, in their order."""
        return tuple(sorted(self._pinned))

    def toggle(self, word: WordRange) -> bool:
        """Pin a word of the selection, or let it go; return whether it is pinned now."""
        self._region, self._text = self.region, self.text
        assert word in all_words(self._text), "only words of the selection can be pinned"
        self._pinned ^= {word}
        self.changed.emit()
        return word in self._pinned

    def of_region(self, start: int, end: int) -> tuple[WordRange, ...]:
        """Return the words pinned in a region, UTF-16 units, that the selection holds whole."""
        (first, last), document = self._region, self._editor.document()
        if start < first or end > last or last > length_of(document):
            return ()
        if self._text != text_between(document, first, last):
            return ()
        # Of a selection that is meant exactly, the words at its edges are not whole.
        begin, stop = (to_code_points(self._text, at - first) for at in (start, end))
        return tuple((a - begin, b - begin) for a, b in self.pinned if begin <= a and b <= stop)

    def _follow(self) -> None:
        """Forget the words of another selection."""
        # The signal also comes while the same words stay selected.
        if self._pinned and (self.region, self.text) != (self._region, self._text):
            self._pinned = frozenset()
            self.changed.emit()
