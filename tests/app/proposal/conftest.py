"""An editor on the screen, and an engine that says what the test tells it to."""

import pytest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import History, ProposalSession
from tests.app.fakes import FakeEngine, views_of


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(640, 400)
    with qtbot.waitExposed(editor):
        editor.show()
    return editor


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def history() -> History:
    return History()


@pytest.fixture
def session(editor: Editor, engine: FakeEngine, history: History) -> ProposalSession:
    session = engine.open_session(editor, history)
    views_of(session).reduced_motion = True
    return session
