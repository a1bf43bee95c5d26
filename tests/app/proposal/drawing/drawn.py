"""A draft in rows of its own, and the mouse on them.

Each word is longer than half a row, so that each stands in a row of its own; only the short old
text shares the row of the word before it, and the draft in its place does not.
"""

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing.draft_layout import DraftLayout
from tests.app.fakes import rect_of, view_of

WORD = "e" * 50
TEXT = f"{WORD} {WORD} ol du {WORD} {WORD}\nbelow"
OLD = (102, 107)
THIRD, FOURTH = 108, 159  # where the words behind it begin
BELOW = 210
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


def place(editor: Editor, row: int, column: int) -> QPoint:
    """Return the viewport's point a little right of a column of a row, both from 0."""
    rect, metrics = rect_of(editor), QFontMetricsF(editor.font())
    assert rect is not None
    x = editor.document().documentMargin() + column * metrics.horizontalAdvance("e") + 1
    height = (view_of_height(editor)) / 5
    return (rect.topLeft() + QPointF(x, (row + 0.5) * height)).toPoint()


def view_of_height(editor: Editor) -> float:
    return layout_of(editor).height


def layout_of(editor: Editor) -> DraftLayout:
    return view_of(editor.findChild(ProposalSession)).layout


def cursor_at(editor: Editor, position: int) -> QTextCursor:
    cursor = editor.textCursor()
    cursor.setPosition(position)
    return cursor


def drag(editor: Editor, to: QPoint, button: Qt.MouseButton = LEFT) -> None:
    send(editor, QEvent.Type.MouseMove, to, button)


def send(
    editor: Editor,
    kind: QEvent.Type,
    to: QPoint,
    button: Qt.MouseButton,
    at_ms: int = 0,
    modifiers: Qt.KeyboardModifier = NONE,
) -> None:
    """Send a mouse event at a time: `QTest` keeps its clicks too far apart for a third one."""
    viewport = editor.viewport()
    world = QPointF(viewport.mapToGlobal(to))
    cause = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    event = QMouseEvent(kind, QPointF(to), world, cause, button, modifiers)
    event.setTimestamp(at_ms)
    QApplication.sendEvent(viewport, event)
