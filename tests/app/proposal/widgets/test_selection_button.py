"""A button comes to what the mouse has selected, and to nothing else."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
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
