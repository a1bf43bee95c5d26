"""Several candidates of one region: their order, which is shown, and what is kept of each."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import History, Outcome, Phase, ProposalSession
from engine.api import Branch, Cancel, Constraints, FinishReason, Length, LengthMode, RunSettings
from tests.app.fakes import FakeEngine, view_of
from tests.app.proposal.model.test_session import TEXT, select, text_of

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def three(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A session with three candidates on their way, each with a frame."""
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.options.set_settings(RunSettings(candidates=3))
    session.regenerate()
    engine.start()
    for number in range(3):
        engine.frame(f"draft {number}", candidate=number)
    return session


def texts(session: ProposalSession) -> list[str]:
    assert session.proposal is not None
    return [candidate.draft.text for candidate in session.proposal.candidates if candidate.draft]


def shown(session: ProposalSession) -> str:
    assert session.proposal is not None
    assert session.proposal.draft is not None
    return session.proposal.draft.text


def finish(engine: FakeEngine) -> None:
    done = [engine.finish_one(n, f"end {n}", score) for n, score in ((1, -2.0), (0, -3.0))]
    done.append(engine.finish_one(2, "end 2", -1.0))
    ranked = sorted(done, key=lambda c: c.score.total if c.score else 0.0, reverse=True)
    engine.finish(ranked[0].text, candidates=tuple(ranked))


def test_the_settings_travel_whole(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    chosen = RunSettings(num_slots=5, candidates=3, seed=7, soft_edge=2, strength=0.5)
    session.options.set_settings(chosen)
    session.run_once()
    assert engine.job.settings is chosen


WISHES = RunSettings(
    instruction="as a poem",
    seed=7,
    constraints=Constraints(is_single_line=True, characters="a-z ", pattern="(and.*)"),
)
KEPT = RunSettings(strength=0.5, candidates=2, length=Length(mode=LengthMode.SHORTER), soft_edge=1)


def test_what_is_out_of_the_ordinary_is_for_one_run(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    wishes = replace(
        KEPT, instruction=WISHES.instruction, seed=7, constraints=WISHES.constraints, soft_edge=0
    )
    session.options.set_settings(wishes)
    select(editor, "two")
    session.run_once()
    assert engine.job.settings == wishes
    engine.finish("and so on")
    select(editor, "six")
    session.regenerate()
    kept = replace(KEPT, soft_edge=0)
    assert engine.job.settings == replace(kept, seed=engine.job.seed)
    assert session.options.settings == kept
    assert session.options.instructions == ("as a poem",)


def test_what_the_bar_holds_but_did_not_run_with_is_nobodys_wish(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.options.set_settings(WISHES)
    select(editor, "two")
    session.regenerate()  # Ctrl+Enter in the text
    assert engine.job.settings == RunSettings(seed=engine.job.seed)
    assert session.options.settings == WISHES  # still in the bar


def test_once_more_at_a_draft_means_what_it_was_asked_for(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.options.set_settings(WISHES)
    select(editor, "two")
    session.run_once()
    engine.finish("and so on")
    session.options.change(strength=0.5)
    session.regenerate()
    assert engine.job.settings == replace(WISHES, seed=engine.job.seed, strength=0.5)
    assert engine.job.seed != 7


def test_they_stream_in_sorted_by_score(three: ProposalSession, engine: FakeEngine) -> None:
    engine.finish_one(1, "end 1", -2.0)
    assert texts(three) == ["end 1", "draft 0", "draft 2"]
    engine.finish_one(2, "end 2", -1.0)
    assert texts(three) == ["end 2", "end 1", "draft 0"]
    assert three.status.phase is Phase.RUNNING


def test_the_best_is_shown_at_the_end(three: ProposalSession, engine: FakeEngine) -> None:
    assert shown(three) == "draft 0"
    finish(engine)
    assert shown(three) == "end 2"
    assert (three.status.number, len(three.status.candidates)) == (1, 3)


def test_the_one_the_user_chose_stays(
    qtbot: QtBot, three: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_BracketRight, ALT)
    assert shown(three) == "draft 1"
    finish(engine)
    assert shown(three) == "end 1"
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, ALT)
    assert shown(three) == "end 2"
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, ALT)
    assert shown(three) == "end 0"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "end 0")


def test_equal_texts_are_one_candidate(three: ProposalSession, engine: FakeEngine) -> None:
    done = [engine.finish_one(n, "same", -1.0) for n in range(3)]
    engine.finish("same", candidates=(done[0],))
    assert texts(three) == ["same"]


def test_equal_texts_of_two_runs_are_one_candidate_too(
    three: ProposalSession, engine: FakeEngine
) -> None:
    finish(engine)
    first = texts(three)
    three.regenerate()
    engine.start()
    engine.frame("end 1")
    engine.finish("end 1")
    assert sorted(texts(three)) == sorted(first)
    assert shown(three) == "end 1"
    assert three.proposal.candidates.frames[-1].text == "end 1"


def test_of_equal_texts_the_one_that_is_shown_stays(
    three: ProposalSession, engine: FakeEngine
) -> None:
    finish(engine)
    chosen = three.proposal.candidates.ordered[-1]
    three.regenerate()
    engine.start()
    engine.frame(chosen.draft.text)
    three.proposal.candidates.choose(chosen)
    engine.finish(chosen.draft.text)
    assert three.proposal.candidate is chosen
    assert chosen in three.proposal.candidates
    assert len(texts(three)) == 3


def test_space_shows_the_old_text_and_the_draft_again(
    qtbot: QtBot, three: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    finish(engine)
    qtbot.keyClick(editor, Qt.Key.Key_Space)
    assert view_of(three) is not None
    assert view_of(three).layout.draft_text == "two"
    assert not three.accepting.accept()
    qtbot.keyClick(editor, Qt.Key.Key_Space)
    assert view_of(three).layout.draft_text == "end 2"
    assert text_of(editor) == TEXT


def test_stopping_keeps_every_draft_as_a_candidate(
    three: ProposalSession, engine: FakeEngine
) -> None:
    three.stop_or_reject()
    assert texts(three) == ["draft 0", "draft 1", "draft 2"]
    engine.finish("draft 0", FinishReason.CANCELLED)


def test_asking_again_adds_a_candidate(three: ProposalSession, engine: FakeEngine) -> None:
    finish(engine)
    first = engine.job
    three.options.set_settings(RunSettings())
    three.regenerate()
    assert engine.job.seed != first.seed
    assert first.avoid == ("two",)
    assert set(engine.job.avoid) == {"two", "end 0", "end 1", "end 2"}
    assert texts(three) == ["end 2", "end 1", "end 0"]
    engine.start()
    engine.finish_one(0, "a better one", -0.5)
    assert texts(three) == ["a better one", "end 2", "end 1", "end 0"]


def test_a_chosen_seed_may_give_the_same_text_again(
    three: ProposalSession, engine: FakeEngine
) -> None:
    finish(engine)
    three.options.set_settings(RunSettings(seed=3))
    three.run_once()
    assert not engine.job.avoid


def test_asking_again_while_it_runs_keeps_what_there_is(
    three: ProposalSession, engine: FakeEngine
) -> None:
    job = engine.job
    three.regenerate()
    assert engine.requests[-2] == Cancel(job_id=job.job_id)
    assert texts(three) == ["draft 0", "draft 1", "draft 2"]


def test_every_candidate_goes_into_the_history(
    three: ProposalSession, engine: FakeEngine, history: History
) -> None:
    finish(engine)
    three.accepting.accept()
    kept = {candidate.text: candidate.outcome for candidate in history.candidates}
    assert kept == {
        "end 2": Outcome.ACCEPTED,
        "end 1": Outcome.SUPERSEDED,
        "end 0": Outcome.SUPERSEDED,
    }
    assert history.candidates[0].text == "end 2"
    assert history.candidates[0].score == -1.0


def test_every_frame_can_be_gone_back_to_and_accepted(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    engine.start()
    for text in ("a", "b", "c"):
        engine.frame(text)
    engine.finish("d")
    qtbot.keyClick(editor, Qt.Key.Key_Comma, ALT)
    assert (shown(session), session.status.past_number) == ("b", 2)
    qtbot.keyClick(editor, Qt.Key.Key_Comma, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_Comma, ALT)
    assert shown(session) == "a"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert text_of(editor) == TEXT.replace("two", "a")


def test_the_newest_frame_is_the_end(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame("a")
    engine.frame("b")
    qtbot.keyClick(editor, Qt.Key.Key_Comma, ALT)
    engine.frame("c")
    assert shown(session) == "a"
    engine.finish("d")
    assert shown(session) == "a"
    qtbot.keyClick(editor, Qt.Key.Key_Period, ALT)
    qtbot.keyClick(editor, Qt.Key.Key_Period, ALT)
    assert (shown(session), session.status.past_number) == ("d", 0)


def test_a_branch_goes_on_from_the_frame_shown(
    qtbot: QtBot, three: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("later", candidate=0)
    finish(engine)
    assert three.proposal is not None
    three.proposal.candidates.choose(three.proposal.candidates.ordered[-1])
    three.proposal.candidates.show_frame(0)
    qtbot.keyClick(editor, Qt.Key.Key_B, ALT)
    branch = engine.newest
    assert isinstance(branch, Branch)
    assert (branch.parent, branch.candidate, branch.step) == (engine.job.job_id, 0, 1)
    assert shown(three) == "draft 0"
    engine.start()
    engine.frame("branched")
    assert shown(three) == "branched"
    done = engine.finish_one(0, "branched!", -0.1)
    engine.finish("branched!", candidates=(done,))
    assert texts(three)[0] == "branched!"
    assert len(texts(three)) == 4


def test_a_branch_to_the_same_text_leaves_the_frames_it_came_from(
    qtbot: QtBot, three: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    finish(engine)
    assert three.proposal is not None
    parent = three.proposal.candidates.current
    three.proposal.candidates.show_frame(0)
    for _ in range(2):
        qtbot.keyClick(editor, Qt.Key.Key_B, ALT)
        engine.start()
        done = engine.finish_one(0, "end 2", -1.0)
        engine.finish("end 2", candidates=(done,))
    assert sorted(texts(three)) == ["end 0", "end 1", "end 2", "end 2"]
    assert parent in three.proposal.candidates.ordered


def test_a_region_can_be_drafted_again_with_its_old_settings(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    select(editor, "two")
    options = RunSettings(instruction="as a poem", strength=0.5)
    session.options.set_settings(options)
    session.run_once()
    engine.finish("ZWEI")
    session.accepting.accept()
    session.options.set_settings(replace(options, instruction="", strength=1.0))
    session.rewrite_again()
    assert (engine.job.region, engine.job.settings.instruction, engine.job.settings.strength) == (
        "ZWEI",
        "as a poem",
        0.5,
    )
