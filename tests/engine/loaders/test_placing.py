"""What a checkpoint becomes on a card with so much memory; here the processor stands for it."""

import pytest
import torch

from engine.checkpoints.plan import LADDER, plan
from engine.checkpoints.shapes import ModelShapes
from engine.errors import ModelFolderError
from engine.kernel_step import use_kernels
from engine.loaders import placing
from engine.loaders.converted import load_converted
from engine.loaders.placing import CONTEXT, load_placed, place
from engine.model import KVCache, ModelConfig
from engine.model.layers import Experts
from engine.model.quantized import QuantizedExperts, num_weights
from kernels.quantized import Int4Group, Int8Channel
from tests.tiny import config_json, random_model, write_folder

CPU = torch.device("cpu")
TEXT = {"hidden_size": 64, "moe_intermediate_size": 32}


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "tiny", **TEXT)


def placed(folder, free_bytes, cache, progress=lambda fraction: None):
    """Return the model of a folder on a card with so much memory."""
    return load_placed(folder, place(folder, free_bytes), CPU, progress, cache).model


def needed(free_bytes: int = 2**40) -> int:
    """Return the bytes of the best layout that fits into `free_bytes`."""
    config = ModelConfig.from_json(config_json(**TEXT))
    shapes = ModelShapes.of(config)
    return plan(free_bytes, CONTEXT, config.canvas_length, shapes).device_bytes


def test_a_large_card_takes_the_weights_as_they_are(folder, tmp_path) -> None:
    model = placed(folder, 2**40, tmp_path / "cache")
    assert isinstance(model.layers[0].experts, Experts)
    assert model.dtype == torch.bfloat16
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(("steps", "kind"), [(1, Int8Channel), (2, Int4Group)])
def test_a_smaller_card_takes_packed_experts_converted_once(folder, tmp_path, steps, kind) -> None:
    free, seen = 2**40, []
    for _ in range(steps):
        free = needed(free) - 1
    for _ in range(2):
        model = placed(folder, free, tmp_path / "cache", seen.append)
        assert isinstance(model.layers[0].experts, QuantizedExperts)
        assert isinstance(model.layers[0].experts.gate_up_proj.record, kind)
        assert num_weights(model) == num_weights(random_model(model.config))
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert seen[-1] == 1.0


def test_a_converted_folder_is_loaded_as_it_is(folder, tmp_path) -> None:
    placed(folder, needed() - 1, tmp_path / "cache")
    (converted,) = (tmp_path / "cache").iterdir()
    model = placed(converted, 0, tmp_path / "other")
    assert isinstance(model.layers[0].experts, QuantizedExperts)


def test_a_card_that_is_too_small_is_named_as_the_reason(folder) -> None:
    with pytest.raises(ModelFolderError, match=r"tiny does not fit this card: .*lacks"):
        place(folder, 1000)


def test_room_that_is_left_goes_to_the_context(folder) -> None:
    tight, wide = place(folder, needed()), place(folder, 2**40)
    assert tight.context == CONTEXT
    assert wide.context == 131_072  # all that the model can read
    assert wide.plan.residency == tight.plan.residency


def test_a_job_with_a_long_context_gives_up_context_and_one_with_a_short_one_formats(folder):
    found = place(folder, 2**40)
    shorter = found.tighter(2**40, used=found.context)
    assert (shorter.context, shorter.needs_reload(found)) == (found.context // 2, False)
    coarser = found.tighter(2**40, used=100)
    assert coarser.needs_reload(found)
    assert coarser.plan.device_bytes < found.plan.device_bytes
    assert "experts int8" in str(coarser)


def test_what_another_program_has_taken_meanwhile_is_not_planned_with(folder) -> None:
    found = place(folder, 2**40)
    free = needed() - 1
    assert found.tighter(free, used=found.context).plan.device_bytes <= free
    assert found.tighter(1000, used=100) is None


@pytest.fixture
def deep(tmp_path, monkeypatch):
    """A folder with a model of eight layers, on a machine whose kernels fetch experts."""
    monkeypatch.setattr(placing, "room_on_host", lambda: 2**40)
    kinds = ["sliding_attention", "full_attention"] * 4
    return write_folder(tmp_path / "deep", **TEXT, num_hidden_layers=8, layer_types=kinds)


def test_a_card_too_small_for_the_tightest_formats_leaves_experts_on_the_host(
    deep, tmp_path
) -> None:
    whole = smallest_without_host(deep)
    found = place(deep, whole.plan.device_bytes - 1)
    assert found.plan.residency == LADDER[-1]
    assert 2 < found.plan.host_layers <= 4
    assert "in the host's memory" in str(found)
    seen = []
    for placement in (whole, found):
        model = load_placed(deep, placement, CPU, root=tmp_path / "cache").model
        use_kernels(model, placement.plan.host_layers)
        seen.append(logits(model))
    assert torch.equal(*seen)


def smallest_without_host(folder):
    free, found = 2**40, place(folder, 2**40)
    while not (one := place(folder, free)).plan.host_layers:
        free, found = one.plan.device_bytes - 1, one
    return found


def logits(model) -> torch.Tensor:
    cache = KVCache(model.config)
    ids = torch.randint(4, 300, (1, 20), generator=torch.Generator().manual_seed(1))
    model.encode(ids[:, :12], cache)
    return model.logits(model.denoise(ids[:, 12:], None, cache))


def test_only_the_last_layers_experts_are_left_behind(deep, tmp_path) -> None:
    placement = smallest_without_host(deep)
    load_placed(deep, placement, CPU, root=tmp_path / "cache")
    (converted,) = (tmp_path / "cache").iterdir()
    model = load_converted(converted, "meta", host_layers=3).model
    places = {name: tensor.device.type for name, tensor in model.state_dict().items()}
    left = {name for name, place in places.items() if place == "cpu"}
    assert {name.split(".")[1] for name in left} == {"5", "6", "7"}
    assert all(".experts." in name for name in left)
