"""What a checkpoint becomes on a card with so much memory; here the processor stands for it."""

import pytest
import torch

from engine.checkpoints.plan import plan
from engine.checkpoints.shapes import ModelShapes
from engine.errors import ModelFolderError
from engine.model import ModelConfig
from engine.model.layers import Experts
from engine.model.placing import load_placed
from engine.model.quantized import QuantizedExperts, num_weights
from kernels.quantized import Int4Group, Int8Channel
from tests.tiny import config_json, random_model, write_folder

CPU = torch.device("cpu")
TEXT = {"hidden_size": 64, "moe_intermediate_size": 32}


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "tiny", **TEXT)


def needed(free_bytes: int = 2**40) -> int:
    """Return the bytes of the best layout that fits into `free_bytes`."""
    config = ModelConfig.from_json(config_json(**TEXT))
    shapes = ModelShapes.of(config, frozenset())
    return plan(free_bytes, 2 * 8192, config.canvas_length, shapes).device_bytes


def test_a_large_card_takes_the_weights_as_they_are(folder, tmp_path) -> None:
    model = load_placed(folder, CPU, 2**40, root=tmp_path / "cache").model
    assert isinstance(model.layers[0].experts, Experts)
    assert model.dtype == torch.bfloat16
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(("steps", "kind"), [(1, Int8Channel), (2, Int4Group)])
def test_a_smaller_card_takes_packed_experts_converted_once(folder, tmp_path, steps, kind) -> None:
    free, seen = 2**40, []
    for _ in range(steps):
        free = needed(free) - 1
    for _ in range(2):
        model = load_placed(folder, CPU, free, seen.append, tmp_path / "cache").model
        assert isinstance(model.layers[0].experts, QuantizedExperts)
        assert isinstance(model.layers[0].experts.gate_up_proj.record, kind)
        assert num_weights(model) == num_weights(random_model(model.config))
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert seen[-1] == 1.0


def test_a_converted_folder_is_loaded_as_it_is(folder, tmp_path) -> None:
    load_placed(folder, CPU, needed() - 1, root=tmp_path / "cache")
    (converted,) = (tmp_path / "cache").iterdir()
    model = load_placed(converted, CPU, 0).model
    assert isinstance(model.layers[0].experts, QuantizedExperts)


def test_a_card_that_is_too_small_is_named_as_the_reason(folder) -> None:
    with pytest.raises(ModelFolderError, match=r"tiny does not fit this card: .*lacks"):
        load_placed(folder, CPU, 1000)
