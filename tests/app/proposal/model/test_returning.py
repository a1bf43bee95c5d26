"""A draft comes back when the text that it was made for does."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import History, Phase, ProposalSession
from app.text.edits import replace_range
from app.text.rebase import Change, Region, Trail
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import insert, select, select_range, text_of
from tests.app.proposal.model.test_soft_edge import ask_softly, finish

TEXT = "one two three four\n\nfive six"


@pytest.fixture
def drafted(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A session with a draft for "three" that is done."""
    editor.setPlainText(TEXT)
    select(editor, "three")
    session.regenerate()
    engine.finish("DREI")
    return session


def replaced(editor: Editor, old: str, new: str) -> None:
    start = text_of(editor).index(old)
    replace_range(editor.document(), start, start + len(old), new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hre", "h!re"),  # within
        ("three", ""),
        ("two three four", ""),  # and words on either side
        ("two three", "2, 3"),
        ("ee fo", "-"),
        ("one two three four\n\nfive", "x"),
    ],
)
def test_an_edit_of_its_text_parks_it_until_it_is_undone(
    drafted: ProposalSession, editor: Editor, old: str, new: str
) -> None:
    replaced(editor, old, new)
    assert drafted.status.phase is Phase.STALE
    editor.undo()
    assert text_of(editor) == TEXT
    assert drafted.status.phase is Phase.FINISHED
    assert drafted.proposal.place.ends == (8, 13)
    assert not drafted.status.is_outdated
    assert drafted.accepting.accept()
    assert text_of(editor) == TEXT.replace("three", "DREI")


def test_it_comes_back_by_typing_too_and_behind_what_was_typed_before_it(
    qtbot: QtBot, drafted: ProposalSession, editor: Editor
) -> None:
    select_range(editor, 10, 10)
    insert(editor, 10, "!")
    assert drafted.status.phase is Phase.STALE
    insert(editor, 0, "zero ")
    insert(editor, 12, " and")  # beside "th!ree", and not touching it
    assert drafted.status.phase is Phase.STALE
    select_range(editor, 20, 20)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert text_of(editor) == "zero one two and three four\n\nfive six"
    assert drafted.status.phase is Phase.FINISHED
    assert drafted.proposal.place.ends == (17, 22)
    assert drafted.status.is_outdated  # the text before it is another


def test_a_draft_that_is_stopped_by_the_edit_comes_back_as_far_as_it_was(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "three")
    session.regenerate()
    engine.frame("DRE")
    replaced(editor, "hre", "")
    assert engine.cancelled == [engine.job.job_id]
    editor.undo()
    assert session.status.phase is Phase.FINISHED
    assert session.accepting.accept()
    assert text_of(editor) == TEXT.replace("three", "DRE")


def test_the_same_words_elsewhere_are_not_its_text(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("three four three five")
    select_range(editor, 0, 5)
    session.regenerate()
    engine.finish("DREI")
    replaced(editor, "three four ", "")
    assert session.status.phase is Phase.STALE
    editor.undo()
    assert session.proposal.place.ends == (0, 5)


def test_a_place_in_the_text_comes_back_with_its_surroundings_only(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select_range(editor, 8, 8)
    session.regenerate()
    engine.finish("more ")
    replaced(editor, "two three", "")
    assert session.status.phase is Phase.STALE
    insert(editor, 4, "TWO THREE")  # as long, and another text
    assert session.status.phase is Phase.STALE
    editor.undo()
    editor.undo()
    assert text_of(editor) == TEXT
    assert session.status.phase is Phase.FINISHED
    assert session.proposal.place.ends == (8, 8)


@pytest.mark.parametrize(("old", "new"), [("one", "ONE"), ("four", ""), ("six", "six!"), ("o", "")])
def test_made_before_your_last_edit_is_said_until_the_edit_is_undone(
    drafted: ProposalSession, editor: Editor, old: str, new: str
) -> None:
    replaced(editor, old, new)
    assert drafted.status.is_outdated
    editor.undo()
    assert not drafted.status.is_outdated
    editor.redo()
    assert drafted.status.is_outdated


def test_the_mark_stays_where_another_draft_was_asked_for_since(
    drafted: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    replaced(editor, "one", "ONE")
    drafted.regenerate()
    engine.finish("drei")
    assert not drafted.status.is_outdated
    editor.undo()
    assert drafted.status.is_outdated


@pytest.fixture
def soft(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A session that has asked for "three" with soft edges, and has typed beside it since."""
    ask_softly(editor, session, TEXT)
    return session


def test_edges_that_were_edited_before_the_run_are_asked_for_as_they_are(
    soft: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    replaced(editor, "two", "too")
    first = engine.job.job_id
    engine.start(soft=(5, 5))
    assert first in engine.cancelled
    assert (engine.job.before, engine.job.region) == ("one too ", "three")
    engine.start(soft=(5, 5))
    assert soft.proposal.place.old_text == " too three four"[:15]


def test_edges_that_come_with_the_end_and_were_edited_park_the_draft_at_once(
    soft: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.start(soft=(0, 0))
    engine.frame("drei")
    insert(editor, 6, "!")  # "tw!o"
    assert soft.status.phase is Phase.RUNNING
    finish(engine, " zwei drei", before=5, after=0)
    assert soft.status.phase is Phase.STALE
    assert not soft.accepting.accept()
    editor.undo()
    assert soft.status.phase is Phase.FINISHED
    assert soft.accepting.accept()
    assert text_of(editor) == TEXT.replace(" two three", " zwei drei")


def test_a_trail_grows_with_what_touches_it_and_moves_with_what_does_not() -> None:
    trail = Trail.begun_by(Region(start=10, end=20), Change(position=5, removed=10, added=2))
    assert trail == Trail(start=5, end=12, ahead=5, behind=0)
    assert trail.place(10) is None
    assert trail.followed(Change(position=5, removed=2, added=10)).place(10) == 10  # undone
    trail = trail.followed(Change(position=0, removed=1, added=4))
    assert trail == Trail(start=8, end=15, ahead=5, behind=0)
    trail = trail.followed(Change(position=12, removed=6, added=0))
    assert trail == Trail(start=8, end=12, ahead=5, behind=3)
    assert trail.followed(Change(position=13, removed=9, added=0)) == trail


def test_a_draft_that_comes_back_is_no_stale_one_in_the_history(
    drafted: ProposalSession, editor: Editor, history: History
) -> None:
    replaced(editor, "three", "")
    editor.undo()
    drafted.stop_or_reject()
    assert [one.outcome.value for one in history.candidates] == ["rejected"]


@pytest.mark.parametrize(
    ("text", "region", "selected", "typed"),
    [
        ("we saw the dog", (7, 10), (0, 10), "Look at the"),
        ("i = a + b", (4, 5), (0, 5), "n = a"),
        ("we saw the dog", (7, 10), (7, 14), "the cat"),
        ("we saw the dog", (7, 10), (3, 10), "saw and the"),
    ],
)
def test_the_same_words_in_what_was_written_instead_are_not_its_text(
    qtbot: QtBot,
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    text: str,
    region: tuple[int, int],
    selected: tuple[int, int],
    typed: str,
) -> None:
    editor.setPlainText(text)
    select_range(editor, *region)
    session.regenerate()
    engine.finish("DRAFT")
    select_range(editor, *selected)
    for letter in typed:
        qtbot.keyClicks(editor, letter)
    assert text_of(editor) == text[: selected[0]] + typed + text[selected[1] :]
    assert session.status.phase is Phase.STALE
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert "DRAFT" not in text_of(editor)


def test_enter_is_a_new_line_for_who_has_typed_the_words_again(
    qtbot: QtBot, editor: Editor, drafted: ProposalSession
) -> None:
    select_range(editor, 4, 13)  # on the draft alone nothing is typed
    qtbot.keyClicks(editor, "two three")
    assert drafted.status.phase is Phase.FINISHED
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("three", "three\n")


def test_enter_accepts_what_an_undo_has_brought_back(
    qtbot: QtBot, editor: Editor, drafted: ProposalSession
) -> None:
    select_range(editor, 13, 13)
    qtbot.keyClick(editor, Qt.Key.Key_Left)
    replaced(editor, "three", "3")
    editor.undo()
    editor.setTextCursor(editor.textCursor())
    assert drafted.proposal.has_focus
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("three", "DREI")
