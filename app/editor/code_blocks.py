"""Fenced code in Markdown: which lines are code, of which language, and in which typeface."""

import re
from collections.abc import Iterator
from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont, QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from app.editor.highlighter import Highlighter
from app.editor.line_states import UNKNOWN

# As Pygments reads them.
OPENING = re.compile(r"(?P<fence>\s*```)(?P<language>[\w-]*)(?:[^\S\n]+.*)?$")
CLOSING = re.compile(r"\s*```$")
REACH = 2_000  # lines that the beginning of a block is looked for in


class CodeBlocks(QObject):
    """Sets the code in a document that is prose in the typeface of code."""

    def __init__(self, document: QTextDocument, highlighter: Highlighter, parent: QObject) -> None:
        super().__init__(parent)
        self._highlighter = highlighter
        self._format: QTextCharFormat | None = None
        self._languages: dict[int, str | None] = {}  # of lines that were asked for
        document.contentsChange.connect(self._languages.clear)
        highlighter.coloured.connect(self._languages.clear)
        highlighter.add_layer(self._ranges)

    @property
    def format(self) -> QTextCharFormat | None:
        """The typeface of code; None where all the text is in one."""
        return self._format

    def set_font(self, font: QFont | None) -> None:
        """Set code in a font from now on; None leaves it as the text around it."""
        self._format = None
        if font is not None:
            self._format = made = QTextCharFormat()
            made.setFontFamilies(font.families())
            made.setFontStyleHint(font.styleHint())
            made.setFontFixedPitch(True)
            made.setFontKerning(False)
        self._highlighter.coloured.emit()

    def language_of(self, block: QTextBlock) -> str | None:
        """Return the language that a line is in, empty where none is named; None: it is no code.

        The line that ends a block is in it, the line that begins it is not.
        """
        if not self._highlighter.is_markdown:
            return None
        way: list[QTextBlock] = []
        # Lines whose stack is not known are within a token, or have not been read.
        while block.userState() == UNKNOWN and block.isValid() and len(way) < REACH:
            if block.blockNumber() in self._languages:
                break
            way.append(block)
            block = block.previous()
        found = self._languages.get(block.blockNumber())
        for one in reversed(way):
            before = one.previous().text()
            if found is None:
                opening = OPENING.match(before)
                found = opening["language"] if opening else None
            elif CLOSING.match(before):
                found = None
            self._languages[one.blockNumber()] = found
        return found

    def is_code(self, block: QTextBlock) -> bool:
        """Whether a line is of a block of code, its fences included."""
        if self.language_of(block) is not None:
            return True
        is_fence = self._highlighter.is_markdown and OPENING.match(block.text()) is not None
        return is_fence and self.language_of(block.next()) is not None

    def _ranges(self, block: QTextBlock) -> Iterator[QTextLayout.FormatRange]:
        if self._format is not None and self.is_code(block):
            made = QTextLayout.FormatRange()
            made.start, made.length, made.format = 0, block.length() - 1, self._format
            yield made


@cache
def names_of(language: str) -> tuple[str, str]:
    """Return a language's name in requests and for people, as in "python" and "Python"."""
    from pygments.lexers import find_lexer_class_by_name  # noqa: PLC0415 - the window comes first
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        found = find_lexer_class_by_name(language)
    except ClassNotFound:
        return language, language
    return found.aliases[0], found.name
