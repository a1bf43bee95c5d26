"""Panel and bar of a paragraph that is taller than the view are where they can be seen."""

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.in_sight import top_in_sight
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import FakeEngine, view_of, views_of
from tests.app.proposal.model.test_session import select_range

WORD = "e" * 50  # one fills a row
LONG = " ".join([WORD] * 60)


def line(top: float) -> QRectF:
    return QRectF(0.0, top, 100.0, 20.0)


@pytest.mark.parametrize(
    ("room", "lines", "expected"),
    [
        (100.0, [line(80.0)], 100.0),  # all of it is in view
        (370.0, [line(350.0)], 0.0),  # the lower edge would cover the line
        (370.0, [line(100.0)], 360.0),
        (900.0, [line(100.0)], 360.0),
        (900.0, [line(350.0), line(370.0)], 0.0),
        (900.0, [line(top) for top in range(-20, 600, 20)], 360.0),  # there is no free place
        (900.0, [line(-30.0)], None),  # the draft is above the view
        (380.0, [line(-30.0)], 380.0),
        (-50.0, [line(-90.0)], None),
    ],
)
def test_it_sticks_to_an_edge_as_long_as_its_lines_are_seen(
    room: float, lines: list[QRectF], expected: float | None
) -> None:
    assert top_in_sight(room, 40.0, 400.0, lines) == expected


@pytest.fixture
def widgets(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalWidgets:
    widgets = ProposalWidgets(session, views_of(session))
    editor.setPlainText(LONG + "\n\nbelow")
    select_range(editor, 3 * 51, 3 * 51 + 50)
    session.regenerate()
    engine.finish("n" * 48)
    return widgets


def test_the_panel_is_seen_and_covers_nothing_of_the_draft(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    panel, view = widgets.panel, view_of(session)
    assert panel.isVisible()
    assert panel.geometry().bottom() == editor.viewport().height() - 1
    bar = editor.verticalScrollBar()
    bar.setValue(bar.value() + 2)  # the draft is in the second row of the view now
    (drawn,) = view.geometry.lines
    assert panel.isVisible()
    assert not panel.geometry().intersects(drawn.toRect())
    bar.setValue(bar.value() + 4)  # and now above it
    assert not panel.isVisible()
    bar.setValue(bar.maximum())  # where the panel has its own room
    assert panel.isVisible()
    assert panel.geometry().top() > view.geometry.rect.bottom() - panel.wanted_height


def test_its_buttons_act_there(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    button = widgets.panel.accept_button
    place = button.mapTo(editor.viewport(), button.rect().center())
    assert editor.viewport().rect().contains(place)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert editor.toPlainText()[3 * 51 : 3 * 51 + 48] == "n" * 48


def test_the_bar_is_seen_below_the_panel(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    widgets.open_bar()
    bar, panel = widgets.bar.geometry(), widgets.panel.geometry()
    assert editor.viewport().rect().contains(bar)
    assert editor.viewport().rect().contains(panel)
    assert panel.bottom() < bar.top()


def test_the_bar_of_a_selection_is_seen_with_it(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    widgets = ProposalWidgets(session, views_of(session))
    editor.setPlainText(LONG)
    select_range(editor, 51, 101)
    widgets.open_bar()
    bar = widgets.bar.geometry()
    assert editor.viewport().rect().contains(bar)
    assert not bar.intersects(editor.cursorRect())
