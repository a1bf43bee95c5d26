"""A draft with soft edges stands for the words beside the region, too, and for nothing else."""

from dataclasses import replace

import pytest

from app.editor import Editor
from app.proposal import History, ProposalSession
from engine.api import Finished, FinishReason
from tests.app.fakes import FakeEngine, spans_of, view_of
from tests.app.proposal.model.test_session import select, text_of

TEXT = "One two three four, five six."


@pytest.fixture
def soft(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A session that has asked for other words than "three", with edges a word wide."""
    ask_softly(editor, session, TEXT)
    engine.start(soft=(5, 6))
    return session


def ask_softly(editor: Editor, session: ProposalSession, text: str) -> None:
    """Ask for other words than the text's "three", with edges a word wide."""
    editor.setPlainText(text)
    select(editor, "three")
    session.options.set_settings(replace(session.options.settings, soft_edge=1))
    session.regenerate()


def finish(engine: FakeEngine, text: str, before: int, after: int) -> None:
    engine._send(
        Finished(
            job_id=engine.job.job_id,
            reason=FinishReason.CONVERGED,
            text=text,
            spans=spans_of(text),
            steps=12,
            tokens=16,
            ms=150.0,
            soft_before=before,
            soft_after=after,
        )
    )


def drawn(session: ProposalSession) -> str:
    assert view_of(session) is not None
    return view_of(session).layout.text


def test_the_words_beside_it_are_not_drawn_twice(soft: ProposalSession, engine: FakeEngine) -> None:
    engine.frame(" two drei four,")
    assert drawn(soft) == "One two drei four, five six."


def test_they_are_a_part_of_it_before_there_is_a_draft(
    soft: ProposalSession, editor: Editor
) -> None:
    assert soft.proposal is not None
    assert soft.proposal.place.old_text == " two three four,"
    assert view_of(soft).layout.draft_text == " two three four,"
    assert text_of(editor) == TEXT


def test_the_draft_takes_their_place_as_one_undo_step(
    soft: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame(" two drei four,")
    finish(engine, " zwei drei vier,", before=5, after=6)
    assert soft.accepting.accept()
    assert text_of(editor) == "One zwei drei vier, five six."
    editor.undo()
    assert text_of(editor) == TEXT


def test_the_engines_word_on_its_edges_is_the_last(
    soft: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame(" two drei four,")
    finish(engine, " zwei drei", before=5, after=0)
    assert soft.accepting.accept()
    assert text_of(editor) == "One zwei drei four, five six."


def test_the_next_run_asks_for_the_region_that_was_chosen(
    soft: ProposalSession, engine: FakeEngine
) -> None:
    engine.frame(" two drei four,")
    soft.regenerate()
    assert engine.job.region == "three"
    assert engine.job.before == "One two "


def test_rejecting_it_leaves_no_trace(
    soft: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    finish(engine, " zwei drei vier,", before=5, after=6)
    soft.stop_or_reject()
    assert text_of(editor) == TEXT
    assert not editor.document().isModified()


def test_its_parts_are_accepted_and_taken_back_one_by_one(
    soft: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    finish(engine, " zwei drei vier,", before=5, after=6)
    assert soft.accepting.accept_word()
    assert text_of(editor) == "One zwei three four, five six."
    editor.undo()
    assert text_of(editor) == TEXT
    assert soft.accepting.accept()
    assert text_of(editor) == "One zwei drei vier, five six."


def test_the_history_knows_what_it_stood_for(
    soft: ProposalSession, engine: FakeEngine, history: History
) -> None:
    finish(engine, " zwei drei vier,", before=5, after=6)
    soft.accepting.accept()
    assert history.candidates[0].old_text.split() == ["two", "three", "four,"]
