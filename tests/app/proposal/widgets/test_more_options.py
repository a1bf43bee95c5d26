"""The bar's fold: soft edges and constraints reach the engine, and nonsense is told at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from engine.api import Constraints, Mode
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import TEXT, select


@pytest.fixture
def desk(editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    select(editor, "two")
    desk = ProposalWidgets(session, views_of(session))
    desk.open_bar()
    yield desk
    desk.popup.close()


def test_it_is_folded_away_until_it_is_wanted(desk: ProposalWidgets, editor: Editor) -> None:
    height = desk.bar.height()
    assert desk.bar.more.isHidden()
    desk.bar.fold.click()
    assert desk.bar.more.isVisible()
    assert desk.bar.height() > height
    assert not desk.bar.geometry().intersects(editor.cursorRect())
    desk.bar.fold.click()
    assert desk.bar.height() == height


def test_what_is_set_there_reaches_the_engine(
    qtbot: QtBot, desk: ProposalWidgets, engine: FakeEngine
) -> None:
    desk.bar.fold.click()
    more = desk.bar.more
    more.soft_edge.setValue(2)
    more.single_line.click()
    qtbot.keyClicks(more.characters, "a-z ")
    qtbot.keyClicks(more.pattern, "t.*")
    desk.bar.go.click()
    assert engine.job.soft_edge == 2
    assert engine.job.constraints == Constraints(
        is_single_line=True, characters="a-z ", pattern="t.*"
    )


def test_a_run_can_go_from_left_to_right_only(desk: ProposalWidgets, engine: FakeEngine) -> None:
    assert not desk.bar.more.left_to_right.isChecked()
    desk.bar.fold.click()
    desk.bar.more.left_to_right.click()
    desk.bar.go.click()
    assert (engine.job.mode, engine.job.region) == (Mode.CAUSAL, "two")
    desk.open_bar()
    assert desk.bar.more.isVisible()
    desk.bar.more.left_to_right.click()
    desk.bar.go.click()
    assert engine.job.mode is Mode.BOTH


@pytest.mark.parametrize(("field", "text"), [("pattern", "a(b"), ("characters", "z-a")])
def test_an_expression_that_is_none_is_told_and_not_run(
    qtbot: QtBot, desk: ProposalWidgets, engine: FakeEngine, field: str, text: str
) -> None:
    desk.bar.fold.click()
    entry = getattr(desk.bar.more, field)
    qtbot.keyClicks(entry, text)
    assert desk.bar.problem.isVisible()
    assert entry.accessibleName() in desk.bar.problem.text()
    assert not desk.bar.go.isEnabled()
    qtbot.keyClick(desk.bar, Qt.Key.Key_Return)
    assert engine.requests == []
    assert desk.bar.isVisible()
    entry.clear()
    entry.textEdited.emit("")
    assert desk.bar.problem.isHidden()
    assert desk.bar.go.isEnabled()


def test_it_opens_by_itself_while_something_is_set_there(desk: ProposalWidgets) -> None:
    desk.bar.fold.click()
    desk.bar.more.single_line.click()
    desk.bar.hide()
    desk.open_bar()
    assert desk.bar.more.isVisible()


def test_a_run_without_a_bar_says_what_is_wrong(
    qtbot: QtBot, desk: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    qtbot.keyClicks(desk.bar.more.pattern, "a(b")
    with qtbot.waitSignal(session.failed) as failed:
        session.regenerate()
    assert "Pattern" in failed.args[0]
    assert engine.requests == []


def test_every_field_has_a_name(desk: ProposalWidgets) -> None:
    more = desk.bar.more
    for field in (more.soft_edge, more.characters, more.pattern):
        assert field.accessibleName()
        assert field.toolTip()
