"""The mouse goes by the rows that are drawn, and not by Qt's below them."""

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QClipboard, QFontMetricsF, QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine, rect_of, view_of
from tests.app.proposal.drawing.drawn import (
    BELOW,
    FOURTH,
    LEFT,
    OLD,
    SHIFT,
    TEXT,
    THIRD,
    WORD,
    cursor_at,
    drag,
    layout_of,
    place,
    send,
)
from tests.app.proposal.model.test_session import select_range, text_of


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


def test_a_hand_that_shakes_leaves_a_region_selected_while_it_is_computed(
    editor: Editor, session: ProposalSession
) -> None:
    editor.setPlainText("start old text here end\nbelow")
    select_range(editor, 6, 19)
    session.regenerate()
    within = rect_of(editor).topLeft() + QPointF(layout_of(editor).rows[0].x_of(9), 8.0)
    QTest.mousePress(editor.viewport(), LEFT, pos=within.toPoint())
    drag(editor, within.toPoint() + QPoint(1, 0))
    QTest.mouseRelease(editor.viewport(), LEFT, pos=within.toPoint() + QPoint(1, 0))
    assert (editor.textCursor().anchor(), editor.textCursor().position()) == (6, 19)


def test_a_drag_goes_on_from_where_an_edit_has_moved_its_start(
    drawn: ProposalSession, editor: Editor
) -> None:
    QTest.mousePress(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    cursor_at(editor, 0).insertText("xx\n")
    drag(editor, place(editor, 3, 12))
    assert editor.textCursor().selectedText() == "eee"
    editor.setPlainText("short")
    drag(editor, QPoint(30, 10))
    assert editor.textCursor().anchor() == 0


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


def test_a_third_click_elsewhere_places_the_caret(drawn: ProposalSession, editor: Editor) -> None:
    send(editor, QEvent.Type.MouseButtonDblClick, place(editor, 4, 5), LEFT, at_ms=1000)
    send(editor, QEvent.Type.MouseButtonRelease, place(editor, 4, 5), LEFT, at_ms=1010)
    send(editor, QEvent.Type.MouseButtonPress, place(editor, 3, 9), LEFT, at_ms=1100)
    assert not editor.textCursor().hasSelection()
    assert editor.textCursor().position() == THIRD + 9


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


def column(editor: Editor, start: QPoint, end: QPoint) -> list[tuple[int, int]]:
    """Drag with Alt; return where what is selected begins and ends, from the top."""
    for kind, at in (
        (QEvent.Type.MouseButtonPress, start),
        (QEvent.Type.MouseMove, end),
        (QEvent.Type.MouseButtonRelease, end),
    ):
        send(editor, kind, at, LEFT, modifiers=Qt.KeyboardModifier.AltModifier)
    carets = editor.multi_cursor.cursors
    return sorted((one.selectionStart(), one.selectionEnd()) for one in carets)


def test_a_column_is_what_is_seen_in_it(drawn: ProposalSession, editor: Editor) -> None:
    third, fourth = (THIRD + 2, THIRD + 6), (FOURTH + 2, FOURTH + 6)
    assert column(editor, place(editor, 3, 2), place(editor, 4, 6)) == [third, fourth]
    assert column(editor, place(editor, 4, 6), place(editor, 3, 2)) == [third, fourth]
    assert editor.textCursor().position() == THIRD + 2


def test_a_column_leaves_a_draft_out(drawn: ProposalSession, editor: Editor) -> None:
    found = column(editor, place(editor, 1, 2), place(editor, 3, 6))
    assert found == [(51 + 2, 51 + 6), (THIRD + 2, THIRD + 6)]


def test_a_column_begun_on_a_draft_is_a_click_on_it(drawn: ProposalSession, editor: Editor) -> None:
    select_range(editor, 7, 7)
    assert column(editor, place(editor, 2, 2), place(editor, 4, 6)) == [OLD]


def test_a_column_over_nothing_but_a_draft_leaves_the_carets_alone(
    drawn: ProposalSession, editor: Editor
) -> None:
    select_range(editor, 7, 7)
    editor.columns.start_at(QPointF(place(editor, 2, 2)))
    editor.columns.drag_to(QPointF(place(editor, 2, 6)))
    carets = editor.multi_cursor.cursors
    assert [(one.anchor(), one.position()) for one in carets] == [(7, 7)]


def test_a_column_goes_past_a_draft_of_several_lines(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.set_language("a.py")  # letters of one width
    editor.setPlainText("aaaa old\nbbbb ee\ncccc")
    select_range(editor, 5, 13)
    session.regenerate()
    engine.finish("new\nlong\nmore")
    rect, rows = rect_of(editor), layout_of(editor).rows
    assert len(rows) == 3
    start = rect.topLeft() + QPointF(rows[0].x_of(1) + 1, 8.0)
    end = editor.cursorRect(cursor_at(editor, 17 + 3)).center()
    assert column(editor, start.toPoint(), end) == [(1, 3), (17 + 1, 17 + 3)]
    # Behind the draft's last line its own text goes on: " ee", five to seven letters from the left.
    start = rect.topLeft() + QPointF(rows[2].x_of(rows[2].start + 5) + 1, rows[2].top + 8.0)
    end = rect.topLeft() + QPointF(rows[2].x_of(rows[2].start + 7) + 1, rows[2].top + 8.0)
    assert column(editor, start.toPoint(), end.toPoint()) == [(14, 16)]


def test_keys_draw_a_column_over_what_is_seen(drawn: ProposalSession, editor: Editor) -> None:
    select_range(editor, THIRD + 2, THIRD + 2)
    editor.columns.step(columns=1)
    editor.columns.step(rows=1)
    carets = editor.multi_cursor.cursors
    assert [(one.anchor(), one.position()) for one in carets] == [
        (THIRD + 2, THIRD + 3),
        (FOURTH + 2, FOURTH + 3),
    ]
    for _ in range(3):
        editor.columns.step(rows=-1)
    assert [one.position() for one in editor.multi_cursor.cursors] == [THIRD + 3, 51 + 3]


def test_what_a_column_selects_is_drawn_as_selected(drawn: ProposalSession, editor: Editor) -> None:
    column(editor, place(editor, 3, 2), place(editor, 4, 6))
    boxes = sorted(view_of(drawn).geometry.selection_rects(), key=QRectF.top)
    rows = layout_of(editor).rows
    assert [round(box.top()) for box in boxes] == [round(rows[3].top), round(rows[4].top)]
    letter = QFontMetricsF(editor.font()).horizontalAdvance("e")
    assert [round(box.width() / letter) for box in boxes] == [4, 4]


def test_a_menu_and_a_drop_mean_the_place_that_is_seen(
    drawn: ProposalSession, editor: Editor
) -> None:
    assert editor.cursorForPosition(place(editor, 3, 9)).position() == THIRD + 9


def test_a_click_at_the_end_of_a_row_is_at_a_whole_character(editor: Editor, emoji: int) -> None:
    rect, row = rect_of(editor), layout_of(editor).rows[0]
    last_half = QPointF(row.line.naturalTextRect().right() - 2.0, row.top + 8.0)
    QTest.mouseClick(editor.viewport(), LEFT, pos=(rect.topLeft() + last_half).toPoint())
    assert editor.textCursor().position() == emoji - 2


class Primary:
    """X11's clipboard of what is selected, which the tests' platform has not."""

    def __init__(self) -> None:
        self.held = QMimeData()

    def supportsSelection(self) -> bool:
        return True

    def mimeData(self, mode: QClipboard.Mode) -> QMimeData:
        assert mode is QClipboard.Mode.Selection
        return self.held

    def setMimeData(self, data: QMimeData, mode: QClipboard.Mode) -> None:
        assert mode is QClipboard.Mode.Selection
        self.held = data


@pytest.fixture
def primary(monkeypatch: pytest.MonkeyPatch) -> Primary:
    made = Primary()
    made.held.setText("PASTED")
    monkeypatch.setattr(QGuiApplication, "clipboard", lambda: made)
    return made


def middle_click(editor: Editor, at: QPoint) -> None:
    # Only the release: Qt takes no press of this button, and the tests' Qt warns of that.
    send(editor, QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.MiddleButton)


@pytest.mark.parametrize(("row", "column", "at"), [(3, 9, THIRD + 9), (1, 53, 101)])
def test_the_middle_button_pastes_where_it_is_clicked(
    drawn: ProposalSession, editor: Editor, primary: Primary, row: int, column: int, at: int
) -> None:
    select_range(editor, 0, 3)
    middle_click(editor, place(editor, row, column))
    assert text_of(editor) == TEXT[:at] + "PASTED" + TEXT[at:]


def test_the_middle_button_pastes_nothing_where_an_edit_is_refused(
    drawn: ProposalSession, editor: Editor, primary: Primary
) -> None:
    asked = []
    editor.guard_typing(lambda *stretch: asked.append(stretch) is None)
    middle_click(editor, place(editor, 3, 9))
    assert text_of(editor) == TEXT
    assert asked == [(THIRD + 9, THIRD + 9, True)]


def test_what_the_mouse_selects_can_be_pasted_by_the_middle_button(
    drawn: ProposalSession, editor: Editor, primary: Primary
) -> None:
    QTest.mousePress(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    drag(editor, place(editor, 3, 12))
    QTest.mouseRelease(editor.viewport(), LEFT, pos=place(editor, 3, 12))
    assert primary.held.text() == "eee"
    QTest.mouseClick(editor.viewport(), LEFT, pos=place(editor, 1, 9))
    assert primary.held.text() == "eee"  # a mere click selects nothing
    QTest.mouseDClick(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    assert primary.held.text() == WORD


@pytest.mark.parametrize("button", [LEFT, Qt.MouseButton.MiddleButton])
@pytest.mark.parametrize("row", [2, 3])  # the draft, and the text beside it
def test_a_click_ends_what_an_input_method_composes(
    drawn: ProposalSession, editor: Editor, primary: Primary, row: int, button: Qt.MouseButton
) -> None:
    compose(editor, BELOW + 2)
    at = place(editor, row, 9)
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        if (button, kind) != (Qt.MouseButton.MiddleButton, QEvent.Type.MouseButtonPress):
            send(editor, kind, at, button)
    assert composed(editor) == ""


def test_a_double_click_and_a_column_end_what_an_input_method_composes(
    drawn: ProposalSession, editor: Editor
) -> None:
    compose(editor, BELOW + 2)
    QTest.mouseDClick(editor.viewport(), LEFT, pos=place(editor, 3, 9))
    assert composed(editor) == ""
    compose(editor, BELOW + 2)
    QTest.mouseClick(
        editor.viewport(), LEFT, Qt.KeyboardModifier.AltModifier, QPoint(editor.width() // 2, 5)
    )
    assert composed(editor) == ""


def compose(editor: Editor, position: int) -> None:
    """Let an input method begin to write, in the line below the draft's."""
    select_range(editor, position, position)
    QApplication.sendEvent(editor, QInputMethodEvent("pre", []))
    assert composed(editor) == "pre"


def composed(editor: Editor) -> str:
    return editor.document().lastBlock().layout().preeditAreaText()
