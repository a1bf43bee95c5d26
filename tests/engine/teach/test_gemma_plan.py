"""The plan of teaching: sums by hand, and what is really kept from one direction to the other."""

import pytest
import torch
from torch.utils.checkpoint import checkpoint

from engine.checkpoints.plan import GIB, LADDER
from engine.checkpoints.shapes import ModelShapes
from engine.model import KVCache, ModelConfig
from engine.teach import gemma
from engine.teach.gemma import GemmaStudent, Lora
from engine.teach.gemma_plan import (
    half_numbers,
    kept_bytes,
    layer_bytes,
    teaching_plan,
    teaching_plan_for,
)
from tests.engine.checkpoints import layouts
from tests.tiny import config_json, random_model

RELEASED = ModelShapes.released()


def line(plan, what: str) -> int:
    (found,) = (line.num_bytes for line in plan.lines if line.what == what)
    return found


def test_the_halves_of_the_released_model_are_as_counted_by_hand() -> None:
    # Inputs and outputs of q, k, v, o in the 25 sliding and the 5 full layers, and of the MLP.
    sliding = (2816 + 4096) + 2 * (2816 + 2048) + (4096 + 2816)
    full = (2816 + 8192) + (2816 + 1024) + (8192 + 2816)
    mlp = 3 * (2816 + 2112)
    numbers = 16 * (25 * sliding + 5 * full + 30 * mlp)
    assert half_numbers(RELEASED, 16) == numbers
    found = teaching_plan(80 * GIB, RELEASED, Lora(rank=16))
    assert line(found, "halves") == 4 * numbers
    assert line(found, "gradients, moments, copies") == 14 * 4 * numbers


def test_more_memory_gives_better_formats_and_too_little_is_refused() -> None:
    sizes = [16 * GIB, 20 * GIB, 30 * GIB, 60 * GIB]
    found = [teaching_plan(free, RELEASED, Lora()) for free in sizes]
    assert [one.fits for one in found] == [True] * 4
    assert [one.residency.experts for one in found] == ["int4", "int4", "int8", "bfloat16"]
    assert all(one.device_bytes <= free for one, free in zip(found, sizes, strict=True))
    refused = teaching_plan(12 * GIB, RELEASED, Lora())
    assert not refused.fits
    assert refused.residency == LADDER[-1]
    lacking = (refused.device_bytes - 12 * GIB) / GIB
    assert f"lacks {lacking:.2f} GiB" in refused.reason
    assert "Inlay Small" in refused.reason


def test_the_table_names_every_share() -> None:
    table = teaching_plan(24 * GIB, RELEASED, Lora(rank=8), at_once=2).table()
    for words in ("experts", "rank 8", "moments", "2 × (320 + 256) tokens", "one layer", "fits:"):
        assert words in table


def test_a_folder_is_planned_by_what_it_holds(tmp_path) -> None:
    found = teaching_plan_for(layouts.modelopt_folder(tmp_path / "m"), GIB)
    assert found.fits
    assert found.lines[0].choice == "nvfp4"


CONFIG = ModelConfig.from_json(
    config_json(
        canvas_length=24,
        hidden_size=64,
        head_dim=16,
        global_head_dim=32,
        num_hidden_layers=6,
        layer_types=None,
    )
)


class Held:
    """The storages of tensors that are held, each counted once."""

    def __init__(self) -> None:
        self.bytes, self.kept = 0, list[torch.Tensor]()
        self._places = set[int]()

    def leave_out(self, tensors) -> None:
        self._places |= {tensor.untyped_storage().data_ptr() for tensor in tensors}

    def add(self, tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in self._places:
            self._places.add(storage.data_ptr())
            self.kept.append(tensor)  # or another would come to lie in its place
            self.bytes += storage.nbytes()
        return tensor


@pytest.mark.parametrize("sequences", [1, 3])
def test_what_is_kept_between_the_directions_is_what_was_planned(sequences, monkeypatch) -> None:
    model, context, held = random_model(CONFIG).bfloat16(), 40, Held()
    student = GemmaStudent(model, "base", Lora(rank=2), context=context)
    held.leave_out([*model.parameters(), *student.trained.values()])

    def checkpointed(run, x, rope, past, *others, **options):
        for tensor in (tensor for part in past for tensor in part):
            held.add(tensor)
        held.leave_out(rope)  # the same for all layers of a kind
        return checkpoint(run, x, rope, past, *others, **options)

    monkeypatch.setattr(gemma, "checkpoint", checkpointed)
    ids = torch.zeros(sequences, student.length, dtype=torch.long)
    with torch.autograd.graph.saved_tensors_hooks(held.add, lambda tensor: tensor):
        student.loss(ids, torch.Generator().manual_seed(1))
    planned = kept_bytes(ModelShapes.of(CONFIG), context, sequences)
    assert held.bytes == pytest.approx(planned, rel=0.05)


def test_a_layer_keeps_less_than_the_estimate_and_more_than_an_eighth() -> None:
    model, rows = random_model(CONFIG).bfloat16(), 24
    GemmaStudent(model, "base", Lora(rank=2), context=rows)
    layer, held = model.layers[0].layer, Held()
    x = torch.randn(1, rows, 64, dtype=torch.bfloat16, requires_grad=True)
    cache = KVCache(CONFIG)
    model.encode(torch.zeros(1, rows, dtype=torch.long), cache)
    with torch.autograd.graph.saved_tensors_hooks(held.add, lambda tensor: tensor):
        layer(x, model.ropes(rows, rows)[CONFIG.layers[0]], cache.layer(0))
    planned = layer_bytes(ModelShapes.of(CONFIG), rows, 1)
    assert planned / 8 < held.bytes < planned
