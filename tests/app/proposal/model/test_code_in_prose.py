"""What is asked for within a block of code in Markdown is code of that block's language."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import select, select_range

TEXT = "Some words.\n\n```python\nx = one\ny = two\n```\n\nMore words.\n\n```c\nint a;\n```\n"


@pytest.fixture
def markdown(editor: Editor, session: ProposalSession) -> ProposalSession:
    editor.set_language("notes.md")
    editor.setPlainText(TEXT)
    session.options.notify_model(True, 24)
    return session


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Some words", ""),
        ("x = one", "python"),
        ("x = one\ny = two\n", "python"),
        ("int a;", "c"),
        ("y = two\n```", ""),  # the end of the block is none of its code
        ("words.\n\n```python\nx", ""),
        ("two\n```\n\nMore", ""),
        ("x = one\ny = two\n```\n\nMore words.\n\n```c\nint a;", ""),
    ],
)
def test_a_region_has_the_language_of_the_block_that_holds_it_all(
    markdown: ProposalSession, editor: Editor, engine: FakeEngine, words: str, language: str
) -> None:
    select(editor, words)
    markdown.regenerate()
    job = engine.job
    assert job.language == language
    assert job.before + job.region + job.after == TEXT  # the block, and the document around it


def test_two_blocks_of_one_language_and_what_is_between_them_are_of_the_document(
    markdown: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText("```c\nint a;\n```\n\nWords.\n\n```c\nint b;\n```\n")
    select(editor, "int a;\n```\n\nWords.\n\n```c\nint b;")
    markdown.regenerate()
    assert engine.job.language == ""


def test_a_fill_of_a_pause_is_of_the_block_too(
    markdown: ProposalSession, editor: Editor, engine: FakeEngine, qtbot: QtBot
) -> None:
    fill = markdown.pause_fill
    fill._timer.setInterval(1)
    fill.options = markdown.options
    markdown.options.set_fills_pauses(True)
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    at = TEXT.index("one") + 3
    select_range(editor, at, at)
    QTest.keyClick(editor, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(engine.requests))
    assert engine.job.language == "python"
