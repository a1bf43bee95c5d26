"""The bar's fold: soft edges and constraints reach the engine, and nonsense is told at once."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from engine.api import Constraints, FormKind, Mode
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import TEXT, select


@pytest.fixture
def widgets(editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    select(editor, "two")
    widgets = ProposalWidgets(session, views_of(session))
    widgets.open_bar()
    yield widgets
    widgets.popup.close()


def test_it_is_folded_away_until_it_is_wanted(widgets: ProposalWidgets, editor: Editor) -> None:
    height = widgets.bar.height()
    assert widgets.bar.more.isHidden()
    widgets.bar.fold.click()
    assert widgets.bar.more.isVisible()
    assert widgets.bar.height() > height
    assert not widgets.bar.geometry().intersects(editor.cursorRect())
    widgets.bar.fold.click()
    assert widgets.bar.height() == height


def test_what_is_set_there_reaches_the_engine(
    qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine
) -> None:
    widgets.bar.fold.click()
    more = widgets.bar.more
    more.soft_edge.setValue(2)
    more.single_line.click()
    qtbot.keyClicks(more.characters, "a-z ")
    qtbot.keyClicks(more.pattern, "t.*")
    widgets.bar.go.click()
    assert engine.job.settings.soft_edge == 2
    assert engine.job.settings.constraints == Constraints(
        is_single_line=True, characters="a-z ", pattern="t.*"
    )


def test_a_run_can_go_from_left_to_right_only(widgets: ProposalWidgets, engine: FakeEngine) -> None:
    assert not widgets.bar.more.left_to_right.isChecked()
    widgets.bar.fold.click()
    widgets.bar.more.left_to_right.click()
    widgets.bar.go.click()
    assert (engine.job.settings.mode, engine.job.region) == (Mode.CAUSAL, "two")
    widgets.open_bar()
    assert widgets.bar.more.isVisible()
    widgets.bar.more.left_to_right.click()
    widgets.bar.go.click()
    assert engine.job.settings.mode is Mode.BOTH


@pytest.mark.parametrize(("field", "text"), [("pattern", "a(b"), ("characters", "z-a")])
def test_an_expression_that_is_none_is_told_and_not_run(
    qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine, field: str, text: str
) -> None:
    widgets.bar.fold.click()
    entry = getattr(widgets.bar.more, field)
    qtbot.keyClicks(entry, text)
    assert widgets.bar.problem.isVisible()
    assert entry.accessibleName() in widgets.bar.problem.text()
    assert not widgets.bar.go.isEnabled()
    qtbot.keyClick(widgets.bar, Qt.Key.Key_Return)
    assert engine.requests == []
    assert widgets.bar.isVisible()
    entry.clear()
    entry.textEdited.emit("")
    assert widgets.bar.problem.isHidden()
    assert widgets.bar.go.isEnabled()


def test_it_opens_by_itself_while_something_is_set_there(widgets: ProposalWidgets) -> None:
    widgets.bar.fold.click()
    widgets.bar.more.single_line.click()
    widgets.bar.hide()
    widgets.open_bar()
    assert widgets.bar.more.isVisible()


def test_a_run_without_a_bar_says_what_is_wrong(
    qtbot: QtBot, widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    qtbot.keyClicks(widgets.bar.more.pattern, "a(b")
    with qtbot.waitSignal(session.failed) as failed:
        session.run_once()
    assert "Pattern" in failed.args[0]
    assert engine.requests == []


def test_every_field_has_a_name(widgets: ProposalWidgets) -> None:
    more = widgets.bar.more
    for field in (more.soft_edge, more.characters, more.pattern):
        assert field.accessibleName()
        assert field.toolTip()


def test_what_the_text_has_to_be_reaches_the_engine_for_one_run(
    qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine
) -> None:
    widgets.bar.fold.click()
    more = widgets.bar.more
    assert not more.values.isEnabled()
    more.form.setFocus()
    qtbot.keyClick(more.form, Qt.Key.Key_End)  # the last: one of a list
    assert more.values.isEnabled()
    assert "commas" in widgets.bar.problem.text()
    qtbot.keyClicks(more.values, "red,  dark green ,")
    assert not widgets.bar.problem.text()
    widgets.bar.go.click()
    wish = engine.job.settings.constraints.form
    assert (wish.kind, wish.values) == (FormKind.ONE_OF, ("red", "dark green"))
    widgets.open_bar()
    assert more.form.currentIndex() == 0
    assert not more.values.text()


def test_a_click_between_the_fields_leaves_the_text_alone(
    qtbot: QtBot, widgets: ProposalWidgets, editor: Editor
) -> None:
    widgets.bar.fold.click()
    before = editor.textCursor()
    for label in widgets.bar.findChildren(QLabel):
        if label.isVisible():
            qtbot.mouseClick(label, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(widgets.bar, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    after = editor.textCursor()
    assert (after.selectionStart(), after.selectionEnd()) == (
        before.selectionStart(),
        before.selectionEnd(),
    )
    assert before.hasSelection()
