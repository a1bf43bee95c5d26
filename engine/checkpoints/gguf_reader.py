"""GGUF files of DiffusionGemma (`general.architecture` is `diffusion-gemma`).

Names and metadata as in the files people publish (a dump of the Q8_0 file: 692 tensors, 44 keys).
Every block type that the `gguf` package can dequantize is read; the K types of files called
Q4_K_M fall back to others where a row is no multiple of 256, as in the experts' `down`.
Assumed, since no file was at hand: norm weights are stored as they are, gate stands above up, a
vast factor in `rope_freqs` marks a pair that does not turn, and the `diffusion.eb_*` keys mean what
their names say in `generation_config.json`.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from gguf.constants import GGMLQuantizationType
from gguf.quants import dequantize
from torch import Tensor

from engine.checkpoints.files import read_bytes, read_json
from engine.checkpoints.gguf_config import ARCHITECTURE, config_of, generation_config_of
from engine.checkpoints.gguf_header import GgufTensor, read_gguf_header
from engine.checkpoints.stored_tensor import StoredTensor, part_rows
from engine.errors import ModelFolderError

_TOP = {
    "token_embd.weight": "embed_tokens.weight",
    "output_norm.weight": "norm.weight",
    "self_cond_pre_norm.weight": "self_conditioning.pre_norm.weight",
    "self_cond_gate.weight": "self_conditioning.gate_proj.weight",
    "self_cond_up.weight": "self_conditioning.up_proj.weight",
    "self_cond_down.weight": "self_conditioning.down_proj.weight",
}
_IN_LAYER = {
    "attn_norm.weight": "input_layernorm.weight",
    "attn_q.weight": "self_attn.q_proj.weight",
    "attn_k.weight": "self_attn.k_proj.weight",
    "attn_v.weight": "self_attn.v_proj.weight",
    "attn_output.weight": "self_attn.o_proj.weight",
    "attn_q_norm.weight": "self_attn.q_norm.weight",
    "attn_k_norm.weight": "self_attn.k_norm.weight",
    "post_attention_norm.weight": "post_attention_layernorm.weight",
    "ffn_norm.weight": "pre_feedforward_layernorm.weight",
    "ffn_gate.weight": "mlp.gate_proj.weight",
    "ffn_up.weight": "mlp.up_proj.weight",
    "ffn_down.weight": "mlp.down_proj.weight",
    "ffn_gate_inp.weight": "router.proj.weight",
    "ffn_gate_inp.scale": "router.scale",
    "ffn_down_exps.scale": "router.per_expert_scale",
    "ffn_gate_up_exps.weight": "experts.gate_up_proj",
    "ffn_down_exps.weight": "experts.down_proj",
    "pre_ffw_norm_2.weight": "pre_feedforward_layernorm_2.weight",
    "post_ffw_norm.weight": "post_feedforward_layernorm.weight",
    "post_ffw_norm_1.weight": "post_feedforward_layernorm_1.weight",
    "post_ffw_norm_2.weight": "post_feedforward_layernorm_2.weight",
    "layer_output_scale.weight": "layer_scalar",
    "enc_layer_output_scale.weight": "encoder_layer_scalar",
}
# RoPE's factors follow from the configuration.
_DERIVED = frozenset({"rope_freqs.weight"})
# Of the released checkpoints, for files that have lost the factors.
RELEASED_ROTATED_SHARE = 0.25
VAST_FACTOR = 1e10  # of a RoPE frequency; the files have 1e30
_FLOATS = {
    GGMLQuantizationType.F32: torch.float32,
    GGMLQuantizationType.F16: torch.float16,
    GGMLQuantizationType.BF16: torch.bfloat16,
}


class GgufReader:
    """One GGUF file; the tokenizer's files are looked for beside it."""

    def __init__(self, path: Path) -> None:
        """Read the header.

        Raises:
            ModelFolderError: If the file is damaged or holds another architecture.
        """
        self.folder = path.parent
        self.files: tuple[Path, ...] = (path,)
        header = read_gguf_header(path)
        self._metadata, self._tensors = header.metadata, header.tensors
        architecture = self._metadata.get("general.architecture")
        if architecture != ARCHITECTURE:
            raise ModelFolderError(
                f"{path} holds a {architecture!r} model; Inlay runs {ARCHITECTURE!r}. "
                "Choose another file."
            )
        if self._metadata.get("split.count", 1) not in (0, 1):
            raise ModelFolderError(
                f"{path} is one part of several; join them with llama-gguf-split."
            )
        kinds = {tensor.kind for tensor in self._tensors.values()} - {GGMLQuantizationType.F32}
        self.scheme = "GGUF " + ", ".join(sorted(kind.name for kind in kinds))

    def config(self) -> Mapping[str, Any]:
        """Return the metadata in the form of `config.json`, or the file of that name if any."""
        # A file beside the weights knows more than the metadata, which lack some of its fields.
        stored = read_json(self.folder, "config.json", required=False)
        return stored or config_of(self._metadata, self._rotated_share())

    def generation_config(self) -> Mapping[str, Any]:
        """Return the file beside the weights, or the `diffusion.eb_*` metadata."""
        stored = read_json(self.folder, "generation_config.json", required=False)
        return stored or generation_config_of(self._metadata)

    def entries(self) -> list[StoredTensor]:
        """Return the weights in the order of the file."""
        return [
            StoredTensor(
                name=self._name(source),
                source=source,
                shape=tensor.shape,
                read=partial(read_part, tensor),
            )
            for source, tensor in self._tensors.items()
            if source not in _DERIVED
        ]

    def _rotated_share(self) -> float:
        """Return the share of full layers' pairs that RoPE turns: the others' factors are vast."""
        factors = self._tensors.get("rope_freqs.weight")
        if factors is None or factors.kind != GGMLQuantizationType.F32:
            return RELEASED_ROTATED_SHARE
        values = read_bytes(factors.path, factors.start, factors.num_bytes).view(torch.float32)
        return (values < VAST_FACTOR).float().mean().item()

    def _name(self, source: str) -> str:
        block, _, rest = source.partition(".")
        layer, _, leaf = rest.partition(".")
        if block == "blk" and layer.isdecimal() and leaf in _IN_LAYER:
            return f"layers.{layer}.{_IN_LAYER[leaf]}"
        if source in _TOP:
            return _TOP[source]
        raise ModelFolderError(
            f"{self.files[0]} holds a tensor this model has no place for: {source}."
        )


def read_part(tensor: GgufTensor, part: int) -> Tensor:
    """Return a part of a tensor, dequantized; parts as of an `StoredTensor`.

    Raises:
        ModelFolderError: If the file is cut short, or of a type that cannot be read.
    """
    shape = tensor.shape
    if len(shape) == 1:
        data = read_bytes(tensor.path, tensor.start, tensor.num_bytes)
    else:
        first, last, _ = part_rows(shape, part).indices(shape[0])
        step = tensor.num_bytes // shape[0]
        data = read_bytes(tensor.path, tensor.start + first * step, (last - first) * step)
        shape = (last - first, *shape[1:])
    if tensor.kind in _FLOATS:
        values = data.view(_FLOATS[tensor.kind])
    else:
        values = _dequantized(tensor, data.view(-1, tensor.row_bytes))
    return values.view(shape[1:] if len(shape) == 3 else shape)


def _dequantized(tensor: GgufTensor, rows: Tensor) -> Tensor:
    try:
        return torch.from_numpy(dequantize(rows.numpy(), tensor.kind))
    except NotImplementedError as error:
        raise ModelFolderError(
            f"{tensor.path} holds weights in {tensor.kind.name}, which Inlay cannot read. "
            "Choose a file in Q4_K_M, Q5_K_M, Q6_K, Q8_0 or BF16."
        ) from error
