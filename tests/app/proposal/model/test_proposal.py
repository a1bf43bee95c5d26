"""The model of a proposal changes only by what the engine and the document tell it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.text.rebase import Change, Region
from engine.api import CanvasUpdated, Finished, FinishReason, RunSettings, Started
from tests.app.fakes import spans_of
from tests.requests import generate

FAR = Change(position=0, removed=0, added=3)
NEAR = Change(position=21, removed=0, added=1)


@pytest.fixture
def proposal() -> Proposal:
    request = generate(
        job_id=7, revision=1, before="", region="old text", after="", seed=3, instruction=""
    )
    return Proposal(request, Region(start=20, end=28, guard_start=10, guard_end=40))


def started() -> Started:
    return Started(job_id=7, num_slots=8, max_steps=48, encode_ms=1.0)


def frame(text: str, step: int = 1) -> CanvasUpdated:
    return CanvasUpdated(
        job_id=7,
        step=step,
        max_steps=48,
        text=text,
        spans=spans_of(text),
        mean_entropy=0.5,
        step_ms=9.0,
    )


def finished(text: str, reason: FinishReason = FinishReason.CONVERGED) -> Finished:
    return Finished(
        job_id=7, reason=reason, text=text, spans=spans_of(text), steps=2, tokens=8, ms=20.0
    )


def test_it_waits_runs_and_finishes(qtbot: QtBot, proposal: Proposal) -> None:
    assert proposal.phase is Phase.WAITING
    for act in (
        lambda: proposal.notify_started(started()),
        lambda: proposal.notify_finished(finished("new")),
    ):
        with qtbot.waitSignal(proposal.status_changed):
            act()
    assert proposal.phase is Phase.FINISHED
    assert proposal.draft is not None
    assert proposal.draft.text == "new"


def test_every_frame_is_kept_in_order(proposal: Proposal) -> None:
    proposal.notify_frame(frame("one", 1))
    proposal.notify_frame(frame("two", 2))
    assert [kept.text for kept in proposal.candidates.frames] == ["one", "two"]
    assert proposal.snapshot.step == 2
    assert proposal.snapshot.num_frames == 2
    assert proposal.snapshot.max_steps == 48


def test_after_a_stop_the_draft_stays_until_the_engines_end(proposal: Proposal) -> None:
    proposal.notify_frame(frame("kept"))
    proposal.notify_stopped()
    proposal.notify_frame(frame("late", 2))
    assert proposal.draft is not None
    assert proposal.draft.text == "kept"
    proposal.notify_finished(finished("later", FinishReason.CANCELLED))
    assert proposal.draft.text == "later"
    assert proposal.phase is Phase.FINISHED
    assert proposal.snapshot.reason is FinishReason.CANCELLED
    assert proposal.snapshot.num_frames == 2


def test_only_the_first_end_counts(proposal: Proposal) -> None:
    proposal.notify_finished(finished("end"))
    proposal.notify_finished(finished("another"))
    proposal.notify_failed("no")
    assert proposal.draft is not None
    assert proposal.draft.text == "end"
    assert proposal.snapshot.note == ""


def test_a_stopped_proposal_that_was_parked_stays_parked(proposal: Proposal) -> None:
    proposal.notify_frame(frame("kept"))
    proposal.notify_stopped()
    proposal.notify_change(NEAR)
    proposal.notify_finished(finished("later", FinishReason.CANCELLED))
    assert proposal.phase is Phase.STALE
    assert proposal.draft is not None
    assert proposal.draft.text == "kept"


def test_a_failure_keeps_the_last_draft_and_says_what_failed(proposal: Proposal) -> None:
    proposal.notify_frame(frame("kept"))
    proposal.notify_failed("out of memory")
    assert proposal.phase is Phase.FINISHED
    assert proposal.can_accept
    assert proposal.snapshot.note == "out of memory"


def test_it_moves_with_a_change_elsewhere(qtbot: QtBot, proposal: Proposal) -> None:
    with qtbot.waitSignal(proposal.look_changed):
        proposal.notify_change(FAR)
    assert (proposal.place.region.start, proposal.place.region.end) == (23, 31)
    assert proposal.phase is Phase.WAITING


def test_it_is_parked_by_a_change_to_its_surroundings(qtbot: QtBot, proposal: Proposal) -> None:
    proposal.notify_frame(frame("draft"))
    with qtbot.waitSignal(proposal.status_changed):
        proposal.notify_change(NEAR)
    assert proposal.phase is Phase.STALE
    assert not proposal.can_accept


def test_it_is_closed_by_a_change_before_there_was_a_draft(proposal: Proposal) -> None:
    proposal.notify_change(NEAR)
    assert proposal.phase is Phase.IDLE
    assert proposal.snapshot.note


def test_a_parked_proposal_stays_parked(proposal: Proposal) -> None:
    proposal.notify_frame(frame("draft"))
    proposal.notify_change(NEAR)
    proposal.notify_frame(frame("late", 2))
    proposal.notify_finished(finished("later"))
    assert proposal.phase is Phase.STALE
    assert proposal.draft is not None
    assert proposal.draft.text == "draft"


@pytest.mark.parametrize(
    "act",
    [
        lambda proposal: proposal.notify_frame(frame("one more")),
        lambda proposal: proposal.notify_finished(finished("new")),
        lambda proposal: proposal.notify_failed("out of memory"),
        lambda proposal: proposal.notify_stopped(),
        lambda proposal: proposal.notify_change(NEAR),
        lambda proposal: proposal.candidates.toggle_old(),
        lambda proposal: proposal.candidates.show_next_frame(-1),
    ],
)
def test_whatever_happens_is_told_once_and_what_is_seen_before_what_is_said(
    proposal: Proposal, act: Callable[[Proposal], None]
) -> None:
    proposal.notify_frame(frame("first"))
    proposal.notify_frame(frame("second"))
    told: list[str] = []
    proposal.look_changed.connect(lambda: told.append("look"))
    proposal.status_changed.connect(lambda: told.append("status"))
    act(proposal)
    assert told == ["look", "status"]


def test_a_change_elsewhere_says_nothing_of_it(proposal: Proposal) -> None:
    told: list[str] = []
    proposal.look_changed.connect(lambda: told.append("look"))
    proposal.status_changed.connect(lambda: told.append("status"))
    proposal.notify_change(FAR)
    assert told == ["look"]


def test_a_frame_of_a_candidate_that_is_not_shown_is_said_and_changes_no_look(
    proposal: Proposal,
) -> None:
    request = replace(proposal.place.request, settings=RunSettings(candidates=2))
    two = Proposal(request, proposal.place.region)
    two.notify_frame(frame("shown"))
    told: list[str] = []
    two.look_changed.connect(lambda: told.append("look"))
    two.status_changed.connect(lambda: told.append("status"))
    two.notify_frame(replace(frame("beside it"), candidate=1))
    assert told == ["status"]
