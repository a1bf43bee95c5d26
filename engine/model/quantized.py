"""The model's modules on packed weights: plain torch, dequantized where and when they are used.

`install` is the hook: it replaces the modules of a built model by ones that hold the records of
`kernels.quantized`, with the same names and calls. Each has its record in `.record`, which is what
kernels take; `forward` is the slow twin and the path without a GPU.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.checkpoints.cache import CachedReader
from engine.generation_config import GenerationConfig
from engine.model.checkpoint import Checkpoint, Progress, build, check_complete, check_place
from engine.model.layers import Experts
from engine.model.model import DiffusionGemma
from kernels.moe import moe_torch
from kernels.quantized import Quantized


class _Packed(nn.Module):
    """Holds a record's tensors as buffers, so that they move with the model."""

    def __init__(self, record: Quantized, dtype: torch.dtype) -> None:
        super().__init__()
        self.kind, self.dtype = type(record), dtype
        for name, tensor in record.tensors().items():
            self.register_buffer(name, tensor)

    @property
    def record(self) -> Quantized:
        """The packed weight."""
        fields = self.kind.__dataclass_fields__
        return self.kind(**{name: cast("Tensor", getattr(self, name)) for name in fields})

    @property
    def weight(self) -> Tensor:
        """The weight, dequantized anew at each access."""
        return self.record.dequantize(self.dtype)


class QuantizedLinear(_Packed):
    """A `Linear` without bias."""

    @property
    def out_features(self) -> int:
        """Rows of the weight."""
        return self.record.shape[0]

    def forward(self, x: Tensor) -> Tensor:
        """Map x [..., in] to [..., out]."""
        return F.linear(x, self.weight)


class QuantizedEmbedding(_Packed):
    """An `Embedding` whose rows are looked up packed."""

    def forward(self, ids: Tensor) -> Tensor:
        """Return the rows [..., M] of ids [...]."""
        names = self.kind.__dataclass_fields__
        rows = {name: cast("Tensor", getattr(self, name))[ids] for name in names}
        return self.kind(**rows).dequantize(self.dtype)


class QuantizedExperts(nn.Module):
    """The `Experts` of a layer; only those that some token chose are dequantized."""

    def __init__(self, gate_up: Quantized, down: Quantized, dtype: torch.dtype) -> None:
        """Hold gate_up [E, 2·I, M] and down [E, M, I]."""
        super().__init__()
        self.gate_up_proj, self.down_proj = _Packed(gate_up, dtype), _Packed(down, dtype)

    def forward(self, x: Tensor, index: Tensor, weights: Tensor) -> Tensor:
        """Mix the chosen experts' outputs for x [T, M]; index and weights [T, K]."""
        chosen, places = index.unique(return_inverse=True)  # type: ignore[no-untyped-call]
        gate_up, down = (
            _rows(packed.record, chosen).dequantize(x.dtype)
            for packed in (self.gate_up_proj, self.down_proj)
        )
        return moe_torch(x, gate_up, down, places, weights)


def _rows(record: Quantized, index: Tensor) -> Quantized:
    kind = type(record)
    # Indexing float8 is not implemented everywhere; its bytes are.
    return kind(**{name: _take(tensor, index) for name, tensor in record.tensors().items()})


def _take(tensor: Tensor, index: Tensor) -> Tensor:
    if tensor.dtype == torch.float8_e4m3fn:
        return tensor.view(torch.uint8)[index].view(torch.float8_e4m3fn)
    return tensor[index]


def install(
    model: DiffusionGemma,
    records: Mapping[str, Quantized],
    dtype: torch.dtype = torch.bfloat16,
) -> None:
    """Replace, in place, the modules whose weights are among `records`.

    Args:
        model: Built as usual, on any device, `meta` too; `pack` must not have been called.
        records: By the weight's name in `state_dict()`: `layers.0.mlp.up_proj.weight`,
            `layers.0.experts.down_proj`, `embed_tokens.weight`.
        dtype: What weights are dequantized to.
    """
    for name, record in records.items():
        owner, _, leaf = name.removesuffix(".weight").rpartition(".")
        parent = model.get_submodule(owner)
        if isinstance(parent, Experts):
            parent = model.get_submodule(owner.rpartition(".")[0])
            records_of = (records[f"{owner}.gate_up_proj"], records[f"{owner}.down_proj"])
            parent.experts = QuantizedExperts(*records_of, dtype)
        elif isinstance(parent, QuantizedExperts):
            continue  # replaced together with the other half
        elif leaf == "embed_tokens":
            model.embed_tokens = cast("nn.Embedding", QuantizedEmbedding(record, dtype))
        else:
            setattr(parent, leaf, QuantizedLinear(record, dtype))


def num_weights(model: DiffusionGemma) -> int:
    """Return the model's parameters, packed ones counted one by one."""
    packed = [module for module in model.modules() if isinstance(module, _Packed)]
    plain = sum(parameter.numel() for parameter in model.parameters())
    return plain + sum(module.record.shape.numel() for module in packed)


def load_converted(
    folder: Path,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
    progress: Progress = lambda fraction: None,
    host_layers: int = 0,
) -> Checkpoint:
    """Load a converted model with its weights packed as they are on the disk.

    Args:
        folder: What `engine.checkpoints.convert` returned.
        device: Where the weights go; the host holds one of them at a time.
        dtype: Of the weights that are not packed, and of what packed ones are dequantized to.
        progress: Called with the share of the weights that is loaded, 0..1.
        host_layers: Last layers whose experts stay on the host, see `model.host_experts`.

    Raises:
        ModelFolderError: If anything is missing, damaged or from another version.
    """
    reader = CachedReader(folder)
    config, model = build(reader)
    expected, entries = model.state_dict(), reader.entries()
    records: dict[str, Quantized] = {}
    plain: dict[str, Tensor] = {}
    for count, entry in enumerate(entries, start=1):
        check_place(entry, expected, folder)
        weight = reader.record(entry.name)
        if isinstance(weight, Tensor):
            plain[entry.name] = weight.to(device=device, dtype=dtype)
        else:
            stays = _layer_of_experts(entry.name) >= len(config.layers) - host_layers
            records[entry.name] = weight if stays else _moved(weight, device)
        progress(count / len(entries))
    check_complete(expected.keys() - records.keys() - plain.keys(), folder)
    install(model, records, dtype)
    model.load_state_dict(plain, strict=False, assign=True)
    model.requires_grad_(requires_grad=False)
    generation = GenerationConfig.from_json(reader.generation_config(), config.vocab_size)
    return Checkpoint(folder=folder, config=config, generation=generation, model=model.eval())


def _layer_of_experts(name: str) -> int:
    """Return the layer whose experts a weight is; -1: it is none of an expert."""
    match = re.match(r"layers\.(\d+)\.experts\.", name)
    return int(match[1]) if match else -1


def _moved(record: Quantized, device: torch.device | str) -> Quantized:
    return type(record)(**{name: t.to(device) for name, t in record.tensors().items()})
