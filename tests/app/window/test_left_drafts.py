"""Drafts that nobody decided on are in the history after the end, and the next start says so."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app import application
from tests.app.fakes import FakeEngine
from tests.app.house import House
from tests.app.proposal.model.test_session import select

TOLD = "2 drafts from last time are in the history · Ctrl+Shift+H opens it"


@pytest.fixture
def left(house: House, qtbot: QtBot) -> House:
    """A window with two drafts, and a region that waits for its first."""
    with qtbot.waitSignal(house.window.first_painted):
        house.window.show()
    house.window.start_engine(Path("toy"), "cpu")
    house.type("one two three")
    for word in ("one", "two", "three"):
        select(house.tab.editor, word)
        house.tab.session.regenerate()
        if word != "three":
            engine = FakeEngine()
            engine.session = house.tab.session
            engine.requests = [house.services[0].requests[-1]]
            engine.frame(f"{word} more")
            engine.finish(f"{word} more")
    return house


@pytest.fixture
def later(left: House, qtbot: QtBot, tmp_path: Path) -> House:
    """The next start, with the same settings."""
    left.window.left_drafts.put_aside()
    left.settings.sync()
    later = House(left.settings.path.parent)
    qtbot.addWidget(later.window, before_close_func=lambda _: later.leave())
    later.workspace.new()
    later.window.show()
    line = later.window.status_line
    qtbot.waitUntil(lambda: bool(line.currentMessage()), timeout=2000)
    return later


def test_the_next_start_says_where_they_are(left: House, later: House) -> None:
    assert sorted(one.text for one in left.window.history.candidates) == ["one more", "two more"]
    assert later.window.status_line.currentMessage() == TOLD
    assert later.messages == []
    assert later.settings.drafts_left == 0  # it is said once


def test_a_draft_that_is_made_then_has_the_line(later: House) -> None:
    later.type("one two")
    assert later.window.status_line.currentMessage() == TOLD
    select(later.tab.editor, "two")
    later.tab.session.regenerate()
    assert later.window.status_line.currentMessage() == ""


def test_who_is_ended_by_the_system_loses_none(
    left: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    program = SimpleNamespace(exit=lambda: ended.append(True))
    keeper = SimpleNamespace(close=lambda keeps: ended.append(not keeps))
    application._end(program, left.window, keeper)
    assert ended == [False, True]
    assert sorted(one.text for one in left.window.history.candidates) == ["one more", "two more"]


def test_it_is_told_in_the_place_of_the_other_sentence(left: House, later: House) -> None:
    line = later.window.status_line
    assert line.currentMessage() == TOLD
    line.show_caution("")  # as a selection or another model does
    assert not line.proposal.isVisible()
    line.clearMessage()
    assert line.proposal.isVisible()


def test_a_run_that_is_taken_in_meanwhile_leaves_the_other_sentence_away(
    left: House, later: House
) -> None:
    line = later.window.status_line
    line.add_run(QToolButton())  # as the first look at a dialog with a run does
    QCoreApplication.processEvents()
    assert line.currentMessage() == TOLD
    assert not line.proposal.isVisible()
