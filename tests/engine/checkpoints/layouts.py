"""One tiny model in every published layout, written with the publishers' own libraries."""

import json
import math
from pathlib import Path

import gguf
import torch
from safetensors.torch import load_file, save_file

from engine.checkpoints.gguf_reader import _IN_LAYER, _TOP
from engine.checkpoints.layout import model_name
from kernels.quantized import Nvfp4
from tests.tiny import write_folder

# All experts are chosen: a rounding that chose another one would hide what the layout itself does.
TEXT = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "moe_intermediate_size": 32,
    "top_k_experts": 4,
}
QUANTIZED_DENSE = (".self_attn.", ".mlp.")

Tensors = dict[str, torch.Tensor]


def bf16_folder(folder: Path, **text: object) -> Path:
    """Write the released layout."""
    write_folder(folder, **{**TEXT, **text})
    tensors = load_file(folder / "model.safetensors")
    save_file({k: v.bfloat16() for k, v in tensors.items()}, folder / "model.safetensors")
    return folder


def fp8_folder(folder: Path) -> Path:
    """Write compressed-tensors' float-quantized: attention, MLP and split experts."""
    from compressed_tensors.compressors.naive_quantized import FloatQuantizationCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme

    weights = QuantizationArgs(num_bits=8, type="float", strategy="channel", symmetric=True)
    scheme = QuantizationScheme(targets=["Linear"], weights=weights)

    def pack(weight: torch.Tensor) -> Tensors:
        scale = (weight.float().abs().amax(dim=1, keepdim=True) / 448).bfloat16()
        return FloatQuantizationCompressor.compress(
            {"weight": weight, "weight_scale": scale}, scheme
        )

    claim = {"quant_method": "compressed-tensors", "format": "float-quantized"}
    return _quantized_folder(folder, pack, claim, dense=True)


def modelopt_folder(folder: Path, same_scale: bool = True) -> Path:
    """Write ModelOpt's NVFP4 of the routed experts, by its published definition."""

    def pack(weight: torch.Tensor) -> Tensors:
        packed = Nvfp4.quantize(weight)
        return {
            "weight": packed.codes,
            "weight_scale": packed.scales,
            "weight_scale_2": packed.global_scale,
            "input_scale": torch.tensor(0.01),
        }

    claim = {"quant_method": "modelopt", "quant_algo": "NVFP4"}
    return _quantized_folder(folder, pack, claim, dense=False, same_scale=same_scale)


def compressed_folder(folder: Path) -> Path:
    """Write compressed-tensors' nvfp4-pack-quantized."""
    claim = {"quant_method": "compressed-tensors", "format": "nvfp4-pack-quantized"}
    return _quantized_folder(folder, pack_compressed_nvfp4, claim, dense=True)


def pack_compressed_nvfp4(weight: torch.Tensor) -> Tensors:
    """Return the leaves that compressed-tensors writes for a weight."""
    from compressed_tensors.compressors.nvfp4 import NVFP4PackedCompressor

    global_scale = (448 * 6 / weight.float().abs().max()).reshape(1)
    groups = weight.float().view(len(weight), -1, 16).abs().amax(-1)
    scale = (groups / 6 * global_scale).to(torch.float8_e4m3fn).float()
    state = {"weight": weight, "weight_scale": scale, "weight_global_scale": global_scale}
    packed = NVFP4PackedCompressor.compress(state, nvfp4_scheme())
    return {name: t for name, t in packed.items() if t is not None}


def nvfp4_scheme() -> object:
    """Return compressed-tensors' description of NVFP4 weights."""
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme

    weights = QuantizationArgs(
        num_bits=4, type="float", strategy="tensor_group", symmetric=True, group_size=16
    )
    return QuantizationScheme(targets=["Linear"], weights=weights)


def _quantized_folder(folder, pack, claim, *, dense: bool, same_scale: bool = True) -> Path:
    bf16_folder(folder)
    out: Tensors = {}
    for name, tensor in load_file(folder / "model.safetensors").items():
        if ".experts." in name:
            out |= _split(name, tensor, pack, same_scale)
        elif dense and any(part in name for part in QUANTIZED_DENSE) and tensor.dim() == 2:
            module = name.removesuffix(".weight")
            out |= {f"{module}.{leaf}": t for leaf, t in pack(tensor).items()}
        else:
            out[name] = tensor
    save_file({k: v.contiguous() for k, v in out.items()}, folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": claim}))
    return folder


def _split(name: str, stack: torch.Tensor, pack, same_scale: bool) -> Tensors:
    """Return a stack's experts as modules; gate and up share their largest weight if asked to."""
    prefix, kind = name.rsplit(".", 1)
    out: Tensors = {}
    for expert, weight in enumerate(stack):
        halves = {"down_proj": weight}
        if kind == "gate_up_proj":
            gate, up = (half.clone() for half in weight.chunk(2))
            if same_scale:
                gate[0, 0] = up[0, 0] = weight.abs().max()
            halves = {"gate_proj": gate, "up_proj": up}
        for projection, half in halves.items():
            module = f"{prefix}.{expert}.{projection}"
            out |= {f"{module}.{leaf}": t for leaf, t in pack(half).items()}
    return out


def gguf_file(folder: Path, kind: str = "Q8_0") -> Path:
    """Write the model as a GGUF file in the published names; matrices in `kind` where it fits."""
    bf16_folder(folder)
    tensors = load_file(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text())
    path = folder / "model.gguf"
    writer = gguf.GGUFWriter(path, "diffusion-gemma")
    _add_metadata(writer, config)
    names = {ours: theirs for theirs, ours in _TOP.items()}
    in_layer = {ours: theirs for theirs, ours in _IN_LAYER.items()}
    for disk, tensor in tensors.items():
        name = model_name(disk)
        if name.startswith("layers."):
            _, layer, leaf = name.split(".", 2)
            _add(writer, f"blk.{layer}.{in_layer[leaf]}", tensor, kind)
        else:
            _add(writer, names[name], tensor, kind)
    pairs = config["text_config"]["global_head_dim"] // 2
    factors = torch.ones(pairs)
    factors[pairs // 4 :] = 1e30
    writer.add_tensor("rope_freqs.weight", factors.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    for name in ("config.json", "generation_config.json", "model.safetensors"):
        (folder / name).unlink()
    return path


def _add(writer: gguf.GGUFWriter, name: str, tensor: torch.Tensor, kind: str) -> None:
    values = tensor.float().numpy()
    qtype = gguf.GGMLQuantizationType[kind]
    block = gguf.GGML_QUANT_SIZES[qtype][0]
    is_matrix = tensor.dim() > 1 and "ffn_gate_inp" not in name and tensor.shape[-1] % block == 0
    if is_matrix and kind != "F32":
        writer.add_tensor(name, gguf.quants.quantize(values, qtype), raw_dtype=qtype)
    else:
        writer.add_tensor(name, values)


def _add_metadata(writer: gguf.GGUFWriter, config: dict) -> None:
    text = config["text_config"]
    sliding = [kind == "sliding_attention" for kind in text["layer_types"]]
    heads = text["num_key_value_heads"], text["num_global_key_value_heads"]
    integers = {
        "block_count": len(sliding),
        "context_length": 4096,
        "embedding_length": text["hidden_size"],
        "feed_forward_length": text["intermediate_size"],
        "attention.head_count": text["num_attention_heads"],
        "attention.key_length": text["global_head_dim"],
        "attention.key_length_swa": text["head_dim"],
        "attention.sliding_window": text["sliding_window"],
        "expert_count": text["num_experts"],
        "expert_used_count": text["top_k_experts"],
        "expert_feed_forward_length": text["moe_intermediate_size"],
    }
    floats = {
        "rope.freq_base": 1e6,
        "rope.freq_base_swa": 1e4,
        "attention.layer_norm_rms_epsilon": 1e-6,
        "final_logit_softcapping": 30.0,
    }
    for key, value in integers.items():
        writer.add_uint32(f"diffusion-gemma.{key}", value)
    for key, value in floats.items():
        writer.add_float32(f"diffusion-gemma.{key}", value)
    writer.add_array("diffusion-gemma.attention.sliding_window_pattern", sliding)
    writer.add_array(
        "diffusion-gemma.attention.head_count_kv", [heads[0] if s else heads[1] for s in sliding]
    )
    writer.add_uint32("diffusion.canvas_length", config["canvas_length"])
    writer.add_uint32("diffusion.eb_max_steps", 6)
    writer.add_float32("diffusion.eb_entropy_bound", 0.25)
    writer.add_array("tokenizer.ggml.tokens", [f"t{i}" for i in range(text["vocab_size"])])


def lora_folder(folder: Path, modules: dict[str, tuple[int, int]], rank: int = 4, **config) -> Path:
    """Write an adapter in PEFT's layout for modules of shape (out, in)."""
    folder.mkdir(parents=True)
    rng = torch.Generator().manual_seed(7)
    tensors: Tensors = {}
    for module, (out, size) in modules.items():
        name = f"base_model.model.{module}"
        tensors[f"{name}.lora_A.weight"] = torch.randn(rank, size, generator=rng) / math.sqrt(size)
        tensors[f"{name}.lora_B.weight"] = torch.randn(out, rank, generator=rng) * 0.1
    save_file(tensors, folder / "adapter_model.safetensors")
    values = {"peft_type": "LORA", "r": rank, "lora_alpha": 16, "bias": "none", **config}
    (folder / "adapter_config.json").write_text(json.dumps(values))
    return folder
