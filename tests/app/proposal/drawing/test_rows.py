"""Keys and mouse go through the rows that are drawn, and not through Qt's below them.

Each word is longer than half a row, so that each stands in a row of its own; only the short old
text shares the row of the word before it, and the draft in its place does not.
"""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing.draft_layout import DraftLayout
from app.proposal.drawing.line_boxes import line_boxes
from tests.app.fakes import FakeEngine, rect_of, view_of
from tests.app.proposal.model.test_session import select_range, text_of

WORD = "e" * 50
TEXT = f"{WORD} {WORD} ol du {WORD} {WORD}\nbelow"
OLD = (102, 107)
THIRD, FOURTH = 108, 159  # where the words behind it begin
BELOW = 210
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def drawn(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """Five rows, the third a draft; Qt has four, with the old text at the end of the second."""
    editor.setPlainText(TEXT)
    select_range(editor, *OLD)
    session.regenerate()
    engine.finish(WORD)
    assert [row.line.textLength() for row in view_of(session).layout.rows] == [51, 51, 51, 51, 50]
    assert editor.document().firstBlock().layout().lineCount() == 4
    return session


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


@pytest.mark.parametrize(
    ("start", "key", "expected"),
    [
        (60, Qt.Key.Key_End, 101),  # before the space; Qt's row goes on with the old text
        (60, Qt.Key.Key_Home, 51),
        (OLD[1], Qt.Key.Key_Home, OLD[0]),  # the draft's row begins with it
        (OLD[0], Qt.Key.Key_End, OLD[1]),
        (THIRD + 9, Qt.Key.Key_Home, THIRD),
        (THIRD + 9, Qt.Key.Key_End, 158),
        (FOURTH + 9, Qt.Key.Key_End, 209),
    ],
)
@pytest.mark.parametrize("modifier", [NONE, SHIFT])
def test_home_and_end_go_to_the_ends_of_the_row_that_is_seen(
    drawn: ProposalSession,
    editor: Editor,
    start: int,
    key: Qt.Key,
    expected: int,
    modifier: Qt.KeyboardModifier,
) -> None:
    select_range(editor, start, start)
    QTest.keyClick(editor, key, modifier)
    cursor = editor.textCursor()
    assert cursor.position() == expected
    assert cursor.anchor() == (start if modifier is SHIFT else expected)


@pytest.fixture
def emoji(editor: Editor, engine: FakeEngine, session: ProposalSession) -> int:
    """Rows that break behind an emoji, of two units each; return where the second row begins."""
    editor.setPlainText("abc old " + "😀" * 120)
    select_range(editor, 4, 7)
    session.regenerate()
    engine.finish("new")  # as long as the old text: offsets are positions
    rows = view_of(session).layout.rows
    assert len(rows) > 1
    return rows[1].start


def test_end_stops_at_a_whole_character(editor: Editor, emoji: int) -> None:
    select_range(editor, 12, 12)
    QTest.keyClick(editor, Qt.Key.Key_End)
    assert editor.textCursor().position() == emoji - 2
    QTest.keyClicks(editor, "x")
    before = (emoji - 2 - 8) // 2
    assert text_of(editor) == "abc old " + "😀" * before + "x" + "😀" * (120 - before)


def test_a_click_at_the_end_of_a_row_is_at_a_whole_character(editor: Editor, emoji: int) -> None:
    rect, row = rect_of(editor), layout_of(editor).rows[0]
    last_half = QPointF(row.line.naturalTextRect().right() - 2.0, row.top + 8.0)
    QTest.mouseClick(editor.viewport(), LEFT, pos=(rect.topLeft() + last_half).toPoint())
    assert editor.textCursor().position() == emoji - 2


def test_up_and_down_go_a_row_further_and_keep_their_column(
    drawn: ProposalSession, editor: Editor
) -> None:
    select_range(editor, 9, 9)
    rows = [51 + 9, OLD[0], THIRD + 9, FOURTH + 9, BELOW + 5]  # the last line is shorter
    for expected in rows:
        QTest.keyClick(editor, Qt.Key.Key_Down)
        assert editor.textCursor().position() == expected
    for expected in (*reversed(rows[:-1]), 9):
        QTest.keyClick(editor, Qt.Key.Key_Up)
        assert editor.textCursor().position() == expected


def test_shift_and_down_select_row_by_row(drawn: ProposalSession, editor: Editor) -> None:
    select_range(editor, 60, 60)
    for _ in range(2):
        QTest.keyClick(editor, Qt.Key.Key_Down, SHIFT)
    cursor = editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (60, THIRD + 9)


@pytest.mark.parametrize("modifier", [NONE, CONTROL])
def test_the_caret_goes_past_the_text_that_the_draft_hides(
    drawn: ProposalSession, editor: Editor, modifier: Qt.KeyboardModifier
) -> None:
    select_range(editor, 101, 101)
    geometry = view_of(drawn).geometry
    for key, expected, offset in (
        (Qt.Key.Key_Right, OLD[0], 102),
        (Qt.Key.Key_Right, OLD[1], 152),
        (Qt.Key.Key_Left, OLD[0], 102),
    ):
        QTest.keyClick(editor, key, modifier)
        assert editor.textCursor().position() == expected
        editor.setFocus()
        assert geometry.rows.offset_of(expected) == offset
        assert geometry.caret_offset() == offset  # and it is seen there


def test_a_drag_selects_what_is_seen_under_it(drawn: ProposalSession, editor: Editor) -> None:
    QTest.mousePress(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    assert editor.textCursor().position() == THIRD + 9
    drag(editor, place(editor, 4, 5))
    QTest.mouseRelease(editor.viewport(), LEFT, pos=place(editor, 4, 5))
    cursor = editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (THIRD + 9, FOURTH + 5)
    drag(editor, place(editor, 1, 5), Qt.MouseButton.NoButton)
    assert editor.textCursor().position() == FOURTH + 5


def test_a_drag_that_begins_below_selects_what_is_seen_too(
    drawn: ProposalSession, editor: Editor
) -> None:
    below = editor.cursorRect(cursor_at(editor, BELOW + 2)).center()
    QTest.mousePress(editor.viewport(), LEFT, pos=below)
    drag(editor, place(editor, 3, 9))
    QTest.mouseRelease(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    cursor = editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (BELOW + 2, THIRD + 9)


def test_a_click_with_shift_selects_up_to_it(drawn: ProposalSession, editor: Editor) -> None:
    select_range(editor, 60, 60)
    QTest.mouseClick(editor.viewport(), LEFT, SHIFT, place(editor, 4, 5))
    cursor = editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (60, FOURTH + 5)


def test_a_double_click_selects_the_word_that_is_seen_and_a_third_the_paragraph(
    drawn: ProposalSession, editor: Editor
) -> None:
    send(editor, QEvent.Type.MouseButtonDblClick, place(editor, 4, 5), LEFT, at_ms=1000)
    assert editor.textCursor().selectedText() == WORD
    assert editor.textCursor().selectionStart() == FOURTH
    send(editor, QEvent.Type.MouseButtonRelease, place(editor, 4, 5), LEFT, at_ms=1010)
    send(editor, QEvent.Type.MouseButtonPress, place(editor, 4, 5), LEFT, at_ms=1100)
    cursor = editor.textCursor()
    assert (cursor.selectionStart(), cursor.selectionEnd()) == (0, BELOW)


def test_a_third_click_takes_the_break_behind_the_paragraph_and_none_before_it(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("first\nthe old end\nbelow")
    select_range(editor, 10, 13)
    session.regenerate()
    engine.finish("new")
    at = editor.cursorRect(cursor_at(editor, 7)).center()
    send(editor, QEvent.Type.MouseButtonDblClick, at, LEFT, at_ms=1000)
    send(editor, QEvent.Type.MouseButtonPress, at, LEFT, at_ms=1100)
    assert editor.textCursor().anchor() == 6
    assert editor.textCursor().position() == 18  # where "below" begins


def test_a_drag_after_a_double_click_goes_word_by_word(
    drawn: ProposalSession, editor: Editor
) -> None:
    QTest.mouseDClick(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    drag(editor, place(editor, 4, 5))
    cursor = editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (THIRD, FOURTH + 50)
    drag(editor, place(editor, 1, 9))
    cursor = editor.textCursor()
    assert (cursor.anchor(), cursor.position()) == (THIRD + 50, 51)


def test_a_menu_and_a_drop_mean_the_place_that_is_seen(
    drawn: ProposalSession, editor: Editor
) -> None:
    assert editor.cursorForPosition(place(editor, 3, 9)).position() == THIRD + 9


def test_what_is_marked_in_the_text_stands_where_the_text_is_seen(
    drawn: ProposalSession, editor: Editor
) -> None:
    rect = rect_of(editor)
    (box,) = line_boxes(editor, FOURTH, FOURTH + 5)
    height = view_of_height(editor) / 5
    assert box.top() == pytest.approx(rect.top() + 4 * height, abs=1)
    assert editor.cursorRect(cursor_at(editor, FOURTH)).top() == pytest.approx(box.top(), abs=1)


def test_two_carets_move_by_the_rows_that_are_seen(drawn: ProposalSession, editor: Editor) -> None:
    cursors = [cursor_at(editor, 60), cursor_at(editor, FOURTH + 3)]
    editor.multi_cursor.set_all(cursors)
    QTest.keyClick(editor, Qt.Key.Key_End)
    assert sorted(one.position() for one in editor.multi_cursor.cursors) == [101, 209]


def test_a_caret_that_goes_out_of_view_is_scrolled_to(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(" ".join([WORD] * 60))
    select_range(editor, 51, 101)
    session.regenerate()
    engine.finish("short")
    select_range(editor, 0, 0)
    for _ in range(50):
        QTest.keyClick(editor, Qt.Key.Key_Down)
        caret = editor.cursorRect()
        assert 0 <= caret.top() <= caret.bottom() <= editor.viewport().height()
    assert editor.textCursor().position() > 48 * 51


def test_a_key_that_moves_no_caret_scrolls_nowhere(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(" ".join([WORD] * 60))
    select_range(editor, 51, 101)
    session.regenerate()
    engine.finish("short")
    select_range(editor, 0, 0)
    editor.verticalScrollBar().setValue(20)
    QTest.keyClick(editor, Qt.Key.Key_Control)
    assert editor.verticalScrollBar().value() == 20


def test_a_page_further_the_caret_is_in_no_hidden_text(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    text = " ".join([WORD] * 60)
    editor.setPlainText(text)
    select_range(editor, 10 * 51, 30 * 51 - 1)
    session.regenerate()
    engine.finish("short")
    select_range(editor, 0, 0)
    QTest.keyClick(editor, Qt.Key.Key_PageDown)
    assert editor.textCursor().position() == 30 * 51 - 1
    caret = editor.cursorRect()
    assert 0 <= caret.top() <= caret.bottom() <= editor.viewport().height()


def cursor_at(editor: Editor, position: int):
    cursor = editor.textCursor()
    cursor.setPosition(position)
    return cursor


def drag(editor: Editor, to: QPoint, button: Qt.MouseButton = LEFT) -> None:
    send(editor, QEvent.Type.MouseMove, to, button)


def send(
    editor: Editor, kind: QEvent.Type, to: QPoint, button: Qt.MouseButton, at_ms: int = 0
) -> None:
    """Send a mouse event at a time: `QTest` keeps its clicks too far apart for a third one."""
    viewport = editor.viewport()
    world = QPointF(viewport.mapToGlobal(to))
    cause = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else button
    event = QMouseEvent(kind, QPointF(to), world, cause, button, NONE)
    event.setTimestamp(at_ms)
    QApplication.sendEvent(viewport, event)


def test_typing_goes_on_where_the_caret_is_seen(drawn: ProposalSession, editor: Editor) -> None:
    select_range(editor, 60, 60)
    QTest.keyClick(editor, Qt.Key.Key_End)
    QTest.keyClicks(editor, "x")
    assert text_of(editor) == TEXT[:101] + "x" + TEXT[101:]
