"""LoRA adapters in PEFT's layout: the merged weight is the definition's, everything else stays."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.checkpoints import open_reader
from engine.checkpoints.layout import plain
from engine.checkpoints.resident import Residency, target_of
from engine.errors import ModelFolderError
from engine.hub.local import is_model
from engine.loading import load_model
from kernels.quantized import Int8Channel
from tests.engine.checkpoints import layouts

MODULES = {
    "model.decoder.layers.0.self_attn.q_proj": (32, 64),
    "model.decoder.layers.1.experts.2.gate_proj": (32, 64),
    "model.decoder.layers.1.experts.2.up_proj": (32, 64),
    "model.decoder.layers.0.experts.3.down_proj": (64, 32),
}


def weights(path, adapter=None) -> dict:
    return {e.name: e for e in open_reader(path, adapter).entries()}


def delta(adapter, module: str, scale: float) -> torch.Tensor:
    tensors = load_file(adapter / "adapter_model.safetensors")
    prefix = f"base_model.model.{module}.lora_"
    return scale * tensors[f"{prefix}B.weight"] @ tensors[f"{prefix}A.weight"]


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({}, 16 / 4),
        ({"use_rslora": True}, 16 / 2),
        ({"alpha_pattern": {"q_proj": 2}}, 2 / 4),
    ],
)
def test_a_matrix_is_merged_by_the_definition(config, scale, tmp_path) -> None:
    base = layouts.bf16_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES, **config)
    name, module = "layers.0.self_attn.q_proj.weight", next(iter(MODULES))
    before, after = (plain(weights(*paths)[name].read(0)) for paths in ((base,), (base, adapter)))
    expected = before.float() + delta(adapter, module, scale)
    torch.testing.assert_close(after, expected, rtol=1e-6, atol=1e-6)


def test_experts_are_merged_half_by_half(tmp_path) -> None:
    base = layouts.bf16_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES)
    before, after = weights(base), weights(base, adapter)
    changed = "layers.1.experts.gate_up_proj"
    expected = plain(before[changed].read(2)).float()
    expected[:32] += delta(adapter, "model.decoder.layers.1.experts.2.gate_proj", 4)
    expected[32:] += delta(adapter, "model.decoder.layers.1.experts.2.up_proj", 4)
    torch.testing.assert_close(after[changed].read(2), expected, rtol=1e-6, atol=1e-6)
    for name, entry in before.items():
        for part in range(entry.num_parts):
            if (name, part) not in {
                (changed, 2),
                ("layers.0.experts.down_proj", 3),
                ("layers.0.self_attn.q_proj.weight", 0),
            }:
                assert torch.equal(plain(entry.read(part)), plain(after[name].read(part))), name


def test_an_adapter_merges_into_quantized_experts(tmp_path) -> None:
    base = layouts.modelopt_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES)
    name = "layers.0.experts.down_proj"
    before, after = weights(base)[name], weights(base, adapter)[name]
    change = delta(adapter, "model.decoder.layers.0.experts.3.down_proj", 4)
    torch.testing.assert_close(after.read(3), before.read(3).dequantize() + change)
    assert torch.equal(after.read(2).codes, before.read(2).codes)


@pytest.mark.parametrize("layout", [layouts.bf16_folder, layouts.compressed_folder])
def test_a_changed_matrix_and_its_fellows_of_one_product_are_not_kept_in_4_bits(
    layout, tmp_path
) -> None:
    adapter = layouts.lora_folder(
        tmp_path / "lora",
        {
            "model.decoder.layers.0.self_attn.q_proj": (32, 64),
            "model.decoder.layers.1.mlp.down_proj": (64, 96),
        },
    )
    found = weights(layout(tmp_path / "base"), adapter)
    in_8_bits = {
        name
        for name, entry in found.items()
        if target_of(entry, Residency(dense="int4", embedding="bfloat16")) is Int8Channel
    }
    # The MLP's gate and up of layer 1 are another product than its down.
    names = [*(f"layers.0.self_attn.{x}_proj" for x in "qkv"), "layers.1.mlp.down_proj"]
    assert in_8_bits == {f"{name}.weight" for name in names}


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ({"use_dora": True}, "use_dora"),
        ({"peft_type": "IA3"}, "IA3"),
        ({"bias": "all"}, "LORA"),
        ({"lora_alpha": "much"}, "alpha"),
    ],
)
def test_what_is_no_plain_lora_is_refused(config, word, tmp_path) -> None:
    base = layouts.bf16_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES, **config)
    with pytest.raises(ModelFolderError, match=word):
        open_reader(base, adapter)


@pytest.mark.parametrize(
    "modules",
    [
        {"model.decoder.layers.9.mlp.up_proj": (96, 64)},
        {"model.decoder.layers.0.mlp.up_proj": (95, 64)},
        {"model.decoder.layers.0.experts.4.up_proj": (32, 64)},
    ],
)
def test_an_adapter_of_another_model_is_refused(modules, tmp_path) -> None:
    base = layouts.bf16_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", modules)
    with pytest.raises(ModelFolderError, match="another model"):
        open_reader(base, adapter)


def test_half_an_adapter_is_refused(tmp_path) -> None:
    base = layouts.bf16_folder(tmp_path / "base")
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES)
    path = adapter / "adapter_model.safetensors"
    tensors = load_file(path)
    tensors.pop(f"base_model.model.{next(iter(MODULES))}.lora_B.weight")
    save_file(tensors, path)
    with pytest.raises(ModelFolderError, match="lora_A and lora_B"):
        open_reader(base, adapter)


@pytest.fixture
def adapter(tmp_path):
    """An adapter that names the model in the folder beside it."""
    base = layouts.bf16_folder(tmp_path / "base")
    return layouts.lora_folder(tmp_path / "lora", MODULES, base_model_name_or_path=base.name)


def test_a_folder_with_an_adapter_alone_is_opened_with_its_model(adapter) -> None:
    merged, base = weights(adapter), weights(adapter.parent / "base")
    name = "layers.0.self_attn.q_proj.weight"
    assert merged.keys() == base.keys()
    assert not torch.equal(plain(merged[name].read(0)), plain(base[name].read(0)).float())
    assert is_model(adapter)


def test_an_adapter_is_loaded_as_a_model_with_its_models_tokenizer(adapter) -> None:
    loaded = load_model(adapter, "cpu")
    assert loaded.info().folder == str(adapter)
    assert loaded.profile.name == "tiny"


def test_an_adapters_model_is_looked_for_in_the_hubs_cache(tmp_path, monkeypatch) -> None:
    snapshot = tmp_path / "models--some--model" / "snapshots" / "abc"
    layouts.bf16_folder(snapshot)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES, base_model_name_or_path="some/model")
    assert open_reader(adapter).folder == snapshot
    assert is_model(adapter)


@pytest.mark.parametrize(
    ("name", "words"),
    [("nobody/has-it", "for nobody/has-it"), (5, "does not name"), ("lora", "for lora")],
)
def test_an_adapter_without_its_model_says_which_one_it_needs(tmp_path, name, words) -> None:
    adapter = layouts.lora_folder(tmp_path / "lora", MODULES, base_model_name_or_path=name)
    with pytest.raises(ModelFolderError, match=f"{words}.*not on this disk"):
        open_reader(adapter)
    assert not is_model(adapter)
