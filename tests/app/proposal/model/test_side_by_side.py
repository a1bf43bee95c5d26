"""Several drafts of one text: each keeps its place, its candidates and its timeline."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.editor import Editor
from app.proposal import History, Outcome, Phase, ProposalSession
from app.proposal.model.proposal import Proposal
from engine.api import Branch, Cancel, Generate
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import insert, select, select_range, text_of

TEXT = "one two three four five\nsix seven\n"


def draft(session: ProposalSession, editor: Editor, engine: FakeEngine, old: str, new: str) -> None:
    select(editor, old)
    session.regenerate()
    engine.start()
    engine.frame(new)
    engine.finish(new)


@pytest.fixture
def three(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """Three drafts, asked for neither in the order of the text nor in different lines."""
    editor.setPlainText(TEXT)
    for old, new in (("four", "VIER"), ("two", "ZWEI"), ("seven", "SIEBEN")):
        draft(session, editor, engine, old, new)
    return session


def olds(session: ProposalSession) -> list[str]:
    return [one.place.old_text for one in session.proposals]


def of(session: ProposalSession, old: str) -> Proposal:
    return next(one for one in session.proposals if one.place.old_text == old)


def test_each_stays_until_it_is_decided_on(three: ProposalSession, history: History) -> None:
    assert olds(three) == ["two", "four", "seven"]
    assert {one.phase for one in three.proposals} == {Phase.FINISHED}
    assert [one.draft and one.draft.text for one in three.proposals] == ["ZWEI", "VIER", "SIEBEN"]
    assert history.candidates == ()


def test_one_is_meant_at_a_time_that_at_the_caret(three: ProposalSession, editor: Editor) -> None:
    assert three.proposal is of(three, "seven")
    select_range(editor, TEXT.index("two") + 1, TEXT.index("two") + 1)
    assert three.proposal is of(three, "two")
    assert [one.has_focus for one in three.proposals] == [True, False, False]
    select_range(editor, 0, 0)
    assert three.proposal is of(three, "two")  # still the one that was meant last
    assert not any(one.has_focus for one in three.proposals)


def test_accepting_one_leaves_the_others_where_their_text_is(
    three: ProposalSession, editor: Editor
) -> None:
    select(editor, "two")
    three.accepting.accept()
    assert text_of(editor) == "one ZWEI three four five\nsix seven\n"
    assert olds(three) == ["four", "seven"]
    for proposal in three.proposals:
        start, end = proposal.place.ends
        assert text_of(editor)[start:end] == proposal.place.old_text
    select(editor, "four")
    three.accepting.accept()
    assert text_of(editor) == "one ZWEI three VIER five\nsix seven\n"


def test_after_one_has_ended_the_next_is_the_current_one_and_no_key_decides_on_it(
    three: ProposalSession, editor: Editor
) -> None:
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert olds(three) == ["two", "four"]
    assert three.proposal is of(three, "two")  # around the end
    QTest.keyClick(editor, Qt.Key.Key_Escape)  # one too many
    assert olds(three) == ["two", "four"]
    three.go_to(1)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert three.proposal is of(three, "four")
    QTest.keyClick(editor, Qt.Key.Key_Return)  # one too many
    assert olds(three) == ["four"]
    assert text_of(editor) == "one ZWEI\n three four five\nsix seven\n"
    three.go_to(1)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "one ZWEI\n three VIER five\nsix seven\n"


def test_all_are_accepted_in_one_undo_step(three: ProposalSession, editor: Editor) -> None:
    assert three.accepting.accept_all()
    assert text_of(editor) == "one ZWEI three VIER five\nsix SIEBEN\n"
    assert len(three.proposals) == 0
    editor.undo()
    assert text_of(editor) == TEXT
    editor.redo()
    assert text_of(editor) == "one ZWEI three VIER five\nsix SIEBEN\n"


def test_what_was_typed_before_stays_when_all_that_was_accepted_is_undone(
    three: ProposalSession, editor: Editor
) -> None:
    insert(editor, 0, "zero ")
    three.accepting.accept_all()
    editor.undo()
    assert text_of(editor) == "zero " + TEXT


def test_all_that_change_nothing_make_no_undo_step(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    for old, new in (("two", "ZWEI"), ("four", "four")):
        draft(session, editor, engine, old, new)
    insert(editor, 0, "zero ")
    session.accepting.accept_all()
    assert text_of(editor) == "zero one ZWEI three four five\nsix seven\n"
    editor.undo()
    assert text_of(editor) == "zero " + TEXT


def test_all_are_rejected_and_kept_in_the_history(
    three: ProposalSession, editor: Editor, history: History
) -> None:
    three.reject_all()
    assert len(three.proposals) == 0
    assert text_of(editor) == TEXT
    assert [one.outcome for one in history.candidates] == 3 * [Outcome.REJECTED]


def test_keys_go_from_one_to_the_next_and_around(three: ProposalSession, editor: Editor) -> None:
    select_range(editor, 0, 0)
    seen = []
    for step in (1, 1, 1, 1, -1, -1):
        three.go_to(step)
        assert three.proposal is not None
        assert three.proposal.has_focus
        seen.append(three.proposal.place.old_text)
    assert seen == ["two", "four", "seven", "two", "seven", "four"]
    assert editor.textCursor().selectedText() == "four"


def test_without_a_draft_to_go_to_that_is_said(session: ProposalSession, editor: Editor) -> None:
    hints: list[str] = []
    session.hinted.connect(hints.append)
    session.go_to(1)
    assert hints == ["There is no draft. Ctrl+Enter asks for one."]


def test_what_is_asked_while_another_runs_is_drafted_after_it(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    for old in ("two", "four", "seven"):
        select(editor, old)
        session.regenerate()
    assert [waiting.region.start for waiting in session.queue] == [14, 28]
    asked = []
    for new in ("ZWEI", "VIER", "SIEBEN"):
        asked.append(engine.job.region)
        engine.finish(new)
    assert asked == ["two", "four", "seven"]
    assert olds(session) == ["two", "four", "seven"]
    assert not any(isinstance(request, Cancel) for request in engine.requests)


def test_a_draft_that_comes_later_leaves_the_reader_at_his(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    for old in ("two", "four"):
        select(editor, old)
        session.regenerate()
    select(editor, "two")
    engine.finish("ZWEI")
    assert engine.job.region == "four"
    assert session.proposal is of(session, "two")
    engine.finish("VIER")
    assert session.proposal is of(session, "two")
    assert olds(session) == ["two", "four"]


def test_a_running_draft_is_not_disturbed_by_one_that_is_rejected(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    draft(session, editor, engine, "two", "ZWEI")
    select(editor, "four")
    session.regenerate()
    running = engine.job.job_id
    select(editor, "two")
    session.stop_or_reject()
    assert engine.cancelled == []
    engine.start(running)
    engine.finish("VIER", job_id=running)
    assert olds(session) == ["four"]
    assert of(session, "four").phase is Phase.FINISHED


def test_a_branch_of_one_waits_for_another_that_runs(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    draft(session, editor, engine, "two", "ZWEI")
    select(editor, "four")
    session.regenerate()
    engine.start()
    engine.frame("VI")
    select(editor, "two")
    assert session.steering.branch()
    assert isinstance(engine.newest, Branch)
    assert engine.cancelled == []
    assert of(session, "four").phase is Phase.RUNNING
    assert of(session, "two").phase is Phase.WAITING


def test_events_go_to_the_draft_that_they_are_about(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    first = engine.job.job_id
    engine.start()
    engine.frame("ZW")
    select(editor, "six")
    session.regenerate()
    engine.frame("ZWEI", job_id=first)
    assert of(session, "two").draft.text == "ZWEI"
    engine.finish("ZWEI", job_id=first)
    engine.start()
    engine.frame("SECHS")
    assert of(session, "two").draft.text == "ZWEI"
    assert of(session, "six").draft.text == "SECHS"


def test_undoing_a_part_of_one_leaves_the_others_alone(
    three: ProposalSession, editor: Editor
) -> None:
    select(editor, "two")
    three.accepting.accept_word()
    assert text_of(editor).startswith("one ZWEI three")
    editor.undo()
    assert text_of(editor) == TEXT
    assert olds(three) == ["four", "seven"] or olds(three) == ["two", "four", "seven"]
    assert not any(one.phase is Phase.STALE for one in three.proposals)


def test_another_text_in_the_documents_place_ends_all_of_them(
    three: ProposalSession, editor: Editor
) -> None:
    editor.setPlainText("another text")
    assert len(three.proposals) == 0


def test_a_change_in_one_parks_that_one_alone(three: ProposalSession, editor: Editor) -> None:
    insert(editor, TEXT.index("four") + 2, "!")
    phases = [one.phase for one in three.proposals]
    assert phases == [Phase.FINISHED, Phase.STALE, Phase.FINISHED]
    assert text_of(editor) == TEXT.replace("four", "fo!ur")
    three.accepting.accept_all()
    assert text_of(editor) == "one ZWEI three fo!ur five\nsix SIEBEN\n"
    assert olds(three) == ["four"]


def test_regions_that_meet_are_two_drafts(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText("One. Two. Three.")
    draft(session, editor, engine, "One. ", "Eins. ")
    draft(session, editor, engine, "Two. ", "Zwei. ")
    assert olds(session) == ["One. ", "Two. "]
    session.go_to(-1)
    assert session.proposal is of(session, "One. ")
    session.accepting.accept()
    assert text_of(editor) == "Eins. Two. Three."
    assert session.proposal is of(session, "Two. ")  # the caret has come to it
    session.accepting.accept()
    assert text_of(editor) == "Eins. Zwei. Three."


TYPED = [
    (Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_ParenLeft, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier),
]


@pytest.mark.parametrize(("key", "modifier"), TYPED)
@pytest.mark.parametrize("is_caret_alone", [False, True])
def test_typing_on_a_draft_is_refused_with_a_hint(
    three: ProposalSession,
    editor: Editor,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    is_caret_alone: bool,
) -> None:
    hints: list[str] = []
    three.hinted.connect(hints.append)
    start = TEXT.index("four")
    select_range(editor, start + is_caret_alone, start + (1 if is_caret_alone else 4))
    QTest.keyClick(editor, key, modifier)
    assert text_of(editor) == TEXT
    assert olds(three) == ["two", "four", "seven"]
    if not (is_caret_alone and modifier and key == Qt.Key.Key_X):  # nothing to cut
        assert hints == ["Here is a draft: Enter accepts it, Esc rejects it. Then you can write."]


def test_typing_over_more_than_a_draft_is_the_users_wish(
    three: ProposalSession, editor: Editor
) -> None:
    select(editor, "three four five")
    QTest.keyClick(editor, Qt.Key.Key_X)
    assert text_of(editor) == "one two x\nsix seven\n"
    assert of(three, "two").phase is Phase.FINISHED


def test_the_newest_request_of_a_draft_has_the_text_around_it_as_it_is(
    three: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    select(editor, "two")
    three.accepting.accept()
    select(editor, "four")
    three.regenerate()
    assert isinstance(engine.newest, Generate)
    assert engine.job.before == "one ZWEI three "
