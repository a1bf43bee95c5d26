"""Nothing collects all of torch's objects while a draft is drawn, and an old model still goes."""

import gc
import weakref

from pytestqt.qtbot import QtBot

from app.engine_model import EngineModel
from engine.api import Failed, FailureKind, Ready
from tests.app.house import MODEL


class Circle:
    """Garbage that only the collector finds, as a model's modules are."""

    def __init__(self) -> None:
        self.own = self


def test_nothing_is_collected_while_a_model_is_loaded(qtbot: QtBot) -> None:
    model = EngineModel()
    model.notify_submitted(1)
    assert not gc.isenabled()
    model.handle(Ready(job_id=1, model=MODEL))
    assert gc.isenabled()


def test_what_a_model_brings_is_not_looked_through_again(qtbot: QtBot) -> None:
    model, brought = EngineModel(), Circle()
    model.notify_submitted(1)
    model.handle(Ready(job_id=1, model=MODEL))
    assert not any(found is brought for found in gc.get_objects())


def test_a_load_that_fails_leaves_the_collector_at_work(qtbot: QtBot) -> None:
    model = EngineModel()
    model.notify_submitted(1)
    model.handle(Failed(job_id=1, kind=FailureKind.MODEL_FOLDER, message="no"))
    assert gc.isenabled()


def test_a_model_that_was_replaced_gives_its_memory_back(qtbot: QtBot) -> None:
    model, old = EngineModel(), Circle()
    model.notify_submitted(1)
    model.handle(Ready(job_id=1, model=MODEL))
    gone = weakref.ref(old)
    model.notify_submitted(2)
    del old
    model.handle(Ready(job_id=2, model=MODEL))
    assert gone() is None


def test_a_model_that_is_unloaded_can_be_found_as_garbage(qtbot: QtBot) -> None:
    model, old = EngineModel(), Circle()
    model.notify_submitted(1)
    model.handle(Ready(job_id=1, model=MODEL))
    model.notify_unloading(2)
    gone = weakref.ref(old)
    del old
    gc.collect()
    assert gone() is None
