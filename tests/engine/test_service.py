"""The engine thread: final events, cancelling, errors that it survives."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.api import (
    Branch,
    Cancel,
    CandidateFinished,
    CanvasUpdated,
    Changes,
    Event,
    Failed,
    FailureKind,
    FindAlternatives,
    Finished,
    FinishReason,
    Generate,
    Load,
    Loading,
    Ready,
    SamplerOptions,
    SlotChoice,
    Started,
    Steer,
)
from engine.local_backend import LocalBackend
from engine.service import EngineService
from tests import requests
from tests.engine.recorder import Recorder
from tests.tiny import write_folder

FINAL = (Ready, Finished, Failed)
SLOW = SamplerOptions(max_denoising_steps=1000, confidence_threshold=1e-9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model folder."""
    return write_folder(tmp_path_factory.mktemp("model"))


@pytest.fixture
def events() -> Recorder:
    """What the engine said."""
    return Recorder()


@pytest.fixture
def engine(events: Recorder) -> Iterator[EngineService]:
    """A running engine, closed after the test."""
    service = EngineService(events)
    yield service
    service.close()


def generate(job_id: int, **fields) -> Generate:
    """Return a request to rewrite a word."""
    defaults = {"revision": 0, "before": "one ", "region": "two", "after": " three", "seed": 1}
    return requests.generate(job_id=job_id, **{**defaults, **fields})


def test_a_load_and_a_generation_run_to_their_ends(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2))
    finished = events.wait(2, *FINAL)
    ready = events.of(1, Ready)[0]
    assert ready.model.name == "tiny"
    assert events.of(1, Loading)[-1].fraction == 1.0
    assert isinstance(finished, Finished)
    steps = events.of(2, CanvasUpdated)
    assert [step.step for step in steps] == list(range(1, finished.steps + 1))
    assert finished.text == steps[-1].text
    assert events.of(2, Started)[0].num_slots == finished.tokens


def test_how_wide_soft_edges_are_is_said_before_the_first_frame(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    texts = {"before": "here is one ", "region": "two", "after": " three and more"}
    engine.submit(generate(2, soft_edge=1, **texts))
    finished = events.wait(2, Finished, Failed)
    (started,) = events.of(2, Started)
    assert (started.soft_before, started.soft_after) == (5, 6)
    assert (finished.soft_before, finished.soft_after) == (5, 6)


def test_cancelling_stops_within_one_step_and_keeps_the_draft(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SLOW))
    events.wait(2, CanvasUpdated)
    engine.submit(Cancel(job_id=2))
    seen = len(events.of(2, CanvasUpdated))
    finished = events.wait(2, Finished)
    assert finished.reason is FinishReason.CANCELLED
    assert len(events.of(2, CanvasUpdated)) <= seen + 1
    assert finished.text == events.of(2, CanvasUpdated)[-1].text


def test_a_job_cancelled_while_it_waits_gives_its_region_back(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SLOW))
    engine.submit(generate(3))
    engine.submit(Cancel(job_id=3))
    engine.submit(Cancel(job_id=2))
    finished = events.wait(3, *FINAL)
    assert (finished.text, finished.steps) == ("two", 0)
    assert not events.of(3, Started, CanvasUpdated)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_every_accepted_job_ends_exactly_once(folder, plan) -> None:
    """Whatever is loaded, missing, bad or cancelled, in whatever order, and closed on top."""
    events = Recorder()
    engine = EngineService(events)
    for job_id, (is_load, is_bad) in enumerate(plan):
        target = str(folder / "nowhere" if is_bad else folder)
        slots = 0 if is_bad else None
        job = Load(job_id=job_id, folder=target) if is_load else generate(job_id, num_slots=slots)
        engine.submit(job)
        if job_id % 2:
            engine.submit(Cancel(job_id=job_id))
    engine.close()
    assert [len(events.of(job_id, *FINAL)) for job_id in range(len(plan))] == [1] * len(plan)


def test_closing_ends_running_and_waiting_jobs(events, folder) -> None:
    engine = EngineService(events)
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SLOW))
    engine.submit(generate(3))
    engine.submit(Load(job_id=4, folder=str(folder)))
    events.wait(2, CanvasUpdated)
    engine.close()
    assert [e.reason for e in events.of(2, Finished) + events.of(3, Finished)] == (
        [FinishReason.CANCELLED] * 2
    )
    assert events.of(4, Failed)[0].kind is FailureKind.STOPPED
    with pytest.raises(RuntimeError, match="closed"):
        engine.submit(generate(5))


@pytest.mark.parametrize(
    ("job", "kind", "words"),
    [
        (Load(job_id=1, folder="nowhere"), FailureKind.MODEL_FOLDER, "no model folder"),
        (Load(job_id=1, folder="nowhere", device="cuda"), FailureKind.MODEL_FOLDER, "CUDA"),
        (generate(1), FailureKind.NOT_READY, "No model is loaded"),
    ],
)
def test_foreseen_errors_carry_their_remedy(engine, events, job, kind, words) -> None:
    engine.submit(job)
    failed = events.wait(1, Failed)
    assert failed.kind is kind
    assert words in failed.message


@pytest.mark.parametrize(
    "options",
    [
        {"t_min": 2.0},
        {"max_denoising_steps": 0},
        {"entropy_bound": -1.0},
        {"stability_threshold": -1},
    ],
)
def test_impossible_options_fail_and_the_thread_lives_on(engine, events, folder, options) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SamplerOptions(**options)))
    engine.submit(generate(3))
    assert events.wait(2, *FINAL).kind is FailureKind.BAD_REQUEST
    assert isinstance(events.wait(3, *FINAL), Finished)


@pytest.mark.expected_log("job 7 failed")
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (KeyError("oops"), FailureKind.INTERNAL),
    ],
)
def test_an_unforeseen_error_is_told_and_logged(engine, events, monkeypatch, error, kind) -> None:
    check_failure(engine, events, monkeypatch, error, kind)


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("CUDA out of memory. Tried to allocate 2 GiB")],
)
def test_memory_errors_say_what_to_do(engine, events, monkeypatch, error) -> None:
    message = check_failure(engine, events, monkeypatch, error, FailureKind.OUT_OF_MEMORY)
    assert "Select less text" in message


def check_failure(engine, events, monkeypatch, error, kind) -> str:
    """Make a generation raise; the next one must still be carried out."""

    def explode(*_: object) -> None:
        raise error

    monkeypatch.setattr(LocalBackend, "generate", explode)
    engine.submit(generate(7))
    failed = events.wait(7, *FINAL)
    monkeypatch.undo()
    engine.submit(generate(8))
    assert events.wait(8, Failed).kind is FailureKind.NOT_READY
    assert failed.kind is kind
    return failed.message


def test_a_failed_load_keeps_the_old_model(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(Load(job_id=2, folder="nowhere"))
    engine.submit(generate(3))
    assert isinstance(events.wait(3, *FINAL), Finished)


def test_submitting_returns_at_once_and_events_come_from_the_thread(events, folder) -> None:
    threads: set[str] = set()
    engine = EngineService(
        lambda event: (threads.add(threading.current_thread().name), events(event))
    )
    engine.submit(Load(job_id=1, folder=str(folder)))
    assert not events.of(1, Ready)
    events.wait(1, Ready)
    engine.close()
    assert threads == {"inlay-engine"}


def test_a_job_id_in_use_is_refused(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SLOW))
    with pytest.raises(RuntimeError, match="job 2"):
        engine.submit(generate(2))
    engine.submit(Cancel(job_id=2))
    events.wait(2, Finished)


class CancelsAt(Recorder):
    """Cancels job 2 in the middle of its `frame`-th frame."""

    def __init__(self, frame: int) -> None:
        super().__init__()
        self.frame = frame
        self.engine = EngineService(self)

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if isinstance(event, CanvasUpdated) and event.step == self.frame:
            self.engine.submit(Cancel(job_id=event.job_id))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=st.integers(1, 6), region=st.text(max_size=20), after=st.text(max_size=20))
def test_no_frame_follows_the_one_in_which_a_job_was_cancelled(
    folder, frame, region, after
) -> None:
    events = CancelsAt(frame)
    events.engine.submit(Load(job_id=1, folder=str(folder)))
    events.engine.submit(generate(2, region=region, after=after, sampler=SLOW))
    finished = events.wait(2, *FINAL)
    events.engine.close()
    assert finished.reason is FinishReason.CANCELLED
    assert finished.steps == len(events.of(2, CanvasUpdated)) == frame


def test_a_pin_takes_effect_within_one_step(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SLOW, num_slots=4))
    seen = events.wait(2, CanvasUpdated)
    pins = tuple(SlotChoice(slot=span.slot) for span in seen.spans)
    engine.submit(Steer(job_id=2, candidate=0, step=seen.step, changes=Changes(pin=pins)))
    count = len(events.of(2, CanvasUpdated))
    while not any(span.pinned for span in events.wait(2, CanvasUpdated).spans):
        pass
    engine.submit(Cancel(job_id=2))
    first = next(
        step for step in events.of(2, CanvasUpdated) if any(span.pinned for span in step.spans)
    )
    assert first.step <= count + 2
    assert texts_of(seen).items() <= texts_of(first).items()


def test_candidates_come_as_they_finish_and_end_sorted(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, candidates=3))
    finished = events.wait(2, *FINAL)
    came = events.of(2, CandidateFinished)
    assert sorted(one.candidate for one in came) == [0, 1, 2]
    assert {step.candidate for step in events.of(2, CanvasUpdated)} == {0, 1, 2}
    totals = [one.score.total for one in finished.candidates]
    assert totals == sorted(totals, reverse=True)
    assert finished.text == finished.candidates[0].text
    texts = [one.text for one in finished.candidates]
    assert len(set(texts)) == len(texts)


def test_a_finished_job_can_be_asked_and_branched_from(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2))
    finished = events.wait(2, Finished)
    slot = finished.spans[0].slot
    asked = {"candidate": 0, "step": finished.steps, "slot": slot, "count": 4}
    engine.submit(FindAlternatives(question_id=2, job_id=2, **asked))
    options = events.answer(2).options
    assert 1 <= len(options) <= 4
    assert 0 in {option.rank for option in options}
    shares = [option.probability for option in options]
    assert shares == sorted(shares, reverse=True)
    changes = Changes(renoise=(slot,))
    engine.submit(
        Branch(
            job_id=3,
            parent=2,
            candidate=0,
            step=finished.steps,
            seed=9,
            changes=changes,
            holds_rest=True,
        )
    )
    branched = events.wait(3, *FINAL)
    assert isinstance(branched, Finished)
    before, after = texts_of(finished), texts_of(branched)
    assert {s: t for s, t in before.items() if s != slot} == (
        {s: t for s, t in after.items() if s != slot}
    )


def texts_of(event: Finished | CanvasUpdated) -> dict[int, str]:
    """Return the text of each slot that has one."""
    return {span.slot: event.text[span.start : span.end] for span in event.spans}


def test_a_branch_from_a_job_that_is_forgotten_fails_clearly(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(Branch(job_id=2, parent=77, candidate=0, step=1, seed=1))
    failed = events.wait(2, *FINAL)
    assert (failed.kind, "not remembered" in failed.message) == (FailureKind.BAD_REQUEST, True)
    engine.submit(FindAlternatives(question_id=1, job_id=77, candidate=0, step=1, slot=0))
    assert events.answer(1).options == ()


def test_the_second_request_at_a_place_encodes_only_what_changed(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, before="one two three four "))
    engine.submit(generate(3, before="one two three fiver "))
    events.wait(3, *FINAL)
    first, second = (events.of(job_id, Started)[0] for job_id in (2, 3))
    assert first.reused_tokens == 0
    assert second.reused_tokens > second.encoded_tokens > 0


def test_a_cancelled_job_keeps_the_drafts_of_all_candidates(engine, events, folder) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2, sampler=SLOW, candidates=2))
    events.wait(2, CanvasUpdated)
    engine.submit(Cancel(job_id=2))
    finished = events.wait(2, Finished)
    assert finished.reason is FinishReason.CANCELLED
    assert {one.candidate for one in finished.candidates} <= {0, 1}
    assert finished.candidates[0].score is None
