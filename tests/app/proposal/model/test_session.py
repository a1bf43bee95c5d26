"""What the user does with a proposal, and what it leaves in the document."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import Phase, ProposalSession
from app.text.edits import length_of, text_between
from app.text.positions import as_document_text, utf16_len
from app.text.rebase import GUARD_CHARS
from engine.api import Cancel, FinishReason
from tests.app.fakes import FakeEngine, view_of

TEXT = "one two three\nfour five six"
FAR = "x" * (GUARD_CHARS + 50)
LONG_TEXT = f"{FAR} alpha beta gamma {FAR}"
WHOLE_TEXT = st.text(max_size=30)

same_editor = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Traces:
    """All that a proposal must leave alone until it is accepted."""

    text: str
    revision: int
    undo_steps: int
    is_modified: bool


def traces(editor: Editor) -> Traces:
    document = editor.document()
    return Traces(
        text_of(editor), document.revision(), document.availableUndoSteps(), document.isModified()
    )


def text_of(editor: Editor) -> str:
    return text_between(editor.document(), 0, length_of(editor.document()))


def select(editor: Editor, text: str) -> None:
    start = editor.toPlainText().index(text)
    select_range(editor, start, start + len(text))


def select_range(editor: Editor, start: int, end: int) -> None:
    cursor = editor.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def insert(editor: Editor, position: int, text: str) -> None:
    cursor = QTextCursor(editor.document())
    cursor.setPosition(position)
    cursor.insertText(text)


@pytest.fixture
def running(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A session whose engine has drafted "ZWEI" for "two"."""
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame("ZWEI")
    return session


def test_the_request_holds_the_selection_and_both_sides(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("a\u00a0😀 two 😀\nb")
    select_range(editor, 5, 8)
    session.regenerate()
    job = engine.job
    assert (job.before, job.region, job.after) == ("a\u00a0😀 ", "two", " 😀\nb")
    assert job.revision == editor.document().revision()
    assert session.status.phase is Phase.WAITING


def test_without_a_selection_the_gap_at_the_caret_is_filled(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("ab")
    select_range(editor, 1, 1)
    session.regenerate()
    engine.finish("-")
    session.accepting.accept()
    assert engine.job.region == ""
    assert text_of(editor) == "a-b"


def test_frames_leave_no_trace_in_the_document(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    before = traces(editor)
    session.regenerate()
    engine.start()
    for text in ("Z", "a much\nlonger\ndraft", ""):
        engine.frame(text)
        editor.grab()
    engine.finish("done")
    editor.grab()
    assert traces(editor) == before
    session.stop_or_reject()
    editor.grab()
    assert traces(editor) == before
    assert editor.textCursor().selectedText() == "two"


def test_every_status_is_announced(qtbot: QtBot, editor: Editor, engine: FakeEngine) -> None:
    session = engine.open_session(editor)
    with qtbot.waitSignal(session.status_changed):
        session.regenerate()
    with qtbot.waitSignal(session.status_changed) as announced:
        engine.frame("draft", entropy=0.7)
    assert announced.args == [session.status]
    assert session.status.frame.mean_entropy == 0.7
    assert session.status.phase is Phase.RUNNING


def test_accepting_is_one_undo_step(running: ProposalSession, editor: Editor) -> None:
    assert running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "ZWEI")
    assert editor.textCursor().position() == TEXT.index("two") + 4
    editor.undo()
    assert text_of(editor) == TEXT
    assert not editor.document().isModified()
    assert running.status.phase is Phase.FINISHED  # the draft stands there again


def test_accepting_what_stands_there_already_is_no_edit(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    before = traces(editor)
    engine.frame("two")
    assert running.accepting.accept()
    assert traces(editor) == before


@pytest.mark.parametrize("region", ["two", ""])
def test_typing_after_accepting_is_another_undo_step(
    editor: Editor, engine: FakeEngine, session: ProposalSession, region: str
) -> None:
    editor.setPlainText(TEXT)
    select_range(editor, 4, 4 + len(region))
    session.regenerate()
    engine.finish("ZWEI")
    session.accepting.accept()
    accepted = text_of(editor)
    editor.insertPlainText("!")
    editor.undo()
    assert text_of(editor) == accepted
    editor.undo()
    assert text_of(editor) == TEXT


@pytest.mark.parametrize("is_accepted", [True, False])
def test_what_is_typed_before_a_draft_and_after_it_is_undone_in_turn(
    editor: Editor, engine: FakeEngine, session: ProposalSession, is_accepted: bool
) -> None:
    editor.setPlainText(TEXT)
    select_range(editor, 0, 0)
    QTest.keyClicks(editor, "ab")
    session.regenerate()
    engine.finish("-")
    session.accepting.accept() if is_accepted else session.stop_or_reject()
    QTest.keyClicks(editor, "cd")
    editor.undo()
    assert text_of(editor) == ("ab-" if is_accepted else "ab") + TEXT
    editor.undo()
    assert text_of(editor) == ("ab" if is_accepted else "") + TEXT


@same_editor
@given(WHOLE_TEXT, WHOLE_TEXT, WHOLE_TEXT, WHOLE_TEXT)
def test_accepting_changes_the_region_only_and_undo_restores_it(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    before: str,
    region: str,
    after: str,
    draft: str,
) -> None:
    before, region, after = ("." + as_document_text(s).text for s in (before, region, after))
    editor.setPlainText(before + region + after)
    start = utf16_len(before)
    select_range(editor, start, start + utf16_len(region))
    session.regenerate()
    engine.finish(draft)
    session.accepting.accept()
    assert text_of(editor) == before + as_document_text(draft).text + after
    editor.undo()
    assert text_of(editor) == before + region + after


def test_accepting_while_it_runs_takes_the_frame_on_screen(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    assert running.accepting.accept()
    assert engine.cancelled == [engine.job.job_id]
    engine.finish("late", FinishReason.CANCELLED)
    assert text_of(editor) == TEXT.replace("two", "ZWEI")


def test_nothing_is_accepted_before_there_is_a_draft(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.regenerate()
    assert not session.accepting.accept()
    engine.start()
    assert not session.accepting.accept()
    assert text_of(editor) == TEXT


def test_stopping_keeps_the_last_draft_and_then_rejects_it(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    running.stop_or_reject()
    engine.frame("late")
    assert running.status.phase is Phase.FINISHED
    assert view_of(running) is not None
    assert view_of(running).layout.draft_text == "ZWEI"
    running.stop_or_reject()
    assert running.status.phase is Phase.IDLE
    assert engine.cancelled == [engine.job.job_id]
    assert text_of(editor) == TEXT


def test_stopping_before_the_first_frame_ends_it(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.regenerate()
    session.stop_or_reject()
    assert session.status.phase is Phase.IDLE
    assert engine.cancelled == [1]


def test_a_newer_request_replaces_the_older_one(
    running: ProposalSession, engine: FakeEngine
) -> None:
    first = engine.job
    running.regenerate()
    second = engine.job
    assert engine.requests == [first, Cancel(job_id=first.job_id), second]
    assert second.region == first.region
    assert second.seed != first.seed
    engine.frame("stale", job_id=first.job_id)
    engine.finish("stale", FinishReason.CANCELLED, job_id=first.job_id)
    assert running.status.phase is Phase.WAITING
    assert running.status.num_frames == 0


def test_a_failure_after_some_frames_is_told_and_keeps_the_draft(
    qtbot: QtBot, running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    with qtbot.waitSignal(running.failed) as told:
        engine.fail("CUDA out of memory: choose a smaller model")
    assert told.args == ["CUDA out of memory: choose a smaller model"]
    assert running.status.phase is Phase.FINISHED
    assert running.status.note == "CUDA out of memory: choose a smaller model"
    assert running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "ZWEI")


def test_a_failure_before_the_first_frame_is_told_and_leaves_nothing(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.regenerate()
    engine.start()
    with qtbot.waitSignal(session.failed):
        engine.fail("CUDA out of memory: choose a smaller model")
    assert session.status.phase is Phase.IDLE
    assert not editor.insets


def test_the_engines_last_word_is_what_is_shown_and_accepted(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("ZWEI\ufffd")
    engine.finish("ZWEI")
    assert view_of(running) is not None
    assert view_of(running).layout.draft_text == "ZWEI"
    running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "ZWEI")


def test_the_engines_last_word_counts_after_an_early_stop(
    qtbot: QtBot, running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("ZWEI\ufffd")
    running.stop_or_reject()
    with qtbot.waitSignal(running.status_changed):
        engine.finish("ZWEI", FinishReason.CANCELLED)
    assert view_of(running) is not None
    assert view_of(running).layout.draft_text == "ZWEI"
    running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "ZWEI")
    assert running.status.phase is Phase.IDLE


def test_asking_again_means_the_same_region(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    first = engine.job
    engine.finish("ZWEI")
    caret = TEXT.index("two") + 3
    select_range(editor, caret, caret)
    running.regenerate()
    assert (engine.job.before, engine.job.region) == (first.before, "two")
    assert engine.job.seed != first.seed


def test_the_engine_is_told_the_language(
    session: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    editor.setPlainText(TEXT)
    for name, language in (("story.txt", ""), ("a.py", "python"), ("a.md", ""), ("a.rs", "rust")):
        editor.set_language(name)
        select_range(editor, 0, 3)
        session.regenerate()
        assert engine.job.language == language
        session.stop_or_reject()
        session.stop_or_reject()


@pytest.mark.parametrize("end", ["stop", "finish", "fail"])
def test_asking_elsewhere_waits_for_the_engine_and_replaces_nothing(
    running: ProposalSession, editor: Editor, engine: FakeEngine, end: str
) -> None:
    select(editor, "three")
    running.regenerate()
    assert engine.job.region == "two"
    assert len(running.queue) == 1
    insert(editor, 0, "zero ")
    if end == "stop":
        running.stop_or_reject()
    elif end == "finish":
        engine.finish("ZWEI")
    else:
        engine.fail("no memory")
    assert engine.job.region == "three"
    assert engine.job.before == "zero one two "
    assert len(running.queue) == 0
    assert [one.place.old_text for one in running.proposals] == ["two", "three"]


def test_a_part_of_a_draft_that_is_done_takes_its_place_as_a_region(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.finish("ZWEI")
    select(editor, "two three")
    running.regenerate()
    assert engine.job.region == "two three"
    assert [one.place.old_text for one in running.proposals] == ["two three"]


def test_a_region_that_waits_can_be_taken_back(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    select(editor, "three")
    running.regenerate()
    running.queue.clear()
    running.accepting.accept()
    assert len(running.queue) == 0
    assert engine.job.region == "two"


def test_undoing_an_accepted_edit_keeps_the_view_in_its_place(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    lines = [f"line {number}" for number in range(300)]
    editor.setPlainText("\n".join(lines))
    select(editor, "line 150")
    bar = editor.verticalScrollBar()
    bar.setValue(143)
    session.regenerate()
    engine.finish("a much\nlonger draft")
    session.accepting.accept()
    editor.undo()
    assert editor.textCursor().position() == editor.toPlainText().index("line 150")
    assert bar.value() == 143
    editor.redo()
    assert bar.value() == 143


@pytest.mark.parametrize("position", [0, len(LONG_TEXT)])
def test_typing_elsewhere_while_it_runs_is_safe(
    editor: Editor, engine: FakeEngine, session: ProposalSession, position: int
) -> None:
    editor.setPlainText(LONG_TEXT)
    select(editor, "beta")
    session.regenerate()
    engine.frame("BETA")
    insert(editor, position, "elsewhere\n")
    engine.finish("BETA!")
    assert session.accepting.accept()
    expected = LONG_TEXT.replace("beta", "BETA!")
    at = position and position + 1
    assert text_of(editor) == expected[:at] + "elsewhere\n" + expected[at:]


@pytest.mark.parametrize("near", ["alpha", "gamma"])
def test_typing_around_the_region_marks_the_draft_which_stays_usable(
    editor: Editor, engine: FakeEngine, session: ProposalSession, near: str
) -> None:
    editor.setPlainText(LONG_TEXT)
    select(editor, "beta")
    session.regenerate()
    engine.frame("BETA")
    assert not session.status.is_outdated
    insert(editor, LONG_TEXT.index(near) + 2, "!")
    typed = text_of(editor)
    assert session.status.is_outdated
    engine.finish("BETA!")
    assert session.accepting.accept()
    assert text_of(editor) == typed.replace("beta", "BETA!")


def test_asking_again_drafts_with_the_text_around_it_as_it_is_now(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.finish("ZWEI")
    insert(editor, 0, "zero ")
    running.regenerate()
    assert (engine.job.before, engine.job.region) == ("zero one ", "two")
    assert not running.status.is_outdated
    engine.finish("zwo")
    assert running.accepting.accept()
    assert text_of(editor) == "zero " + TEXT.replace("two", "zwo")


def test_typing_in_the_region_parks_it(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(LONG_TEXT)
    select(editor, "beta")
    session.regenerate()
    engine.frame("BETA")
    insert(editor, LONG_TEXT.index("beta") + 2, "!")
    typed = text_of(editor)
    assert session.status.phase is Phase.STALE
    assert engine.cancelled == [engine.job.job_id]
    assert not session.accepting.accept()
    session.stop_or_reject()
    assert session.status.phase is Phase.IDLE
    assert text_of(editor) == typed


def test_a_parked_proposal_gives_way_to_a_new_one(
    running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    insert(editor, 5, "!")
    assert running.status.phase is Phase.STALE
    select(editor, "three")
    running.regenerate()
    engine.finish("DREI")
    running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "t!wo").replace("three", "DREI")


def test_a_new_text_closes_it(running: ProposalSession, editor: Editor) -> None:
    editor.setPlainText("another file")
    assert running.status.phase is Phase.IDLE
    assert not editor.insets


def test_enter_accepts_and_escape_stops_then_rejects(
    qtbot: QtBot, running: ProposalSession, editor: Editor
) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert running.status.phase is Phase.FINISHED
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "ZWEI")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "ZWEI\n")


def test_enter_before_the_first_frame_leaves_the_selection(
    qtbot: QtBot, editor: Editor, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT


def test_enter_elsewhere_is_a_new_line(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(LONG_TEXT)
    select(editor, "beta")
    session.regenerate()
    engine.finish("BETA")
    select_range(editor, 0, 0)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == "\n" + LONG_TEXT
    assert session.status.phase is Phase.FINISHED


def test_enter_does_not_apply_a_parked_proposal(
    qtbot: QtBot, running: ProposalSession, editor: Editor
) -> None:
    change_within(editor)
    assert running.status.phase is Phase.STALE
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "tw!o")


def test_tab_and_word_movement_stay_the_users(
    qtbot: QtBot, running: ProposalSession, editor: Editor
) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert editor.textCursor().position() != TEXT.index("two")
    assert running.status.phase is Phase.RUNNING
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert "one two     three" in text_of(editor)


def change_within(editor: Editor) -> None:
    """Let somebody else change the text that the draft stands for, the selection staying."""
    insert(editor, TEXT.index("two") + 2, "!")


ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
DRAFT_KEYS = [
    (Qt.Key.Key_Return, NONE),
    (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier),
    (Qt.Key.Key_Space, NONE),
    *((key, ALT) for key in (Qt.Key.Key_K, Qt.Key.Key_J, Qt.Key.Key_B, Qt.Key.Key_P, Qt.Key.Key_M)),
]


@pytest.mark.parametrize(("key", "modifiers"), DRAFT_KEYS)
@pytest.mark.parametrize("selects_again", [False, True])
def test_a_key_that_means_a_parked_draft_changes_nothing_and_says_what_can_be_done(
    qtbot: QtBot,
    running: ProposalSession,
    editor: Editor,
    engine: FakeEngine,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    selects_again: bool,
) -> None:
    engine.finish("ZWEI")
    change_within(editor)
    assert running.status.phase is Phase.STALE
    if selects_again:
        select(editor, "tw!o")
    with qtbot.waitSignal(running.hinted) as told:
        qtbot.keyClick(editor, key, modifiers)
    assert "Ctrl+Enter here drafts it again" in told.args[0]
    assert text_of(editor) == TEXT.replace("two", "tw!o")
    running.regenerate()
    assert engine.job.region == "tw!o"


def test_letters_at_a_parked_draft_are_added_and_replace_nothing(
    qtbot: QtBot, running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.finish("ZWEI")
    change_within(editor)
    qtbot.keyClicks(editor, "x y")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "tw!ox y\n")


def test_a_parked_draft_lets_another_selection_be(running: ProposalSession, editor: Editor) -> None:
    select(editor, "one")
    change_within(editor)
    assert running.status.phase is Phase.STALE
    assert editor.textCursor().selectedText() == "one"


def test_enter_after_a_change_before_there_was_a_draft_replaces_nothing(
    qtbot: QtBot, editor: Editor, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    change_within(editor)
    assert session.status.phase is Phase.IDLE
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "tw!o\n")


def test_who_types_before_a_draft_goes_on_typing(
    qtbot: QtBot, running: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    select_range(editor, TEXT.index("two"), TEXT.index("two"))
    qtbot.keyClicks(editor, "new words ")
    engine.finish("ZWEI")
    assert text_of(editor) == TEXT.replace("two", "new words two")
    assert running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "new words ZWEI")
