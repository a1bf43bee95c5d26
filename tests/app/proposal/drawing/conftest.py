"""Drafts whose rows are not Qt's."""

import pytest

from app.editor import Editor
from app.proposal import ProposalSession
from tests.app.fakes import FakeEngine, view_of
from tests.app.proposal.drawing.drawn import OLD, TEXT, WORD
from tests.app.proposal.model.test_session import select_range


@pytest.fixture
def drawn(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """Five rows, the third a draft; Qt has four, with the old text at the end of the second."""
    editor.setPlainText(TEXT)
    select_range(editor, *OLD)
    session.regenerate()
    engine.finish(WORD)
    assert [row.line.textLength() for row in view_of(session).layout.rows] == [51, 51, 51, 51, 50]
    assert editor.document().firstBlock().layout().lineCount() == 4
    return session


@pytest.fixture
def emoji(editor: Editor, engine: FakeEngine, session: ProposalSession) -> int:
    """Rows that break behind an emoji, of two units each; return where the second row begins."""
    editor.setPlainText("abc old " + "😀" * 120)
    select_range(editor, 4, 7)
    session.regenerate()
    engine.finish("new")  # as long as the old text: offsets are positions
    rows = view_of(session).layout.rows
    assert len(rows) > 1
    return rows[1].start
