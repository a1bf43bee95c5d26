"""A button comes to what the mouse has selected, and to nothing else."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing.line_boxes import line_boxes
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from app.proposal.widgets.selection_button import GAP, SIZE, free_place
from app.text.edits import length_of
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import select_range, text_of


def drag(editor: Editor, first: int, last: int) -> None:
    """Select from one position to another with the mouse."""
    places = []
    for position in (first, last):
        cursor = editor.textCursor()
        cursor.setPosition(position)
        places.append(editor.cursorRect(cursor).center() + QPoint(1, 0))
    viewport, left = editor.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=places[0])
    QTest.mouseMove(viewport, places[1])
    select_range(editor, first, last)  # offscreen, Qt draws no selection by itself
    QTest.mouseRelease(viewport, left, pos=places[1])
    select_range(editor, first, last)
    QTest.qWait(1)


def test_it_comes_with_the_mouse_and_rewrites(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    before = text_of(editor)
    assert widgets.button.isHidden()
    drag(editor, 4, 7)
    assert widgets.button.isVisible()
    assert not widgets.button.geometry().intersects(editor.cursorRect())
    widgets.button.click()
    assert engine.job.region == before[4:7]
    assert widgets.button.isHidden()


def test_it_goes_with_the_selection(widgets: ProposalWidgets, editor: Editor) -> None:
    drag(editor, 4, 7)
    select_range(editor, 0, 3)  # by keys
    assert widgets.button.isHidden()


def test_it_can_be_turned_off(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    session.options.shows_button = False
    drag(editor, 4, 7)
    assert widgets.button.isHidden()


def test_it_is_not_at_a_draft(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select_range(editor, 4, 7)
    session.regenerate()
    engine.finish("zwei")
    QTest.mouseRelease(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.qWait(1)
    assert widgets.button.isHidden()


ROWS = [QRect(10, 20 * row, width, 20) for row, width in enumerate((380, 370, 300, 385))]
ROOM = QRect(0, 0, 400, 200)


@pytest.mark.parametrize(
    ("caret", "place"),
    [
        # In the second of four rows: only the third leaves room for 22 px and a gap of 6.
        (QRect(200, 20, 1, 20), QPoint(309 + GAP, 49 - SIZE // 2)),
        # In the last, whose end is over nothing.
        (QRect(200, 60, 1, 20), QPoint(200 + GAP, 81)),
    ],
)
def test_it_covers_no_words(caret: QRect, place: QPoint) -> None:
    assert free_place(caret, ROWS, ROOM) == place


def test_where_all_is_full_of_words_it_covers_the_end_of_a_row_at_most() -> None:
    full = [QRect(10, 20 * row, 380, 20) for row in range(10)]
    assert free_place(QRect(200, 80, 1, 20), full, ROOM).x() == 399 - SIZE - GAP


def test_in_a_paragraph_it_leaves_the_words_to_be_read(
    widgets: ProposalWidgets, editor: Editor
) -> None:
    editor.setPlainText("Some words of a paragraph that goes over several rows. " * 12)
    drag(editor, 105, 109)
    assert widgets.button.isVisible()
    middle = widgets.button.geometry().center()
    for box in line_boxes(editor, 0, length_of(editor.document())):
        assert not box.contains(QPointF(middle))
