"""Whatever fails, in whatever way: every job ends once, every question is answered once."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import local_backend
from engine.api import (
    AlternativesFound,
    Answer,
    Branch,
    Cancel,
    Changes,
    Event,
    Failed,
    FailureKind,
    FindAlternatives,
    FindFit,
    Finished,
    Generate,
    Job,
    Load,
    Question,
    QuestionFailed,
    Ready,
    Request,
    Started,
    Steer,
    Unload,
    Unloaded,
)
from engine.service import EngineService
from tests import requests
from tests.engine import faulty
from tests.engine.recorder import Recorder

FINAL = (Ready, Unloaded, Finished, Failed)
PATIENCE_S = 0.4


@pytest.fixture(autouse=True)
def faulty_backend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the engine work with what fails, and let go at the end what hangs by then."""
    faulty.released.clear()
    monkeypatch.setattr(local_backend, "LocalBackend", faulty.FaultyBackend)
    yield
    faulty.released.set()


@pytest.fixture
def events() -> Recorder:
    """What the engine said."""
    return Recorder()


@pytest.fixture
def engine(events: Recorder) -> Iterator[EngineService]:
    """An engine that soon loses its patience."""
    service = EngineService(events, patience_s=PATIENCE_S)
    yield service
    faulty.released.set()
    service.close()


def load(job_id: int, fault: str = "") -> Load:
    return Load(job_id=job_id, folder=fault)


def generate(job_id: int, fault: str = "") -> Generate:
    return requests.generate(
        job_id=job_id, revision=0, before="", region="old", after="", seed=0, instruction=fault
    )


def branch(job_id: int, fault: str = "") -> Branch:
    seed = faulty.NAMES.index(fault)
    return Branch(job_id=job_id, parent=0, candidate=0, step=1, seed=seed)


def ask(question_id: int, job_id: int, fault: str = "") -> FindAlternatives:
    slot = faulty.NAMES.index(fault)
    return FindAlternatives(question_id=question_id, job_id=job_id, candidate=0, step=1, slot=slot)


KINDS = {
    "error": FailureKind.INTERNAL,
    "unspeakable": FailureKind.INTERNAL,
    "memory": FailureKind.OUT_OF_MEMORY,
    "exit": FailureKind.INTERNAL,
    "interrupt": FailureKind.INTERNAL,
    "generator": FailureKind.INTERNAL,
    "recursion": FailureKind.INTERNAL,
    "panic": FailureKind.INTERNAL,
    "silent": FailureKind.INTERNAL,
    "hang": FailureKind.HUNG,
}
WORDS = {"panic": "PanicException", "recursion": "RecursionError", "hang": "no sign of life"}


def faults(*without: str) -> list[object]:
    """Return the faults as parameters, each with the log that it leaves."""
    logs = {"memory": (), "hang": (pytest.mark.expected_log("hangs"),)}
    failed = (pytest.mark.expected_log("1 failed"),)
    return [pytest.param(f, marks=logs.get(f, failed)) for f in KINDS if f not in without]


@pytest.mark.parametrize("fault", faults())
@pytest.mark.parametrize("make", [load, generate, branch])
def test_a_job_that_fails_is_told_why_and_the_next_is_done(engine, events, make, fault) -> None:
    engine.submit(make(1, fault))
    engine.submit(generate(2))
    failed = events.wait(1, *FINAL)
    assert isinstance(failed, Failed)
    assert failed.kind is KINDS[fault]
    assert WORDS.get(fault, "") in failed.message
    assert isinstance(events.wait(2, *FINAL), Finished)
    assert len(events.of(1, *FINAL)) == 1


@pytest.mark.parametrize("fault", faults("silent"))
def test_a_question_that_fails_is_no_end_of_its_job(engine, events, fault) -> None:
    engine.submit(generate(1))
    events.wait(1, Finished)
    engine.submit(ask(1, 1, fault))
    answer = events.answer(1)
    assert isinstance(answer, QuestionFailed)
    assert answer.kind is KINDS[fault]
    engine.submit(ask(2, 1))
    assert isinstance(events.answer(2), AlternativesFound)
    assert len(events.of(1, *FINAL)) == 1


class AsksAtTheStart(Recorder):
    """Asks about job 1 as soon as it has started, with a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = EngineService(self, patience_s=PATIENCE_S)

    def __call__(self, event: Event) -> None:
        super().__call__(event)
        if isinstance(event, Started):
            self.engine.submit(ask(1, 1, "panic"))


@pytest.mark.expected_log("question 1 failed")
def test_a_question_that_fails_in_a_running_job_does_not_end_it() -> None:
    events = AsksAtTheStart()
    events.engine.submit(generate(1))
    assert isinstance(events.wait(1, *FINAL), Finished)
    events.engine.close()
    assert [type(one) for one in events.all if isinstance(one, Answer)] == [QuestionFailed]


@pytest.mark.expected_log("hangs")
def test_after_a_hang_the_model_is_loaded_anew_before_the_next_rewrite(engine, events) -> None:
    engine.submit(load(1, "fine"))
    engine.submit(generate(2, "hang"))
    engine.submit(generate(3))
    engine.submit(generate(4))
    assert events.wait(2, *FINAL).kind is FailureKind.HUNG
    events.wait(4, Finished)
    assert len(events.of(3, Ready)) == 1
    assert not events.of(4, Ready)


@pytest.mark.expected_log("hangs")
def test_what_a_thread_says_after_it_was_given_up_is_dropped(engine, events) -> None:
    hung = engine._worker.thread
    engine.submit(generate(1, "hang"))
    events.wait(1, Failed)
    faulty.released.set()
    hung.join(timeout=10)
    assert not hung.is_alive()
    engine.submit(generate(2))
    events.wait(2, Finished)
    assert not events.of(1, Finished)


@pytest.mark.expected_log("does not end")
def test_a_hung_thread_does_not_hold_up_the_end_of_the_program(monkeypatch, events) -> None:
    monkeypatch.setattr("engine.service.CLOSE_S", 0.2)
    engine = EngineService(events)
    engine.submit(generate(1, "hang"))
    engine.submit(generate(2))
    engine.submit(ask(1, 2))
    events.wait(1, Started)
    engine.close()
    assert [len(events.of(job_id, *FINAL)) for job_id in (1, 2)] == [1, 1]
    assert isinstance(events.answer(1), QuestionFailed)
    faulty.released.set()


def test_a_question_left_over_at_the_end_is_answered(events) -> None:
    engine = EngineService(events)
    engine.submit(generate(1))
    engine.submit(ask(1, 1))
    engine.submit(FindFit(question_id=2, folder="nowhere"))
    engine.close()
    assert sorted(e.question_id for e in events.all if isinstance(e, Answer)) == [1, 2]
    with pytest.raises(RuntimeError, match="closed"):
        engine.submit(ask(3, 1))


MAKERS: dict[str, Callable[[int, int, str], Request]] = {
    "load": lambda number, about, fault: load(number, fault),
    "generate": lambda number, about, fault: generate(number, fault),
    "branch": lambda number, about, fault: branch(number, fault),
    "unload": lambda number, about, fault: Unload(job_id=number),
    "ask": ask,
    "fit": lambda number, about, fault: FindFit(question_id=number, folder="nowhere"),
    "cancel": lambda number, about, fault: Cancel(job_id=about),
    "steer": lambda number, about, fault: Steer(
        job_id=about, candidate=0, step=1, changes=Changes()
    ),
}
ASKED = st.tuples(st.sampled_from(list(MAKERS)), st.integers(0, 11), st.sampled_from(faulty.NAMES))


@pytest.mark.expected_log("failed|hangs")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(ASKED, max_size=12))
def test_every_job_ends_once_and_every_question_is_answered_once(plan) -> None:
    faulty.released.clear()
    events = Recorder()
    engine = EngineService(events, patience_s=PATIENCE_S)
    asked = [MAKERS[name](number, *rest) for number, (name, *rest) in enumerate(plan)]
    for request in asked:
        engine.submit(request)
    engine.submit(generate(99))
    events.wait(99, *FINAL)  # the thread, or its successor, is alive
    faulty.released.set()
    engine.close()
    jobs = [r.job_id for r in asked if isinstance(r, Job)]
    questions = [r.question_id for r in asked if isinstance(r, Question)]
    assert sorted(e.job_id for e in events.all if isinstance(e, FINAL)) == [*jobs, 99]
    assert sorted(e.question_id for e in events.all if isinstance(e, Answer)) == questions
