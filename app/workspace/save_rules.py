"""Writing documents to their files, and what is done to a text on the way."""

from dataclasses import dataclass
from pathlib import PurePath

from PySide6.QtGui import QTextCursor, QTextDocument

from app.editor import lines

KEEPS_TRAILING_SPACE = {".md", ".markdown", ".diff", ".patch"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRules:
    """What the user wants to be done to every text that is saved."""

    trims: bool = False  # spaces at the ends of lines
    ends_with_newline: bool = False


def tidy(document: QTextDocument, file_name: str, rules: SaveRules) -> None:
    """Change a text as the rules want it, each change an undo step of its own."""
    if rules.trims and PurePath(file_name).suffix.lower() not in KEEPS_TRAILING_SPACE:
        lines.trim(document)
    last = document.lastBlock()
    if rules.ends_with_newline and last.length() > 1:
        cursor = QTextCursor(last)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        cursor.insertText("\n")
