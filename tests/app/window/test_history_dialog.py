"""The history is searched, looked at, copied from and put back into the document."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.proposal import DraftOrigin, Outcome, PastCandidate
from app.window.history_dialog import NOTHING_FOUND, NOTHING_YET, HistoryDialog
from engine.api import CanvasUpdated
from tests.app.fakes import FakeEngine, spans_of
from tests.app.house import House
from tests.app.proposal.model.test_session import select


def candidate(text: str, outcome: Outcome = Outcome.REJECTED) -> PastCandidate:
    return PastCandidate(
        origin=DraftOrigin(title="Letter.md"),
        time=datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
        old_text="old text",
        text=text,
        seed=7,
        steps=12,
        mean_entropy=0.25,
        outcome=outcome,
    )


@pytest.fixture
def dialog(qtbot: QtBot, house: House) -> HistoryDialog:
    for text in ("first draft", "second draft", "another"):
        house.window.history.add(candidate(text))
    house.choose("History…")
    return house.window.popups.history


def rows(dialog: HistoryDialog) -> list[str]:
    items = (dialog.list.topLevelItem(row) for row in range(dialog.list.topLevelItemCount()))
    return [item.text(2) for item in items if item is not None]


def test_it_lists_the_newest_first_and_previews_it(dialog: HistoryDialog) -> None:
    assert not dialog.isModal()
    assert rows(dialog) == ["another", "second draft", "first draft"]
    assert dialog.new_text.toPlainText() == "another"
    assert dialog.old_text.toPlainText() == "old text"


def test_typing_searches_and_the_arrows_choose(qtbot: QtBot, dialog: HistoryDialog) -> None:
    qtbot.keyClicks(dialog.search, "DRAFT")
    assert rows(dialog) == ["second draft", "first draft"]
    qtbot.keyClick(dialog.search, Qt.Key.Key_Down)
    assert dialog.new_text.toPlainText() == "first draft"
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == "first draft"


def test_a_new_candidate_comes_in_and_the_choice_stays(house: House, dialog: HistoryDialog) -> None:
    dialog.search.setText("first")
    dialog.search.clear()
    assert dialog.new_text.toPlainText() == "first draft"
    house.window.history.add(candidate("newest"))
    assert rows(dialog)[0] == "newest"
    assert dialog.new_text.toPlainText() == "first draft"


def test_nothing_found_is_said(dialog: HistoryDialog) -> None:
    dialog.search.setText("nowhere")
    assert dialog._title.text() == NOTHING_FOUND
    assert not dialog.copy_button.isEnabled()
    assert not dialog.insert_button.isEnabled()


def test_an_empty_history_says_what_will_be_there(house: House) -> None:
    house.choose("History…")
    assert house.window.popups.history._title.text() == NOTHING_YET


def test_inserting_is_one_undo_step_in_the_tab_in_front(
    house: House, dialog: HistoryDialog
) -> None:
    house.workspace.new()
    house.type("here: ")
    dialog.insert_button.click()
    house.type("!")
    assert house.tab.document.text() == "here: another!"
    house.tab.editor.undo()
    assert house.tab.document.text() == "here: another"
    house.tab.editor.undo()
    assert house.tab.document.text() == "here: "


def test_a_closed_tabs_draft_is_kept(house: House) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    house.workspace.new()
    house.choose("Rewrite Selection")
    job = house.services[0].requests[-1]
    frame = CanvasUpdated(
        job_id=job.job_id,
        step=1,
        max_steps=4,
        text="draft",
        spans=spans_of("draft"),
        mean_entropy=1.0,
        step_ms=1.0,
    )
    house.tab.session.handle(frame)
    house.choose("Close Tab")
    (kept,) = house.window.history.candidates
    assert (kept.text, kept.outcome, kept.origin.title) == ("draft", Outcome.LEFT, "Untitled")


def test_del_forgets_and_the_next_one_is_chosen(qtbot: QtBot, dialog: HistoryDialog) -> None:
    dialog.list.setCurrentIndex(dialog.list.model().index(1, 0))
    dialog.list.setFocus()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert rows(dialog) == ["another", "first draft"]
    assert dialog.new_text.toPlainText() == "first draft"
    dialog.delete_button.click()
    assert rows(dialog) == ["another"]


def test_a_candidate_is_a_draft_where_its_old_text_stands(
    house: House, dialog: HistoryDialog
) -> None:
    editor, session = house.tab.editor, house.tab.session
    editor.setPlainText("😀 old text, and more")
    editor.document().setModified(False)
    dialog.restore_button.click()
    assert editor.toPlainText() == "😀 old text, and more"
    assert not editor.document().isModified()
    assert session.proposal is not None
    assert session.proposal.place.ends == (3, 11)
    assert session.proposal.has_focus
    assert session.status.draft.text == "another"
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.toPlainText() == "😀 another, and more"
    editor.undo()
    assert editor.toPlainText() == "😀 old text, and more"
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.toPlainText() == "😀 old text, and more"
    assert len(session.proposals) == 0
    house.tab.editor.setPlainText("something else")
    dialog.restore_button.click()
    assert house.messages == ["Its old text does not stand in this document any more."]


def test_what_was_not_decided_on_when_the_window_closed_is_there(house: House) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    house.type("one two three")
    engine = FakeEngine()
    engine.session, engine.requests = house.tab.session, house.services[0].requests
    select(house.tab.editor, "two")
    engine.session.regenerate()
    engine.finish("zwei")
    house.tab.editor.document().setModified(False)
    assert house.window.close()
    (kept,) = house.window.history.candidates
    assert (kept.old_text, kept.text) == ("two", "zwei")
