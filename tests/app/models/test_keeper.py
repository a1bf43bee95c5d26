"""The model in use: remembered, given up when idle, brought back, replaced when it fails."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models import keeper
from app.models.keeper import embedded_model
from engine.api import (
    Failed,
    FailureKind,
    Finished,
    FinishReason,
    Generate,
    Load,
    MemoryReduced,
    ModelInfo,
    Ready,
    Request,
    Unload,
    Unloaded,
)
from tests.app.house import MODEL, House


@pytest.fixture
def running(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A window whose model is loaded and whose minutes are short."""
    monkeypatch.setattr(keeper, "MINUTE_MS", 30)
    house.window.keeper.load(Path("toy"))
    ready(house)
    return house


def requests(house: House) -> list[Request]:
    return house.services[0].requests


def ready(house: House, **changes: str) -> None:
    load = [request for request in requests(house) if isinstance(request, Load)][-1]
    values = {name: getattr(MODEL, name) for name in MODEL.__dataclass_fields__}
    model = ModelInfo(**{**values, "folder": load.folder, **changes})
    house.services[0].emit(Ready(job_id=load.job_id, model=model))


def fail(house: House, kind: FailureKind = FailureKind.MODEL_FOLDER) -> None:
    load = [request for request in requests(house) if isinstance(request, Load)][-1]
    house.services[0].emit(Failed(job_id=load.job_id, kind=kind, message="It is broken."))


def unload(qtbot: QtBot, house: House) -> None:
    house.settings.set_value("unload_minutes", 1)
    qtbot.waitUntil(lambda: isinstance(requests(house)[-1], Unload))
    job_id = [request for request in requests(house) if isinstance(request, Unload)][-1].job_id
    house.services[0].emit(Unloaded(job_id=job_id))


def test_an_idle_model_is_unloaded_and_the_status_line_says_so(
    qtbot: QtBot, running: House
) -> None:
    unload(qtbot, running)
    assert running.window.status_line.model.text() == "toy · unloaded until the next rewrite"


def test_the_next_rewrite_brings_it_back(qtbot: QtBot, running: House) -> None:
    unload(qtbot, running)
    running.type("some words")
    running.tab.session.regenerate()
    kinds = [type(request) for request in requests(running)[-2:]]
    assert kinds == [Load, Generate]
    assert running.window.keeper.folder == Path("toy")


def test_a_model_at_work_is_not_unloaded(qtbot: QtBot, running: House) -> None:
    running.settings.set_value("unload_minutes", 1)
    running.type("some words")
    running.tab.session.regenerate()
    job = requests(running)[-1]
    assert isinstance(job, Generate)
    qtbot.wait(120)
    assert not any(isinstance(request, Unload) for request in requests(running))
    done = Finished(
        job_id=job.job_id,
        reason=FinishReason.CONVERGED,
        text="x",
        spans=(),
        steps=1,
        tokens=1,
        ms=1.0,
    )
    running.services[0].emit(done)
    qtbot.waitUntil(lambda: isinstance(requests(running)[-1], Unload))


def test_a_server_is_not_unloaded(qtbot: QtBot, running: House) -> None:
    ready(running, server="http://localhost:1")
    running.settings.set_value("unload_minutes", 1)
    qtbot.wait(120)
    assert not any(isinstance(request, Unload) for request in requests(running))


def test_with_no_minutes_it_stays(qtbot: QtBot, running: House) -> None:
    running.settings.set_value("unload_minutes", 1)
    running.settings.set_value("unload_minutes", 0)
    qtbot.wait(120)
    assert not any(isinstance(request, Unload) for request in requests(running))


def test_what_was_not_chosen_is_not_remembered(running: House) -> None:
    assert running.settings.model_folder == ""


def test_the_chosen_model_is_the_next_starts(running: House, tmp_path: Path) -> None:
    running.window.keeper.use(tmp_path)
    ready(running)
    assert running.window.keeper.remembered() == tmp_path


def test_a_model_that_fails_leaves_the_one_there_was(running: House, tmp_path: Path) -> None:
    running.window.keeper.use(tmp_path)
    fail(running)
    assert running.messages == ["It is broken."]
    assert running.window.keeper.folder == Path(MODEL.folder)
    assert running.settings.model_folder == ""


def test_a_first_model_that_fails_makes_room_for_the_embedded_one(house: House) -> None:
    house.window.keeper.load(Path("broken"))
    fail(house)
    ready(house)
    assert house.window.keeper.folder == embedded_model()
    assert house.messages == ["It is broken."]


def test_a_remembered_folder_that_is_gone_is_told_and_replaced(
    house: House, tmp_path: Path
) -> None:
    house.settings.model_folder = str(tmp_path / "gone")
    assert house.window.keeper.remembered() == embedded_model()
    assert "is not there any more" in house.messages[0]
    assert house.settings.model_folder == str(tmp_path / "gone")  # its disk may come back


def test_a_server_in_use_is_no_model_of_the_list(running: House) -> None:
    ready(running, server="http://localhost:1")
    assert running.window.keeper.folder is None


def test_a_card_that_ran_out_of_memory_is_told(running: House) -> None:
    running.services[0].emit(
        MemoryReduced(job_id=99, message="Until Inlay is started again: int4.")
    )
    assert running.messages == [
        "The graphics card ran out of memory, so the model now takes less of it. "
        "Until Inlay is started again: int4."
    ]
