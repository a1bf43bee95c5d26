"""Modules on packed weights against the same model with the dequantized ones."""

import copy
import json

import pytest
import torch

from engine.checkpoints import Conversion, convert, open_reader
from engine.checkpoints.resident import FORMATS, kind_of
from engine.errors import ModelFolderError
from engine.hub.converted import MANIFEST
from engine.loaders import load_checkpoint
from engine.loaders.converted import load_converted
from engine.model import KVCache, ModelConfig
from engine.model.quantized import QuantizedLinear, install
from kernels.quantized import Int8Channel
from tests.engine.checkpoints import layouts
from tests.tiny import config_json, random_model

TEXT = {"hidden_size": 64, "intermediate_size": 96, "moe_intermediate_size": 32}


def logits(model) -> torch.Tensor:
    cache = KVCache(model.config)
    ids = torch.randint(4, 300, (2, 30), generator=torch.Generator().manual_seed(1))
    model.encode(ids[:, :12], cache)
    soft = torch.randn(2, 18, model.config.hidden_size, generator=torch.Generator().manual_seed(2))
    return model.logits(model.denoise(ids[:, 12:], soft, cache))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_packed_model_computes_what_its_dequantized_weights_do(kind) -> None:
    model = random_model(ModelConfig.from_json(config_json(**TEXT)))
    records = {
        name: (Int8Channel if name == "embed_tokens.weight" else FORMATS[kind]).quantize(weight)
        for name, weight in model.state_dict().items()
        if kind_of(name, tuple(weight.shape))
    }
    plain = copy.deepcopy(model)
    for name, record in records.items():
        plain.state_dict()[name].copy_(record.dequantize())
    install(model, records, torch.float32)
    assert isinstance(model.get_submodule("layers.0.self_attn.q_proj"), QuantizedLinear)
    assert not any(weight.dim() == 3 for weight in model.parameters())
    torch.testing.assert_close(logits(model), logits(plain), rtol=1e-5, atol=1e-5)


def test_a_converted_model_stays_packed_and_computes_the_same(tmp_path) -> None:
    source = layouts.bf16_folder(tmp_path / "source")
    folder = convert(Conversion(reader=open_reader(source), threads=1), tmp_path / "cache")
    seen: list[float] = []
    packed = load_converted(folder, dtype=torch.float32, progress=seen.append)
    plain = load_checkpoint(folder, dtype=torch.float32)
    assert seen[-1] == 1
    assert not any(tensor.is_meta for tensor in packed.model.state_dict().values())
    assert packed.model.get_submodule("layers.0.mlp.up_proj").codes.dtype == torch.int8
    torch.testing.assert_close(logits(packed.model), logits(plain.model), rtol=1e-4, atol=1e-4)


def test_a_converted_model_that_lacks_a_weight_is_refused(tmp_path) -> None:
    source = layouts.bf16_folder(tmp_path / "source")
    folder = convert(Conversion(reader=open_reader(source), threads=1), tmp_path / "cache")
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["weights"]["layers.1.experts.down_proj"]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelFolderError, match=r"lacks 1 .*layers\.1\.experts\.down_proj"):
        load_converted(folder)
