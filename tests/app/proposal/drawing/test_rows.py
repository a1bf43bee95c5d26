"""Keys go through the rows that are drawn, and not through Qt's below them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing.line_boxes import line_boxes
from tests.app.fakes import FakeEngine, rect_of, view_of
from tests.app.proposal.drawing.drawn import (
    BELOW,
    CONTROL,
    FOURTH,
    NONE,
    OLD,
    SHIFT,
    TEXT,
    THIRD,
    WORD,
    cursor_at,
    view_of_height,
)
from tests.app.proposal.model.test_session import select_range, text_of


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


@pytest.mark.parametrize(
    ("text", "region", "homes"),
    [
        ("    old = 1", (4, 7), [4, 0, 4]),
        ("    old = 1", (2, 7), [0, 0]),  # the first letter is hidden
        ("    old = 1", (0, 4), [4, 0, 4]),  # the draft stands in the indentation's place
        ("a\n    old = 1", (0, 9), [0, 0]),  # all of the line's start is
        ("a = 2\n    old = 1", (0, 1), [10, 6, 10]),  # the draft is in the row above
    ],
)
def test_home_in_code_never_goes_into_what_a_draft_hides(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    text: str,
    region: tuple[int, int],
    homes: list[int],
) -> None:
    editor.set_language("a.py")
    editor.setPlainText(text)
    select_range(editor, *region)
    session.regenerate()
    engine.finish("new")
    select_range(editor, len(text), len(text))
    for expected in homes:
        QTest.keyClick(editor, Qt.Key.Key_Home)
        assert editor.textCursor().position() == expected


def test_end_stops_at_a_whole_character(editor: Editor, emoji: int) -> None:
    select_range(editor, 12, 12)
    QTest.keyClick(editor, Qt.Key.Key_End)
    assert editor.textCursor().position() == emoji - 2
    QTest.keyClicks(editor, "x")
    before = (emoji - 2 - 8) // 2
    assert text_of(editor) == "abc old " + "😀" * before + "x" + "😀" * (120 - before)


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


@pytest.mark.parametrize("sideways", [(Qt.Key.Key_Left, Qt.Key.Key_Right), (Qt.Key.Key_Home,)])
def test_after_a_move_sideways_the_next_row_is_entered_below_it(
    drawn: ProposalSession, editor: Editor, sideways: tuple[Qt.Key, ...]
) -> None:
    select_range(editor, 9, 9)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, *sideways):
        QTest.keyClick(editor, key)
    assert editor.textCursor().position() == OLD[0]  # the draft, at its row's beginning
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().position() == THIRD


def test_each_of_two_carets_keeps_its_column(drawn: ProposalSession, editor: Editor) -> None:
    editor.multi_cursor.set_all([cursor_at(editor, 9), cursor_at(editor, 60)])
    for _ in range(3):
        QTest.keyClick(editor, Qt.Key.Key_Down)
    found = sorted(one.position() for one in editor.multi_cursor.cursors)
    assert found == [THIRD + 9, FOURTH + 9]


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


def draft_in_sixty_words(
    editor: Editor, engine: FakeEngine, session: ProposalSession, start: int, end: int
) -> None:
    """Draw a short draft in the place of a stretch of sixty rows; the caret is at the top."""
    editor.setPlainText(" ".join([WORD] * 60))
    select_range(editor, start, end)
    session.regenerate()
    engine.finish("short")
    select_range(editor, 0, 0)


def test_a_caret_that_goes_out_of_view_is_scrolled_to(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    draft_in_sixty_words(editor, engine, session, 51, 101)
    for _ in range(50):
        QTest.keyClick(editor, Qt.Key.Key_Down)
        caret = editor.cursorRect()
        assert 0 <= caret.top() <= caret.bottom() <= editor.viewport().height()
    assert editor.textCursor().position() > 48 * 51


def test_a_key_that_moves_no_caret_scrolls_nowhere(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    draft_in_sixty_words(editor, engine, session, 51, 101)
    editor.verticalScrollBar().setValue(20)
    QTest.keyClick(editor, Qt.Key.Key_Control)
    assert editor.verticalScrollBar().value() == 20


def test_a_page_further_the_caret_is_in_no_hidden_text(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    draft_in_sixty_words(editor, engine, session, 10 * 51, 30 * 51 - 1)
    QTest.keyClick(editor, Qt.Key.Key_PageDown)
    assert editor.textCursor().position() == 30 * 51 - 1
    caret = editor.cursorRect()
    assert 0 <= caret.top() <= caret.bottom() <= editor.viewport().height()


def test_typing_goes_on_where_the_caret_is_seen(drawn: ProposalSession, editor: Editor) -> None:
    select_range(editor, 60, 60)
    QTest.keyClick(editor, Qt.Key.Key_End)
    QTest.keyClicks(editor, "x")
    assert text_of(editor) == TEXT[:101] + "x" + TEXT[101:]
