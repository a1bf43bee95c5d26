"""The blocks in view, which each drawing asks for several times, are found once and never stale."""

from collections import Counter
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.editor import Editor, Inset
from app.editor.line_layout import LineLayout

LINES = "\n".join(f"line {number} " + "word " * (number % 40) for number in range(120))
Act = Callable[[Editor], object]


class Nothing:
    """An overlay of which nothing is seen."""

    rows = None

    def paint(self, painter: QPainter, rect: QRectF) -> None: ...

    def paint_gutter(self, painter: QPainter, rect: QRectF) -> None: ...

    def take_key(self, event: QKeyEvent) -> bool:
        return False

    def take_click(self, point: QPointF) -> bool:
        return False

    def take_wheel(self, point: QPointF, pixels: float) -> bool:
        return False


OVERLAY = Nothing()


def walked(editor: Editor) -> list[tuple[int, float]]:
    """Go through the blocks as Qt's own examples do; return numbers and tops."""
    found, block = [], editor.firstVisibleBlock()
    place = editor.blockBoundingGeometry(block).translated(editor.contentOffset())
    while block.isValid() and place.top() <= editor.viewport().height():
        found.append((block.blockNumber(), place.top()))
        top = place.bottom()
        block = block.next()
        place = editor.blockBoundingRect(block)
        place.moveTop(top)
    return found


def seen(editor: Editor) -> list[tuple[int, float]]:
    return [(block.blockNumber(), top) for block, top in editor.visible_blocks()]


def inset(height: float, first: int = 1, *, is_below: bool = False) -> Act:
    room = Inset(first=first, last=first + 1, height=height, is_below=is_below)
    return lambda editor: editor.set_inset(OVERLAY, room)


def in_line(number: int, act: Callable[[QTextCursor], object]) -> Act:
    def run(editor: Editor) -> None:
        act(QTextCursor(editor.document().findBlockByNumber(number)))

    return run


ACTS: dict[str, Act] = {
    "a letter": lambda editor: QTest.keyClick(editor, Qt.Key.Key_X),
    "a line more": lambda editor: QTest.keyClick(editor, Qt.Key.Key_Return),
    "a line longer": in_line(2, lambda cursor: cursor.insertText("word " * 60)),
    "a line gone": in_line(
        1,
        lambda cursor: (
            cursor.movePosition(
                QTextCursor.MoveOperation.NextBlock, QTextCursor.MoveMode.KeepAnchor
            ),
            cursor.removeSelectedText(),
        ),
    ),
    "another text": lambda editor: editor.setPlainText("one\ntwo\nthree"),
    "undo": lambda editor: (in_line(0, lambda c: c.insertText("a\nb\n"))(editor), editor.undo()),
    "a long text": lambda editor: editor.setPlainText(LINES),
    "scrolled": lambda editor: editor.verticalScrollBar().setValue(5),
    "scrolled back": lambda editor: editor.verticalScrollBar().setValue(4),
    "narrower": lambda editor: (editor.resize(260, 300), QApplication.processEvents()),
    "taller": lambda editor: (editor.resize(500, 700), QApplication.processEvents()),
    "shorter": lambda editor: (editor.resize(500, 300), QApplication.processEvents()),
    "tall again": lambda editor: (editor.resize(500, 700), QApplication.processEvents()),
    "larger letters": lambda editor: editor.zoom_in(),
    "not wrapped": lambda editor: editor.setLineWrapMode(editor.LineWrapMode.NoWrap),
    "code": lambda editor: editor.set_language("a.py"),
    "room": inset(150.0),
    "more room": inset(190.0),
    "room below": inset(80.0, 2, is_below=True),
    "no room": lambda editor: editor.set_inset(OVERLAY, None),
}


@pytest.fixture
def shown(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(500, 300)
    editor.setPlainText(LINES)
    with qtbot.waitExposed(editor):
        editor.show()
    return editor


@pytest.mark.parametrize("first", [*ACTS])
def test_they_are_those_of_now_after_whatever_comes(shown: Editor, first: str) -> None:
    """Also where somebody asks in the middle of it, before the layout or the screen knows."""
    midway: list[bool] = []

    def look() -> None:
        walked(shown)  # lines are laid out where they are asked for, which may scroll
        midway.append(seen(shown) == walked(shown))

    for told in (shown.document().contentsChange, shown.metrics_changed):
        told.connect(lambda *_: look())
    ACTS[first](shown)
    assert seen(shown) == walked(shown)
    for name, act in ACTS.items():
        act(shown)
        assert seen(shown) == walked(shown), name
    assert all(midway)


def test_they_are_found_once(shown: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.visible_blocks()
    measured: Counter[str] = Counter()
    rect = LineLayout.text_rect

    def counted(layout: LineLayout, block: object) -> object:
        measured["lines"] += 1
        return rect(layout, block)  # type: ignore[arg-type]

    monkeypatch.setattr(LineLayout, "text_rect", counted)
    before = shown.visible_blocks()
    assert shown.visible_blocks() == before
    assert not measured
    shown.verticalScrollBar().setValue(5)
    shown.visible_blocks()
    assert measured
