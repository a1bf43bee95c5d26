"""The engine's state follows the events of the newest load, in the main thread."""

import gc
import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.engine_bridge import EngineBridge
from app.engine_model import (
    EngineModel,
    LoadingModel,
    ModelFailed,
    ModelReady,
    ModelUnloaded,
    NotStarted,
)
from engine.api import (
    Cancel,
    Close,
    Event,
    EventCallback,
    Failed,
    FailureKind,
    Load,
    Loading,
    MemoryReduced,
    Ready,
    Started,
    Unloaded,
)
from tests.app.house import MODEL, StubService

LOAD = Load(job_id=1, folder="toy")


@pytest.fixture
def model(qtbot: QtBot) -> EngineModel:
    model = EngineModel()
    model.notify_submitted(1)
    return model


def test_a_model_is_loaded(qtbot: QtBot) -> None:
    model, phases = EngineModel(), []
    model.phase_changed.connect(phases.append)
    assert model.phase == NotStarted()
    model.notify_submitted(1)
    model.handle(Loading(job_id=1, stage="weights", fraction=0.5))
    model.handle(Ready(job_id=1, model=MODEL))
    assert phases == [
        LoadingModel("starting", 0.0),
        LoadingModel("weights", 0.5),
        ModelReady(MODEL),
    ]


def test_a_failure_reaches_the_user(qtbot: QtBot, model: EngineModel) -> None:
    with qtbot.waitSignal(model.failed) as failed:
        model.handle(Failed(job_id=1, kind=FailureKind.OUT_OF_MEMORY, message="CUDA out of memory"))
    assert failed.args == ["CUDA out of memory"]
    assert model.phase == ModelFailed("CUDA out of memory")


def test_a_stopped_load_is_no_error(qtbot: QtBot, model: EngineModel) -> None:
    with qtbot.assertNotEmitted(model.failed):
        model.handle(Failed(job_id=1, kind=FailureKind.STOPPED, message="stopped"))


@pytest.mark.parametrize(
    "event",
    [
        Ready(job_id=2, model=MODEL),
        Failed(job_id=2, kind=FailureKind.BAD_REQUEST, message="of a generation"),
    ],
)
def test_other_jobs_change_nothing(qtbot: QtBot, model: EngineModel, event: Event) -> None:
    with qtbot.assertNotEmitted(model.phase_changed), qtbot.assertNotEmitted(model.failed):
        model.handle(event)


def test_a_second_load_takes_the_place_of_the_first(model: EngineModel) -> None:
    model.notify_submitted(2)
    model.handle(Failed(job_id=1, kind=FailureKind.MODEL_FOLDER, message="late"))
    assert isinstance(model.phase, LoadingModel)


def test_a_load_that_fails_leaves_the_model_that_was_there(model: EngineModel) -> None:
    model.handle(Ready(job_id=1, model=MODEL))
    model.notify_submitted(2)
    model.handle(Failed(job_id=2, kind=FailureKind.MODEL_FOLDER, message="no"))
    assert model.phase == ModelReady(MODEL)


def make_bridge() -> tuple[EngineBridge, list[StubService]]:
    services: list[StubService] = []

    def make_service(on_event: EventCallback) -> StubService:
        services.append(StubService(on_event))
        return services[0]

    return EngineBridge(make_service), services


def test_requests_made_before_the_engine_is_there_come_after_the_load(qtbot: QtBot) -> None:
    bridge, services = make_bridge()
    bridge.submit(Cancel(job_id=7))
    assert services == []
    bridge.start(LOAD)
    assert services[0].requests == [LOAD, Cancel(job_id=7)]
    bridge.close()


def test_a_load_starts_an_engine_that_was_never_started(qtbot: QtBot) -> None:
    bridge, services = make_bridge()
    bridge.submit(LOAD)
    assert services[0].requests == [LOAD]
    bridge.close()


def test_events_cross_from_the_engine_thread_in_order(qtbot: QtBot) -> None:
    bridge, services = make_bridge()
    bridge.start(LOAD)
    received: list[Event] = []
    threads = set()

    class Receiver(EngineModel):
        def take(self, event: Event) -> None:
            received.append(event)
            threads.add(QThread.currentThread())

    receiver = Receiver()
    bridge.engine_event.connect(receiver.take)
    events = [Loading(job_id=1, stage=str(n), fraction=n / 100) for n in range(100)]
    thread = threading.Thread(target=lambda: [services[0].emit(event) for event in events])
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(received) == len(events))
    assert received == events
    assert threads == {receiver.thread()}
    bridge.close()


def test_a_closed_bridge_has_closed_its_engine_and_takes_nothing_more(qtbot: QtBot) -> None:
    bridge, services = make_bridge()
    bridge.start(LOAD)
    bridge.close()
    bridge.submit(Cancel(job_id=1))
    bridge.start(LOAD)
    assert services[0].requests == [LOAD, Close()]


def test_closing_joins_the_real_engine_thread(qtbot: QtBot) -> None:
    bridge = EngineBridge()
    bridge.submit(Cancel(job_id=1))
    bridge.start(Load(job_id=2, folder="no such folder"))
    bridge.close()
    names = {thread.name for thread in threading.enumerate()}
    assert "inlay-engine" not in names


def test_a_model_that_is_laid_out_anew_for_a_job_is_followed_until_it_is_there(
    qtbot: QtBot, model: EngineModel
) -> None:
    model.handle(Ready(job_id=1, model=MODEL))
    with qtbot.waitSignal(model.memory_reduced) as told:
        model.handle(MemoryReduced(job_id=7, message="int4"))
    assert told.args == ["int4"]
    model.handle(Loading(job_id=7, stage="weights", fraction=0.5))
    assert model.phase == LoadingModel("weights", 0.5)
    smaller = replace(MODEL, bytes=2)
    model.handle(Ready(job_id=7, model=smaller))
    model.handle(Started(job_id=7, num_slots=1, max_steps=1, encode_ms=1.0))
    assert model.phase == ModelReady(smaller)


def test_a_model_that_could_not_be_laid_out_anew_is_loaded_by_the_next_rewrite(
    model: EngineModel,
) -> None:
    model.handle(Ready(job_id=1, model=MODEL))
    model.handle(MemoryReduced(job_id=7, message="int4"))
    model.handle(Unloaded(job_id=7))
    model.handle(Failed(job_id=7, kind=FailureKind.OUT_OF_MEMORY, message="no room"))
    assert model.phase == ModelUnloaded(MODEL)
    assert gc.isenabled()


def test_a_load_that_waits_is_still_followed_after_another_job_found_no_room(
    model: EngineModel,
) -> None:
    model.handle(MemoryReduced(job_id=7, message="int4"))
    model.handle(Ready(job_id=7, model=MODEL))
    model.handle(Loading(job_id=1, stage="weights", fraction=0.5))
    assert isinstance(model.phase, LoadingModel)
