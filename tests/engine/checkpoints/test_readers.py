"""Every published layout against the library that defines it, and against the BF16 original."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize
from safetensors.torch import load_file, save_file

from engine.checkpoints import open_reader
from engine.checkpoints.files import Stored
from engine.checkpoints.gguf_header import GgufTensor
from engine.checkpoints.gguf_reader import read_part
from engine.checkpoints.layout import plain
from engine.errors import ModelFolderError
from engine.loaders import load_checkpoint
from engine.model.kv_cache import KVCache
from kernels.quantized import Nvfp4
from tests.engine.checkpoints import layouts

WEIGHTS = "model.safetensors"
# Largest root mean square difference of the logits, relative to that of the logits. About seven
# times that of the weights: random layers of this width sharpen every difference.
STATED_ERROR = {
    "fp8": (layouts.fp8_folder, "FP8", 0.2),
    "modelopt": (layouts.modelopt_folder, "ModelOpt NVFP4", 0.2),
    "compressed": (layouts.compressed_folder, "nvfp4-pack-quantized", 0.42),
    "gguf": (layouts.gguf_file, "GGUF Q8_0", 0.04),
}


def entries(path: Path) -> dict:
    return {entry.name: entry for entry in open_reader(path).entries()}


def logits(path: Path) -> torch.Tensor:
    """Return the logits of one denoising step behind a short prompt."""
    model = load_checkpoint(path, dtype=torch.float32).model
    cache = KVCache(model.config)
    ids = torch.randint(4, 300, (1, 40), generator=torch.Generator().manual_seed(1))
    model.encode(ids[:, :16], cache)
    return model.logits(model.denoise(ids[:, 16:], None, cache))


@pytest.mark.parametrize("layout", STATED_ERROR)
def test_a_layout_gives_the_logits_of_the_original_within_its_error(layout, tmp_path) -> None:
    write, scheme, bound = STATED_ERROR[layout]
    original = logits(layouts.bf16_folder(tmp_path / "original"))
    path = write(tmp_path / layout)
    assert scheme in open_reader(path).scheme
    found = logits(path)
    error = ((found - original).square().mean() / original.square().mean()).sqrt().item()
    assert error <= bound, f"relative error {error:.4f}"


@pytest.mark.parametrize("layout", STATED_ERROR)
def test_a_layout_has_the_names_and_shapes_of_the_original(layout, tmp_path) -> None:
    original = entries(layouts.bf16_folder(tmp_path / "original"))
    found = entries(STATED_ERROR[layout][0](tmp_path / layout))
    shapes = {name: entry.shape for name, entry in original.items()}
    assert {name: entry.shape for name, entry in found.items()} == shapes


def test_fp8_equals_compressed_tensors(tmp_path) -> None:
    from compressed_tensors.quantization import QuantizationArgs
    from compressed_tensors.quantization.lifecycle.forward import dequantize as reference

    arguments = QuantizationArgs(num_bits=8, type="float", strategy="channel", symmetric=True)
    folder = layouts.fp8_folder(tmp_path / "m")
    stored = load_file(folder / WEIGHTS)
    module = "model.decoder.layers.0.mlp.up_proj"
    codes, scales = stored[f"{module}.weight"], stored[f"{module}.weight_scale"].float()
    expected = reference(codes, scales, args=arguments, dtype=torch.float32)
    found = entries(folder)["layers.0.mlp.up_proj.weight"].read(0)
    assert torch.equal(found, expected)


def test_nvfp4_equals_compressed_tensors_to_the_last_unit(tmp_path) -> None:
    from compressed_tensors.compressors.nvfp4 import NVFP4PackedCompressor

    folder = layouts.compressed_folder(tmp_path / "m")
    stored = load_file(folder / WEIGHTS)
    prefix = "model.decoder.layers.0.experts.3.down_proj."
    leaves = {k.removeprefix(prefix): v for k, v in stored.items() if k.startswith(prefix)}
    expected = NVFP4PackedCompressor.decompress(leaves, layouts.nvfp4_scheme())["weight"]
    found = entries(folder)["layers.0.experts.down_proj"].read(3)
    assert isinstance(found, Nvfp4)
    torch.testing.assert_close(
        found.dequantize(), expected.float(), rtol=2**-7, atol=0
    )  # the reference computes in the dtype of its scales, bfloat16


def test_our_nvfp4_codes_are_those_of_compressed_tensors() -> None:
    weight = torch.randn(16, 64, generator=torch.Generator().manual_seed(3)) * 0.05
    theirs = layouts.pack_compressed_nvfp4(weight)
    ours = Nvfp4.quantize(weight)
    same = (ours.codes == theirs["weight_packed"]).float().mean().item()
    # They divide by a product of rounded scales, so that a weight on a tie may fall differently.
    assert same > 0.99
    assert torch.equal(ours.scales.view(torch.uint8), theirs["weight_scale"].view(torch.uint8))


def modelopt_definition(codes, scales, scale_2) -> torch.Tensor:
    """Compute ModelOpt's published definition, weight by weight."""
    magnitudes = [0, 0.5, 1, 1.5, 2, 3, 4, 6]
    out = torch.empty(codes.shape[0], 2 * codes.shape[1])
    for row, line in enumerate(codes.tolist()):
        for place, byte in enumerate(line):
            for half, code in enumerate((byte & 15, byte >> 4)):
                column = 2 * place + half
                value = magnitudes[code & 7] * (-1 if code & 8 else 1)
                out[row, column] = value * (scales[row, column // 16].float() * scale_2)
    return out


def test_nvfp4_equals_modelopts_definition(tmp_path) -> None:
    folder = layouts.modelopt_folder(tmp_path / "m")
    stored = load_file(folder / WEIGHTS)
    read = entries(folder)["layers.1.experts.gate_up_proj"].read(2)
    halves = []
    for name in ("gate", "up"):
        module = f"model.decoder.layers.1.experts.2.{name}_proj.weight"
        leaves = (stored[module], stored[f"{module}_scale"], stored[f"{module}_scale_2"])
        halves.append(modelopt_definition(*leaves))
    assert torch.equal(read.dequantize(), torch.cat(halves))


def test_gate_and_up_with_two_global_scales_lose_little(tmp_path) -> None:
    folder = layouts.modelopt_folder(tmp_path / "m", same_scale=False)
    stored = load_file(folder / WEIGHTS)
    read = entries(folder)["layers.0.experts.gate_up_proj"].read(1).dequantize()
    expected = torch.cat(
        [
            Nvfp4(
                stored[f"{module}.weight"],
                stored[f"{module}.weight_scale"],
                stored[f"{module}.weight_scale_2"],
            ).dequantize()
            for module in (f"model.decoder.layers.0.experts.1.{n}_proj" for n in ("gate", "up"))
        ]
    )
    error = ((read - expected).square().mean() / expected.square().mean()).sqrt().item()
    assert 0 < error < 0.1


@pytest.mark.parametrize(
    "kind", ["Q4_K", "Q5_K", "Q6_K", "Q8_0", "Q4_0", "Q5_0", "IQ4_NL", "IQ4_XS", "BF16", "F16"]
)
def test_gguf_blocks_equal_the_gguf_package(kind, tmp_path) -> None:
    qtype = GGMLQuantizationType[kind]
    block, size = GGML_QUANT_SIZES[qtype]
    columns = 512
    rng = np.random.default_rng(5)
    data = rng.integers(0, 256, (3 * 4, columns // block * size), dtype=np.uint8)
    data &= 0xBF  # float16 scales, wherever they stand, stay finite
    path = tmp_path / "blocks"
    path.write_bytes(b"head" + data.tobytes())
    tensor = GgufTensor(path, qtype, (3, 4, columns), 4)
    for part in range(3):
        expected = dequantize(data[4 * part : 4 * part + 4], qtype)
        found = read_part(tensor, part).float().numpy()
        np.testing.assert_array_equal(found, expected)


def test_a_gguf_file_says_its_config_and_sampler(tmp_path) -> None:
    reader = open_reader(layouts.gguf_file(tmp_path / "m"))
    text = reader.config()["text_config"]
    assert reader.config()["canvas_length"] == 24
    assert text["per_layer_config"] == {"1": {"head_dim": 16, "num_key_value_heads": 1}}
    assert text["rope_parameters"]["full_attention"]["partial_rotary_factor"] == 0.25
    assert reader.generation_config()["max_denoising_steps"] == 6
    assert reader.generation_config()["sampler_config"]["entropy_bound"] == 0.25


def test_a_folder_with_one_gguf_file_is_read_and_several_are_asked_about(tmp_path) -> None:
    path = layouts.gguf_file(tmp_path / "m")
    assert open_reader(path.parent).files == (path,)
    (path.parent / "other.gguf").write_bytes(b"GGUF")
    with pytest.raises(ModelFolderError, match=r"model\.gguf, other\.gguf"):
        open_reader(path.parent)


def test_a_gguf_file_of_another_architecture_is_named(tmp_path) -> None:
    path = layouts.gguf_file(tmp_path / "m")
    path.write_bytes(path.read_bytes().replace(b"diffusion-gemma", b"diffusion-llama"))
    with pytest.raises(ModelFolderError, match="diffusion-llama"):
        open_reader(path)


@pytest.mark.parametrize(
    "leaves",
    [
        {"qweight": torch.zeros(8, 8, dtype=torch.int32), "scales": torch.ones(8)},  # GPTQ, AWQ
        {"weight": torch.zeros(8, 8, dtype=torch.uint8)},  # bitsandbytes
        {"weight_packed": torch.zeros(8, 1, dtype=torch.int32), "weight_scale": torch.ones(8)},
        {"weight": torch.zeros(8, 8).to(torch.float8_e4m3fn)},  # FP8 without its scales
    ],
)
def test_an_unknown_scheme_is_named(leaves, tmp_path) -> None:
    folder = layouts.bf16_folder(tmp_path / "m")
    tensors = load_file(folder / WEIGHTS)
    module = "model.decoder.layers.0.mlp.up_proj"
    del tensors[f"{module}.weight"]
    save_file(tensors | {f"{module}.{k}": v for k, v in leaves.items()}, folder / WEIGHTS)
    config = json.loads((folder / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "squeeze", "format": "thin"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFolderError, match=r"'squeeze' 'thin'.*up_proj"):
        load_checkpoint(folder)


def test_a_checkpoint_of_mlx_is_called_that_and_not_damaged(tmp_path) -> None:
    folder = layouts.bf16_folder(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    config["quantization"] = {"group_size": 64, "bits": 4}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFolderError, match=r"quantized for MLX \(4 bits\)") as caught:
        open_reader(folder)
    assert "ownload" not in str(caught.value)


def test_packed_numbers_that_are_not_read_are_named_and_not_called_damaged(tmp_path) -> None:
    folder = layouts.bf16_folder(tmp_path / "m")
    packed = torch.zeros(4, dtype=torch.uint32)
    save_file(load_file(folder / WEIGHTS) | {"x.weight": packed}, folder / WEIGHTS)
    with pytest.raises(ModelFolderError, match="numbers of the kind U32") as caught:
        open_reader(folder)
    assert "ownload" not in str(caught.value)


def test_a_scheme_that_is_claimed_and_not_there_is_named(tmp_path) -> None:
    folder = layouts.bf16_folder(tmp_path / "m")
    (folder / "hf_quant_config.json").write_text('{"quantization": {"quant_algo": "W4A8"}}')
    with pytest.raises(ModelFolderError, match="'W4A8'"):
        open_reader(folder)


def test_a_missing_expert_is_an_incomplete_download(tmp_path) -> None:
    folder = layouts.modelopt_folder(tmp_path / "m")
    tensors = load_file(folder / WEIGHTS)
    gone = "model.decoder.layers.1.experts.2.up_proj."
    save_file({k: v for k, v in tensors.items() if not k.startswith(gone)}, folder / WEIGHTS)
    with pytest.raises(ModelFolderError, match=r"layers\.1\.experts.*3 up"):
        open_reader(folder)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_global_scale_that_is_none_is_an_error(value, tmp_path) -> None:
    folder = layouts.modelopt_folder(tmp_path / "m")
    tensors = load_file(folder / WEIGHTS)
    tensors["model.decoder.layers.0.experts.0.down_proj.weight_scale_2"].fill_(value)
    save_file(tensors, folder / WEIGHTS)
    with pytest.raises(ModelFolderError, match="global scale"):
        load_checkpoint(folder)


def test_a_matrix_of_many_rows_comes_in_parts(tmp_path, monkeypatch) -> None:
    folder = layouts.bf16_folder(tmp_path / "m")
    whole = entries(folder)["embed_tokens.weight"].read(0)
    monkeypatch.setattr("engine.checkpoints.stored_tensor.PART_ROWS", 100)
    entry = entries(folder)["embed_tokens.weight"]
    assert entry.num_parts == 4
    assert torch.equal(torch.cat([plain(entry.read(part)) for part in range(4)]), whole)


def test_a_file_that_shrinks_after_its_header_was_read_is_an_error(tmp_path) -> None:
    path = tmp_path / "data"
    path.write_bytes(bytes(100))
    stored = Stored(path, torch.float32, (10, 5), 0)
    with pytest.raises(ModelFolderError, match="cut short"):
        stored.read()
    assert stored.read(slice(2, 4)).shape == (2, 5)
