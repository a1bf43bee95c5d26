"""Drafts come back by undo in whichever of two views of a document they stood."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.app.fakes import FakeEngine
from tests.app.house import House
from tests.app.proposal.model.test_session import text_of
from tests.app.proposal.model.test_side_by_side import draft, olds

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize("is_second", [False, True])
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_a_draft_comes_back_in_its_own_view(house: House, is_second: bool, end: Qt.Key) -> None:
    house.window.start_engine(Path("toy"), "cpu")
    house.type("one two three")
    home = house.workspace.current
    house.choose("Split Side by Side")
    view = house.workspace.second if is_second else home
    engine = FakeEngine()
    engine.session, engine.requests = view.session, house.services[0].requests
    draft(view.session, view.editor, engine, "two", "ZWEI")
    QTest.keyClick(view.editor, end)
    taken = "one ZWEI three" if end == Qt.Key.Key_Return else "one two three"
    assert text_of(view.editor) == text_of(home.editor) == taken
    assert len(view.session.proposals) == 0
    QTest.keyClick(view.editor, Qt.Key.Key_Z, CONTROL)
    assert text_of(view.editor) == text_of(home.editor) == "one two three"
    assert olds(view.session) == ["two"]
    if end == Qt.Key.Key_Return:
        view.editor.redo()
        assert text_of(view.editor) == text_of(home.editor) == taken
        assert len(view.session.proposals) == 0
