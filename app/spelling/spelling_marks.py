"""The wavy lines under one editor's misspelt words, and what its context menu offers for them."""

from collections.abc import Iterator

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction, QTextBlock, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QMenu

from app.documents import Document
from app.editor import Editor
from app.spelling.checked_words import CheckedWord, words_of
from app.spelling.checker import SpellChecker
from app.spelling.languages import Languages
from app.text.edits import replace_range, text_between

STRING = "Literal.String"  # in prose, code in backticks
MAX_KNOWN = 1000  # lines whose misspelt words are remembered
MAX_LINE = 10_000  # characters; a longer line is no prose


class SpellingMarks(QObject):
    """Marks what is in view, as the text is drawn."""

    def __init__(self, editor: Editor, document: Document, languages: Languages) -> None:
        super().__init__(editor)
        self._editor, self._document, self._languages = editor, document, languages
        self._known: dict[tuple[object, ...], tuple[CheckedWord, ...]] = {}
        editor.highlighter.add_layer(self._ranges)
        editor.fill_menu_by(self.fill_menu)
        languages.changed.connect(self._forget)

    def wrong_words(self, block: QTextBlock) -> Iterator[CheckedWord]:
        """Go through the misspelt words of a line, as far as they are known."""
        checker = self._languages.checker_of(self._document)
        if checker is None or block.length() > MAX_LINE:
            return
        spans = self._code_spans(block)
        if not spans and not self._editor.is_prose:
            return
        # Every line in view is asked for with every frame.
        key = (checker, self._editor.is_prose, block.text(), *spans)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            found = self._judged(checker, block.text(), spans)
            known = self._known[key] = tuple(found)
        caret = self._editor.textCursor()
        for word in known:
            # Nobody has misspelt a word that is still being typed.
            place = caret.position() - block.position() - word.start
            is_typed = place == word.length and self._editor.hasFocus() and not caret.hasSelection()
            if not is_typed:
                yield word

    def _judged(
        self, checker: SpellChecker, text: str, spans: list[tuple[int, int]]
    ) -> Iterator[CheckedWord]:
        own_words = self._languages.own_words
        for word in words_of(text):
            is_inside = any(start <= word.start < end for start, end in spans)
            # Of prose, code in backticks is left out; of code, nothing else is prose.
            if is_inside is self._editor.is_prose or word.text in own_words:
                continue
            if checker.is_wrong(word.text):
                yield word

    def _forget(self) -> None:
        self._known.clear()
        self._editor.highlighter.coloured.emit()

    def fill_menu(self, menu: QMenu, point: QPoint) -> None:
        """Offer what may have been meant by the word at a point of the viewport."""
        cursor = self._editor.cursorForPosition(point)
        block = cursor.block()
        place = cursor.positionInBlock()
        words = self.wrong_words(block)
        word = next((w for w in words if w.start <= place <= w.start + w.length), None)
        checker = self._languages.checker_of(self._document)
        if word is None or checker is None:
            return
        first = menu.actions()[0] if menu.actions() else None
        wait = QAction(self.tr("Looking for suggestions…"), menu)
        wait.setEnabled(False)
        add = QAction(self.tr("Add “{word}” to My Dictionary").format(word=word.text), menu)
        add.triggered.connect(lambda: self._languages.own_words.add(word.text))
        start = block.position() + word.start
        for action in (wait, add):
            menu.insertAction(first, action)  # type: ignore[arg-type]  # None appends
        menu.insertSeparator(first)  # type: ignore[arg-type]
        checker.suggest(word.text, lambda found: self._offer(menu, wait, start, word, found))

    def _offer(
        self, menu: QMenu, wait: QAction, start: int, word: CheckedWord, found: list[str]
    ) -> None:
        if menu not in self._editor.open_menus:
            return
        if not found:
            wait.setText(self.tr("No suggestions"))
            return
        for suggestion in found:
            action = QAction(suggestion, menu)
            font = action.font()
            font.setBold(True)
            action.setFont(font)
            action.triggered.connect(lambda _=False, new=suggestion: self._put(start, word, new))
            menu.insertAction(wait, action)
        menu.removeAction(wait)

    def _put(self, start: int, word: CheckedWord, text: str) -> None:
        document, end = self._editor.document(), start + word.length
        if text_between(document, start, end) == word.text:
            replace_range(document, start, end, text)

    def _code_spans(self, block: QTextBlock) -> list[tuple[int, int]]:
        """Return where there is code in prose, or where there is prose in code."""
        if self._editor.is_code(block):
            return [(0, block.length())]
        known = self._editor.highlighter.runs_of(block)
        runs = [(run.start, run.start + run.length, run.style) for run in known]
        if self._editor.is_prose:
            return [(start, end) for start, end, style in runs if style.startswith(STRING)]
        # A string without a space is a name of something.
        text = block.text()
        return [
            (start, end)
            for start, end, style in runs
            if style == "Comment" or (style == STRING and " " in text[start:end])
        ]

    def _ranges(self, block: QTextBlock) -> Iterator[QTextLayout.FormatRange]:
        for word in self.wrong_words(block):
            made = QTextLayout.FormatRange()
            made.start, made.length = word.start, word.length
            made.format = QTextCharFormat()
            made.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            made.format.setUnderlineColor(self._editor.theme.misspelt)
            yield made
