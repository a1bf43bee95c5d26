"""A card that runs out of memory in the middle of a job: the model takes less, and nothing is lost.

The processor stands for the card: models are placed on it as on one, on the twins of its kernels.
"""

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.api import (
    Branch,
    Cancel,
    CanvasUpdated,
    Event,
    Failed,
    FailureKind,
    Finished,
    FinishReason,
    Load,
    Loading,
    MemoryReduced,
    Ready,
    Started,
    Unload,
    Unloaded,
)
from engine.checkpoints.plan import LADDER
from engine.denoiser import Denoising
from engine.loaders import architectures, loading, local_backend
from engine.loaders.placing import place
from engine.local_backend import LocalBackend
from engine.service import EngineService
from tests.engine.test_service import engine, events, generate
from tests.tiny import write_folder

__all__ = ["engine", "events"]  # fixtures

FREE = 2**40
STEPS_BEFORE = 2  # that succeed


class Card:
    """The memory of a card, as far as it goes wrong."""

    def __init__(self) -> None:
        self.failures = 0  # steps to come that have no room
        self.is_lost = False  # whether no model finds room any more
        self.models: list[weakref.ref[torch.nn.Module]] = []
        self.loads: list[str] = []  # the formats of each
        self.steps = 0
        self.before_failing: Callable[[], None] = lambda: None

    def step(self) -> None:
        self.steps += 1
        if self.failures and self.steps > STEPS_BEFORE:
            self.failures -= 1
            self.steps = 0
            self.before_failing()
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    def loaded(self, model: torch.nn.Module, formats: str) -> None:
        if self.is_lost:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        assert not any(one() is not None for one in self.models), "two models have no room"
        self.models.append(weakref.ref(model))
        self.loads.append(formats)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Card:
    """The processor as a card of a TiB."""
    card, step, load = Card(), Denoising.step, architectures.load_placed
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("INLAY_KERNELS", "twins")
    for module in (loading, local_backend):
        monkeypatch.setattr(module, "free_bytes", lambda device: FREE)
        monkeypatch.setattr(module, "place_model", lambda folder, device: place(folder, FREE))

    def stepping(denoising: Denoising, **options: object) -> object:
        card.step()
        return step(denoising, **options)

    def loading_placed(folder, placement, device, progress):
        gc.collect()
        found = load(folder, placement, device, progress)
        card.loaded(found.model, str(placement.plan.residency))
        return found

    monkeypatch.setattr(Denoising, "step", stepping)
    monkeypatch.setattr(architectures, "load_placed", loading_placed)
    return card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "tiny", hidden_size=64, moe_intermediate_size=32)


@pytest.fixture
def loaded(engine: EngineService, folder: Path, card: Card) -> EngineService:
    """An engine with a model on the card."""
    engine.submit(Load(job_id=1, folder=str(folder)))
    return engine


def kinds(found: list[Event]) -> list[type]:
    """Return the kinds of events, each as often as it changes."""
    return [type(e) for i, e in enumerate(found) if not i or type(e) is not type(found[i - 1])]


def test_the_same_job_runs_again_on_a_model_that_takes_less(loaded, events, card) -> None:
    card.failures = 1
    loaded.submit(generate(2))
    finished = events.wait(2, Finished, Failed)
    assert isinstance(finished, Finished)
    assert card.loads == [str(LADDER[0]), str(LADDER[1])]
    assert kinds(events.of(2, Started, CanvasUpdated, MemoryReduced, Loading, Ready, Finished)) == [
        *(Started, CanvasUpdated, MemoryReduced, Loading, Ready),
        *(Started, CanvasUpdated, Finished),
    ]
    assert "experts int8" in events.of(2, MemoryReduced)[0].message
    second = events.all[events.all.index(events.of(2, Started)[1]) :]
    steps = [event.step for event in second if isinstance(event, CanvasUpdated)]
    assert steps == list(range(1, finished.steps + 1))


def test_a_job_is_tried_once_more_and_not_for_ever(loaded, events, card) -> None:
    card.failures = 2
    loaded.submit(generate(2))
    failed = events.wait(2, Finished, Failed)
    assert isinstance(failed, Failed)
    assert failed.kind is FailureKind.OUT_OF_MEMORY
    assert "Select less text" in failed.message
    assert len(events.of(2, MemoryReduced)) == 1
    loaded.submit(generate(3))
    assert isinstance(events.wait(3, Finished, Failed), Finished)


def test_every_job_can_have_one_step_of_the_ladder_until_it_ends(loaded, events, card) -> None:
    for job_id in range(2, 2 + len(LADDER)):
        card.failures = 1
        loaded.submit(generate(job_id))
        last = events.wait(job_id, Finished, Failed)
    assert card.loads == [str(residency) for residency in LADDER]
    assert isinstance(last, Failed)
    assert last.kind is FailureKind.OUT_OF_MEMORY
    loaded.submit(generate(99))
    assert isinstance(events.wait(99, Finished, Failed), Finished)


def test_a_model_that_is_brought_back_stays_as_small_as_it_had_to_be(
    loaded, events, card, folder
) -> None:
    card.failures = 1
    loaded.submit(generate(2))
    loaded.submit(Unload(job_id=3))
    loaded.submit(Load(job_id=4, folder=str(folder)))
    events.wait(4, Ready)
    assert card.loads[1:] == [str(LADDER[1])] * 2


def test_a_job_stopped_while_the_model_is_laid_out_anew_ends_as_one_that_was_stopped(
    loaded, events, card
) -> None:
    card.failures = 1
    card.before_failing = lambda: loaded.submit(Cancel(job_id=2))
    loaded.submit(generate(2))
    finished = events.wait(2, Finished, Failed)
    assert (finished.reason, finished.text) == (FinishReason.CANCELLED, "two")
    assert kinds(events.of(2, MemoryReduced, Loading, Ready, Unloaded)) == [MemoryReduced, Unloaded]


def test_a_model_that_finds_no_room_any_more_is_unloaded(loaded, events, card) -> None:
    card.failures = 1
    card.before_failing = lambda: setattr(card, "is_lost", True)
    loaded.submit(generate(2))
    failed = events.wait(2, Finished, Failed)
    assert failed.kind is FailureKind.OUT_OF_MEMORY
    assert len(events.of(2, Unloaded)) == 1


def test_a_branch_says_that_it_has_to_begin_anew(loaded, events, card) -> None:
    loaded.submit(generate(2))
    events.wait(2, Finished)
    card.failures, card.steps = 1, STEPS_BEFORE
    loaded.submit(Branch(job_id=3, parent=2, candidate=0, step=1, seed=5))
    failed = events.wait(3, Finished, Failed)
    assert failed.kind is FailureKind.OUT_OF_MEMORY
    assert "draft the region anew" in failed.message
    loaded.submit(generate(4))
    assert isinstance(events.wait(4, Finished, Failed), Finished)


def test_a_long_context_is_shortened_before_the_weights_are_touched(folder, card, events) -> None:
    (folder / "inlay.json").unlink()
    under_test = LocalBackend(events)
    under_test.load(Load(job_id=1, folder=str(folder)), lambda: False)
    before = under_test._loaded.placement
    under_test._step_down(2, before.context, lambda: False)
    after = under_test._loaded.placement
    assert after.context == before.context // 2 > 8192
    assert after.plan.residency == before.plan.residency
    assert kinds(events.of(2, MemoryReduced, Loading, Ready)) == [MemoryReduced, Ready]
    assert len(card.loads) == 1


def test_a_load_that_finds_less_room_than_was_planned_takes_less(engine, events, folder, card):
    failures = [torch.OutOfMemoryError("CUDA out of memory.")] * 2
    loaded = card.loaded

    def cramped(model: torch.nn.Module, formats: str) -> None:
        if failures:
            raise failures.pop()
        loaded(model, formats)

    card.loaded = cramped
    engine.submit(Load(job_id=1, folder=str(folder)))
    assert isinstance(events.wait(1, Ready, Failed), Ready)
    assert card.loads == [str(LADDER[2])]


def test_a_processor_that_has_no_memory_says_so_and_keeps_its_model(
    engine, events, folder, monkeypatch
) -> None:
    def step(denoising: Denoising, **_: object) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    engine.submit(Load(job_id=1, folder=str(folder)))
    with monkeypatch.context() as patch:
        patch.setattr(Denoising, "step", step)
        engine.submit(generate(2))
        failed = events.wait(2, Finished, Failed)
    assert failed.kind is FailureKind.OUT_OF_MEMORY
    engine.submit(generate(3))
    assert isinstance(events.wait(3, Finished, Failed), Finished)
