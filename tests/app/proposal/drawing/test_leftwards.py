"""Text that runs leftwards begins at the right, in the document and where a draft is drawn."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine, view_of
from tests.app.proposal.model.test_session import select_range

WORD, DRAFT = "ש" * 45, "ם" * 45  # one fills a row
HEBREW = f"{WORD} אב גד {WORD} {WORD[:20]}"
ARABIC = f"{'ب' * 30} {'ت' * 30} {'ج' * 30} {'د' * 20} {'ذ' * 30}"


def right_edge(editor: Editor) -> float:
    """Return where lines end on the right, px from the left of the text."""
    return editor.viewport().width() - editor.document().documentMargin()


def ends(layout: object) -> list[float]:
    lines = (layout.lineAt(number) for number in range(layout.lineCount()))
    return [line.naturalTextRect().right() for line in lines]


@pytest.fixture
def drawn(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """Four rows, the second a draft in the place of "אב גד"."""
    editor.setPlainText(HEBREW)
    select_range(editor, 46, 51)
    session.regenerate()
    engine.finish(DRAFT)
    assert [row.line.textLength() for row in view_of(session).layout.rows] == [46, 46, 46, 20]
    return session


@pytest.mark.parametrize("text", [HEBREW, ARABIC])
def test_each_row_of_a_paragraph_begins_at_the_right(editor: Editor, text: str) -> None:
    editor.setPlainText(text + "\nEnglish")
    editor.viewport().grab()
    first = editor.document().firstBlock()
    assert first.layout().lineCount() > 1
    assert ends(first.layout()) == pytest.approx([right_edge(editor)] * len(ends(first.layout())))
    margin = editor.document().documentMargin()
    assert first.next().layout().lineAt(0).naturalTextRect().left() == margin
    assert not editor.horizontalScrollBar().isVisible()


def test_each_row_of_a_drafted_paragraph_does_too(drawn: ProposalSession, editor: Editor) -> None:
    rows = view_of(drawn).layout.rows
    found = [row.line.naturalTextRect().right() for row in rows]
    assert found == pytest.approx([right_edge(editor)] * 4)


def test_accepting_the_draft_moves_nothing(drawn: ProposalSession, editor: Editor) -> None:
    rows = [row.line.naturalTextRect() for row in view_of(drawn).layout.rows]
    drawn.accepting.accept()
    editor.viewport().grab()
    layout = editor.document().firstBlock().layout()
    assert [layout.lineAt(n).naturalTextRect() for n in range(layout.lineCount())] == rows


def test_caret_and_selection_begin_there(drawn: ProposalSession, editor: Editor) -> None:
    third = 52  # where the word behind the old text begins
    left_of_view = editor.contentOffset().x()
    select_range(editor, third, third + 5)
    (box,) = view_of(drawn).geometry.selection_rects()
    assert box.right() == pytest.approx(right_edge(editor))
    QTest.keyClick(editor, Qt.Key.Key_Home)
    assert editor.textCursor().position() == third
    assert editor.cursorRect().left() == pytest.approx(right_edge(editor) + left_of_view, abs=1)
    QTest.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().position() == third + 46


def test_a_line_that_is_not_wrapped_begins_where_it_can_be_scrolled_to(editor: Editor) -> None:
    editor.setPlainText(HEBREW * 3)
    editor.set_word_wrap(False)
    editor.viewport().grab()
    line = editor.document().firstBlock().layout().lineAt(0)
    assert line.naturalTextRect().left() == editor.document().documentMargin()


def test_a_line_of_code_begins_at_the_left(editor: Editor) -> None:
    editor.set_language("a.py")
    editor.setPlainText(f"    # {WORD}")
    editor.viewport().grab()
    line = editor.document().firstBlock().layout().lineAt(0)
    assert line.naturalTextRect().left() == editor.document().documentMargin()


def test_lines_are_as_wide_as_the_view_that_is_first_shown_with_its_text(qtbot: QtBot) -> None:
    made = Editor()
    qtbot.addWidget(made)
    made.resize(640, 400)
    # Before it is wrapped it seems to need a scroll bar, or not to.
    made.setPlainText(("word " * 60 + "\n\n") * 2)
    made.show()
    qtbot.wait(30)
    made.viewport().grab()
    layout = made.document().firstBlock().layout()
    assert layout.lineAt(0).width() == right_edge(made) - made.document().documentMargin()
