"""The engine gives memory back, makes room for another model, and says what would fit."""

import gc
import weakref
from pathlib import Path

import pytest
import torch

from engine import local_backend
from engine.api import (
    Failed,
    FailureKind,
    FindFit,
    Finished,
    FitFound,
    Load,
    QuestionFailed,
    Ready,
    Unload,
    Unloaded,
)
from engine.hub.converted import name_of
from engine.loading import LoadedModel
from engine.service import EngineService
from tests.engine.recorder import Recorder
from tests.engine.test_service import engine, events, folder, generate

__all__ = ["engine", "events", "folder"]  # fixtures


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> "list[weakref.ref[torch.nn.Module]]":
    """Every model that was loaded, as far as it is still in memory."""
    seen: list[weakref.ref[torch.nn.Module]] = []
    load = local_backend.load_model

    def noting(*args: object, **named: object) -> LoadedModel:
        loaded = load(*args, **named)  # type: ignore[arg-type]
        seen.append(weakref.ref(loaded.checkpoint.model))
        return loaded

    monkeypatch.setattr(local_backend, "load_model", noting)
    return seen


def in_memory(models: "list[weakref.ref[torch.nn.Module]]") -> int:
    gc.collect()
    return sum(model() is not None for model in models)


def test_unloading_gives_the_memory_back_and_a_load_brings_it_again(
    engine: EngineService,
    events: Recorder,
    folder: Path,
    models: "list[weakref.ref[torch.nn.Module]]",
) -> None:
    engine.submit(Load(job_id=1, folder=str(folder)))
    engine.submit(generate(2))
    engine.submit(Unload(job_id=3))
    events.wait(3, Unloaded)
    assert in_memory(models) == 0
    engine.submit(generate(4))
    failed = events.wait(4, Finished, Failed)
    assert isinstance(failed, Failed)
    assert failed.kind is FailureKind.NOT_READY
    engine.submit(Load(job_id=5, folder=str(folder)))
    engine.submit(generate(6))
    assert isinstance(events.wait(6, Finished, Failed), Finished)


def test_unloading_what_was_never_loaded_ends_well(engine: EngineService, events: Recorder) -> None:
    engine.submit(Unload(job_id=1))
    assert events.wait(1, Unloaded, Failed) == Unloaded(job_id=1)


def test_where_two_models_have_no_room_the_old_one_goes_first(
    monkeypatch: pytest.MonkeyPatch, events: Recorder, folder: Path
) -> None:
    load = local_backend.load_model
    room = [True]

    def cramped(*args: object, **named: object) -> LoadedModel:
        if not room[0] and under_test._loaded is not None:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return load(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(local_backend, "load_model", cramped)
    under_test = local_backend.LocalBackend(events)
    under_test.load(Load(job_id=1, folder=str(folder)), lambda: False)
    room[0] = False
    under_test.load(Load(job_id=2, folder=str(folder)), lambda: False)
    assert len(events.of(2, Ready)) == 1


def test_a_fit_is_found_between_two_jobs_and_without_a_model(
    engine: EngineService, events: Recorder, folder: Path
) -> None:
    engine.submit(FindFit(question_id=1, folder=str(folder)))
    found = events.answer(1)
    assert isinstance(found, FitFound)
    assert found.fits


def test_a_fit_of_a_folder_without_a_model_fails_with_words(
    engine: EngineService, events: Recorder, tmp_path: Path
) -> None:
    engine.submit(FindFit(question_id=1, folder=str(tmp_path)))
    failed = events.answer(1)
    assert isinstance(failed, QuestionFailed)
    assert failed.kind is FailureKind.MODEL_FOLDER


def test_a_model_of_links_into_a_cache_is_read_like_any_other(
    engine: EngineService, events: Recorder, folder: Path, tmp_path: Path
) -> None:
    blobs, snapshot = tmp_path / "blobs", tmp_path / "models--some--tuned" / "snapshots" / "a"
    blobs.mkdir()
    snapshot.mkdir(parents=True)
    for number, path in enumerate(folder.iterdir()):
        (blobs / str(number)).write_bytes(path.read_bytes())
        (snapshot / path.name).symlink_to(blobs / str(number))
    engine.submit(Load(job_id=1, folder=str(snapshot)))
    assert isinstance(events.wait(1, Ready, Failed), Ready)
    assert name_of(snapshot) == "tuned"
