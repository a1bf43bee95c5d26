"""The training: reproducible, resumed to the last bit, and the best of it kept."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.background import Control
from engine.errors import BadRequestError
from engine.teach.checkpoint import FILE, Checkpoint, Plan, read_checkpoint
from engine.teach.rows import Rows
from engine.teach.trainer import Trainer
from tests.tiny_student import student, write_model

SOURCE = "these texts"


def plan(steps: int = 6, **other: object) -> Plan:
    values = {"sequences": 2, "seed": 3, "learning_rate": 1e-2, "warmup": 2, "looks": 3}
    return Plan(**{"steps": steps, "decay_share": 0.5, **values, **other})


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


class Stopped(Control):
    """Stops a run after so many looks at it."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def wait_while_paused(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.stop()


def trained(
    model: Path, folder: Path, control: Control | None = None, lanes: int = 2, **other: object
) -> Checkpoint:
    """Train, or go on; return what it came to."""
    tokens = np.random.default_rng(1).integers(3, 120, 900)
    rows = Rows(tokens, 64, seed=3)
    pupil = student(model)
    trainer = Trainer(pupil, rows, Rows(tokens[:200], 64, 3).spread(2), lanes=lanes)
    try:
        kept = read_checkpoint(folder, SOURCE) or trainer.begin(plan(**other), SOURCE)
        trainer.run(kept, folder, control or Control(), lambda what: None)
    finally:
        trainer.close()
    return kept


def same(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two trainings came to the same, but for how long they took."""
    states = [kept.state.model_dump(exclude={"seconds"}) for kept in (one, other)]
    return states[0] == states[1] and all(
        torch.equal(tensor, other.tensors[group][name])
        for group, tensors in one.tensors.items()
        for name, tensor in tensors.items()
    )


def test_the_same_seed_learns_the_same_and_another_does_not(model, tmp_path) -> None:
    one, again = (trained(model, tmp_path / name) for name in "ab")
    assert same(one, again)
    assert not same(one, trained(model, tmp_path / "c", seed=4))


def test_it_makes_no_difference_how_many_threads_work(model, tmp_path) -> None:
    assert same(trained(model, tmp_path / "a", lanes=1), trained(model, tmp_path / "b", lanes=2))


def test_stopped_anywhere_and_taken_up_it_ends_as_if_it_had_not_been(model, tmp_path) -> None:
    whole = trained(model, tmp_path / "whole")
    for looks in range(6):
        part = trained(model, tmp_path / "part", Stopped(looks % 3 + 1))
        assert part.state.step <= 6
    assert part.state.step == 6
    assert same(trained(model, tmp_path / "part"), whole)


def test_the_loss_falls_and_the_best_is_kept(model, tmp_path) -> None:
    kept = trained(model, tmp_path, steps=24, looks=6)
    losses = dict(kept.state.curve)
    assert list(losses) == [0, 4, 8, 12, 16, 20, 24]
    assert losses[kept.state.best] == min(losses.values()) < losses[0]


def test_what_is_only_made_worse_leaves_what_was_there_before(model, tmp_path, monkeypatch) -> None:
    # Of a tiny model that is led astray no loss is sure to rise.
    worse = iter([1.0, 3.0, 2.0, 4.0])
    monkeypatch.setattr(Trainer, "held_out_loss", lambda self, plan: next(worse))
    kept = trained(model, tmp_path, steps=12)
    fresh = student(model).trained
    assert kept.state.best == 0
    assert all(torch.equal(kept.tensors["best"][name], half) for name, half in fresh.items())
    assert not torch.equal(*[group[min(fresh)] for group in (kept.tensors["trained"], fresh)])


def test_a_loss_that_is_no_number_ends_the_training_with_words(model, tmp_path) -> None:
    with pytest.raises(BadRequestError, match="another seed"):
        trained(model, tmp_path, steps=12, learning_rate=1e18, warmup=1)


def test_a_step_is_adamws(model, tmp_path) -> None:
    """Against torch's own optimizer on the same gradients."""
    rates = {"steps": 3, "looks": 1, "decay_share": 0.0, "warmup": 1}
    tokens = np.random.default_rng(1).integers(3, 120, 900)
    trainer = Trainer(student(model), Rows(tokens, 64, 3), [torch.arange(64) + 3], lanes=1)
    ours = plan(**rates)
    expected = [half.detach().clone() for half in student(model).trained.values()]
    adam = torch.optim.AdamW(expected, lr=1e-2, betas=(0.9, 0.98), weight_decay=0.0)
    kept = trainer.begin(ours, SOURCE)

    def gradients(plan_: Plan, step: int) -> list[Tensor]:
        random = torch.Generator().manual_seed(step)
        found = [torch.randn(half.shape, generator=random) for half in expected]
        length = torch.cat([one.flatten() for one in found]).norm()
        for half, one in zip(expected, found, strict=True):
            half.grad = one / length  # cut to a length of one
        adam.step()
        return found

    trainer._gradients = gradients
    trainer.run(kept, tmp_path, Control(), lambda what: None)
    trainer.close()
    for half, wanted in zip(kept.tensors["trained"].values(), expected, strict=True):
        torch.testing.assert_close(half, wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.expected_log("is not kept meanwhile")
def test_a_full_disk_ends_no_training(model, tmp_path, monkeypatch) -> None:
    def full(self: Checkpoint, folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Checkpoint, "write", full)
    assert trained(model, tmp_path).state.step == 6
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("damage", ["cut", "text", "empty"])
def test_a_damaged_checkpoint_says_what_to_do(model, tmp_path, damage) -> None:
    trained(model, tmp_path, steps=1)
    data = (tmp_path / FILE).read_bytes()
    damaged = {"cut": data[: len(data) // 2], "text": b"hello" * 30, "empty": b""}[damage]
    (tmp_path / FILE).write_bytes(damaged)
    with pytest.raises(BadRequestError, match="Delete the adapter"):
        read_checkpoint(tmp_path, SOURCE)


def test_a_checkpoint_of_other_texts_is_not_gone_on_with(model, tmp_path) -> None:
    trained(model, tmp_path, steps=1)
    with pytest.raises(BadRequestError, match="cannot go on"):
        read_checkpoint(tmp_path, "other texts")
    assert (tmp_path / FILE).exists()


def test_rows_come_once_before_any_comes_again_and_are_cut_anew() -> None:
    rows = Rows(np.arange(1000), 10, seed=1)
    first = [rows[number] for number in range(99)]
    starts = sorted(int(row[0]) for row in first)
    assert all((row.diff() == 1).all() for row in first)
    assert np.diff(starts).tolist() == [10] * 98
    second = {int(rows[number][0]) for number in range(99, 198)}
    assert len(second) == 99
    assert second != set(starts)


def test_rows_of_a_short_text_repeat_it() -> None:
    assert Rows(np.arange(4), 10, seed=1)[7].tolist() == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]


def test_rows_held_out_are_spread_over_the_text() -> None:
    found = Rows(np.arange(100), 10, seed=1).spread(5)
    assert [int(row[0]) for row in found] == [0, 20, 40, 60, 80]
    assert len(Rows(np.arange(25), 10, seed=1).spread(5)) == 2


def test_a_training_taken_up_on_a_card_has_all_of_it_there(model, tmp_path, monkeypatch) -> None:
    """Torch's device without memory stands for the card: nothing is left to be computed."""
    trained(model, tmp_path)
    kept = read_checkpoint(tmp_path, SOURCE)
    assert kept is not None
    pupil = student(model)
    pupil.trained = {name: half.detach().to("meta") for name, half in pupil.trained.items()}
    monkeypatch.setattr(Checkpoint, "write", lambda self, folder: None)
    Trainer(pupil, [], [], lanes=0).run(kept, tmp_path, Control(), lambda what: None)
    devices = {tensor.device.type for group in kept.tensors.values() for tensor in group.values()}
    assert devices == {"meta"}
