"""A job that the engine begins anew, because the card ran out of memory."""

from app.editor import Editor
from app.proposal import Phase, ProposalSession
from engine.api import MemoryReduced
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import TEXT, running, text_of

__all__ = ["running"]  # a fixture


def restart(engine: FakeEngine, session: ProposalSession) -> None:
    session.handle(MemoryReduced(job_id=engine.newest.job_id, message="tighter"))


def test_the_draft_stays_until_the_engine_has_another(
    editor: Editor, engine: FakeEngine, running: ProposalSession
) -> None:
    proposal = running.proposal
    before = proposal.draft
    restart(engine, running)
    assert (proposal.phase, proposal.draft, proposal.candidates.frames) == (
        Phase.WAITING,
        before,
        (),
    )
    engine.start()
    engine.frame("DEUX")
    assert [frame.text for frame in proposal.candidates.frames] == ["DEUX"]
    engine.finish("DEUX")
    running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "DEUX")


def test_a_job_that_fails_after_all_leaves_its_draft(
    editor: Editor, engine: FakeEngine, running: ProposalSession
) -> None:
    restart(engine, running)
    engine.fail("no memory")
    assert running.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "ZWEI")


def test_pins_of_the_words_that_went_go_with_them(
    engine: FakeEngine, running: ProposalSession
) -> None:
    running.steering.toggle_pin(0, 4)
    assert running.proposal.candidate.pinned
    restart(engine, running)
    assert not running.proposal.candidate.pinned


def test_a_job_that_was_stopped_does_not_begin_anew(
    engine: FakeEngine, running: ProposalSession
) -> None:
    running.stop_or_reject()
    restart(engine, running)
    assert running.proposal.phase is Phase.FINISHED
