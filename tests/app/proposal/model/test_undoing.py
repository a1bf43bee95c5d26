"""Drafts that come back: after a reject, and when what was accepted is undone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import History, Outcome, Phase, ProposalSession
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import insert, select, text_of
from tests.app.proposal.model.test_side_by_side import draft, of, olds

TEXT = "one two three four five\nsix seven\n"
ACCEPTED = "one ZWEI three four five\nsix seven\n"
CONTROL = Qt.KeyboardModifier.ControlModifier


def undo(editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL)


def redo(editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)


@pytest.fixture
def two(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A draft of "two" in two versions, which has the focus."""
    editor.setPlainText(TEXT)
    draft(session, editor, engine, "two", "DEUX")
    session.regenerate()
    engine.finish("ZWEI")
    return session


def texts(session: ProposalSession) -> list[str]:
    assert session.proposal is not None
    return [one.draft.text for one in session.proposal.candidates if one.draft]


def test_a_rejected_draft_comes_back_with_its_versions(
    two: ProposalSession, editor: Editor, history: History
) -> None:
    hints: list[str] = []
    two.hinted.connect(hints.append)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert len(two.proposals) == 0
    assert "Ctrl+Z brings" in hints[0]
    assert [one.text for one in history.candidates] == ["ZWEI", "DEUX"]
    undo(editor)
    assert text_of(editor) == TEXT
    assert olds(two) == ["two"]
    assert sorted(texts(two)) == ["DEUX", "ZWEI"]
    assert two.status.draft is not None
    assert two.status.draft.text == "ZWEI"
    assert history.candidates == ()  # it has not ended
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == ACCEPTED


def test_after_an_edit_undo_means_the_edit(two: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    insert(editor, 0, "zero ")
    undo(editor)
    assert text_of(editor) == TEXT
    assert len(two.proposals) == 0


def test_a_reject_is_brought_back_once(two: ProposalSession, editor: Editor) -> None:
    insert(editor, 0, "zero ")
    two.go_to(1)
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    undo(editor)
    assert text_of(editor) == "zero " + TEXT
    undo(editor)
    assert text_of(editor) == TEXT
    assert olds(two) == ["two"]


def test_a_parked_draft_that_was_removed_comes_back_parked(
    two: ProposalSession, editor: Editor
) -> None:
    insert(editor, TEXT.index("two") + 1, "!")
    assert two.status.phase is Phase.STALE
    two.stop_or_reject()
    undo(editor)
    assert two.status.phase is Phase.STALE
    undo(editor)  # of the edit: the draft has its text again
    assert two.status.phase is Phase.FINISHED
    assert text_of(editor) == TEXT


def test_all_that_were_rejected_together_come_back_together(
    two: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    draft(two, editor, engine, "seven", "SIEBEN")
    two.reject_all()
    undo(editor)
    assert olds(two) == ["two", "seven"]


def test_undoing_an_accept_brings_the_draft_back_and_redo_accepts_it(
    two: ProposalSession, editor: Editor, history: History
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == ACCEPTED
    undo(editor)
    assert text_of(editor) == TEXT
    assert of(two, "two").phase is Phase.FINISHED
    assert of(two, "two").has_focus
    assert sorted(texts(two)) == ["DEUX", "ZWEI"]
    assert history.candidates == ()
    redo(editor)
    assert text_of(editor) == ACCEPTED
    assert len(two.proposals) == 0
    assert history.candidates[0].outcome is Outcome.ACCEPTED
    undo(editor)
    assert olds(two) == ["two"]
    assert text_of(editor) == TEXT


def test_what_was_edited_meanwhile_is_undone_first(two: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    insert(editor, 0, "zero ")
    insert(editor, len("zero one ZW"), "!")
    undo(editor)
    undo(editor)
    assert text_of(editor) == ACCEPTED
    assert len(two.proposals) == 0
    undo(editor)
    assert text_of(editor) == TEXT
    assert olds(two) == ["two"]
    for _ in range(3):
        redo(editor)
    assert text_of(editor) == "zero one ZW!EI three four five\nsix seven\n"
    assert len(two.proposals) == 0


def test_all_that_one_step_has_accepted_come_back_with_it(
    two: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    draft(two, editor, engine, "four", "VIERTENS")
    draft(two, editor, engine, "seven", "7")
    two.accepting.accept_all()
    assert text_of(editor) == "one ZWEI three VIERTENS five\nsix 7\n"
    undo(editor)
    assert text_of(editor) == TEXT
    assert olds(two) == ["two", "four", "seven"]
    redo(editor)
    assert text_of(editor) == "one ZWEI three VIERTENS five\nsix 7\n"
    assert len(two.proposals) == 0
    undo(editor)
    assert olds(two) == ["two", "four", "seven"]


def test_a_fill_in_comes_back_to_its_place(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText("one  three")
    cursor = editor.textCursor()
    cursor.setPosition(4)
    editor.setTextCursor(cursor)
    session.regenerate()
    engine.finish("two")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one two three"
    undo(editor)
    assert text_of(editor) == "one  three"
    assert [one.place.ends for one in session.proposals] == [(4, 4)]
    redo(editor)
    assert text_of(editor) == "one two three"
    assert len(session.proposals) == 0


def test_the_last_word_accepted_comes_out_again_by_itself(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    draft(session, editor, engine, "two three", "ZWEI DREI")
    session.accepting.accept_word()
    session.accepting.accept_word()
    assert text_of(editor) == "one ZWEI DREI four five\nsix seven\n"
    assert len(session.proposals) == 0
    undo(editor)
    assert text_of(editor) == "one ZWEI three four five\nsix seven\n"
    assert olds(session) == ["ZWEI three"]
    undo(editor)
    assert text_of(editor) == TEXT
    assert olds(session) == ["two three"]


def test_where_another_draft_was_asked_for_meanwhile_that_one_stays(
    two: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    draft(two, editor, engine, "ZWEI", "DOS")
    undo(editor)
    assert text_of(editor) == TEXT
    redo(editor)
    assert text_of(editor) == ACCEPTED


def test_another_text_has_nothing_to_bring_back(two: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    editor.setPlainText(TEXT)
    undo(editor)
    assert len(two.proposals) == 0
    assert text_of(editor) == TEXT


@pytest.mark.parametrize("ends", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_a_draft_that_is_back_can_be_drafted_anew(
    two: ProposalSession, editor: Editor, engine: FakeEngine, ends: Qt.Key
) -> None:
    QTest.keyClick(editor, ends)
    undo(editor)
    select(editor, "two")
    two.regenerate()
    engine.start()
    engine.finish("DOS")
    assert sorted(texts(two)) == ["DEUX", "DOS", "ZWEI"]


def test_a_word_of_a_draft_that_is_back_is_no_redo(two: ProposalSession, editor: Editor) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Return)
    undo(editor)
    proposal = two.proposal
    assert proposal is not None
    ended: list[Phase] = []
    proposal.look_changed.connect(lambda snapshot: ended.append(snapshot.phase))
    # All that the draft has, as the redo that this makes impossible would bring.
    QTest.keyClick(editor, Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    assert text_of(editor) == ACCEPTED
    assert ended.count(Phase.IDLE) == 1
    assert two.status.outcome is Outcome.ACCEPTED
    undo(editor)
    assert text_of(editor) == TEXT
    assert olds(two) == ["two"]
