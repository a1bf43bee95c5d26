"""The model's modules on packed weights: plain torch, dequantized where and when they are used.

`install` is the hook: it replaces the modules of a built model by ones that hold the records of
`kernels.quantized`, with the same names and calls. Each has its record in `.record`, which is what
kernels take; `forward` is the slow twin and the path without a GPU.
"""

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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
        place = name.removesuffix(".weight")
        owner, _, leaf = place.rpartition(".")
        parent = model.get_submodule(owner)
        if isinstance(parent, Experts):
            pair = (records[f"{owner}.gate_up_proj"], records[f"{owner}.down_proj"])
            model.set_submodule(owner, QuantizedExperts(*pair, dtype))
        elif isinstance(parent, QuantizedExperts):
            continue  # replaced together with the other half
        elif leaf == "embed_tokens":
            model.set_submodule(place, QuantizedEmbedding(record, dtype))
        else:
            model.set_submodule(place, QuantizedLinear(record, dtype))


def num_weights(model: DiffusionGemma) -> int:
    """Return the model's parameters, packed ones counted one by one."""
    packed = [module for module in model.modules() if isinstance(module, _Packed)]
    plain = sum(parameter.numel() for parameter in model.parameters())
    return plain + sum(module.record.shape.numel() for module in packed)
