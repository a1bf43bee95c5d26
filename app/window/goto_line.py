"""Go to a line, and look at it while its number is typed."""

import re

from PySide6.QtWidgets import QLabel, QWidget

from app.editor import Editor
from app.text.positions import to_utf16
from app.translation import number_text
from app.widgets.popup import Popup

WIDTH = 300  # px
NUMBER = re.compile(r"\s*(\d+)(?:\s*[:,.]\s*(\d+))?\s*")


class GotoLine(Popup):
    """Takes "line" or "line:column", both from 1."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=WIDTH)
        self._editor: Editor | None = None
        self._start = (0, 0)
        self._hint = QLabel()
        self._hint.setContentsMargins(4, 0, 4, 0)
        self.body.addWidget(self._hint)
        self.line.setPlaceholderText(self.tr("Line, or line:column"))
        self.line.setAccessibleName(self.tr("Line to go to"))
        self.line.textEdited.connect(self._preview)
        self.cancelled.connect(self._go_back)

    def open_for(self, editor: Editor) -> None:
        """Ask for a line of this editor."""
        self.cancel()
        self._editor = editor
        cursor = editor.textCursor()
        self._start = (cursor.position(), editor.verticalScrollBar().value())
        self._hint.setText(self.tr("1 to {last}").format(last=number_text(editor.blockCount())))
        self.line.clear()
        self.open()

    def _preview(self, text: str) -> None:
        found = NUMBER.fullmatch(text)
        if found and self._editor:
            go_to(self._editor, int(found[1]), int(found[2] or 1))

    def _go_back(self) -> None:
        if self._editor is not None:
            cursor = self._editor.textCursor()
            cursor.setPosition(self._start[0])
            self._editor.setTextCursor(cursor)
            self._editor.verticalScrollBar().setValue(self._start[1])


def go_to(editor: Editor, line: int, column: int) -> None:
    """Put the caret into a line, counted from 1; beyond the last it is the last."""
    number = min(max(line, 1), editor.blockCount()) - 1
    block = editor.document().findBlockByNumber(number)
    cursor = editor.textCursor()
    # Counted in characters, as the status line does.
    cursor.setPosition(block.position() + to_utf16(block.text(), max(column, 1) - 1))
    editor.setTextCursor(cursor)
    editor.centerCursor()
