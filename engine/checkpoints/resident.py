"""Which format each weight takes in memory: the choice, its bytes, and the way into it."""

from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor

from engine.checkpoints.layout import plain
from engine.checkpoints.stored_tensor import Format, StoredTensor, Weight, num_parts
from engine.errors import BadRequestError, ModelFolderError
from kernels.quantized import INT4_GROUP, NVFP4_GROUP, Int4Group, Int8Channel, Nvfp4

BFLOAT16 = "bfloat16"
FORMATS: dict[str, Format] = {"nvfp4": Nvfp4, "int4": Int4Group, "int8": Int8Channel}
CHOICES = {
    "experts": (BFLOAT16, "int8", "int4", "nvfp4"),
    "dense": (BFLOAT16, "int8", "int4", "nvfp4"),
    "embedding": (BFLOAT16, "int8", "int4"),
}
_DENSE = (".self_attn.", ".mlp.", "self_conditioning.")
_ALIGNMENT = 32  # of a row in 4 bits; kernels read no others

Spec = tuple[torch.dtype, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Residency:
    """The format of each kind of weight; norms, router and scalars stay in bfloat16."""

    experts: str = "int4"
    dense: str = "int8"  # attention, dense MLP, self-conditioning
    embedding: str = "int8"

    def __post_init__(self) -> None:
        """Reject what is no choice.

        Raises:
            BadRequestError: With the name, the value and the choices.
        """
        for kind, choices in CHOICES.items():
            value = getattr(self, kind)
            if value not in choices:
                raise BadRequestError(f"{kind} is {value!r}; it must be one of {choices}.")

    def __str__(self) -> str:
        """Name the choice as a cache folder does."""
        return f"{self.experts}-{self.dense}-{self.embedding}"


DEFAULT_RESIDENCY = Residency()


def kind_of(name: str, shape: tuple[int, ...]) -> str | None:
    """Return "experts", "dense" or "embedding", or None for what is never quantized."""
    if len(shape) == 3:
        return "experts"
    if name == "embed_tokens.weight":
        return "embedding"
    is_dense = len(shape) == 2 and any(part in f".{name}" for part in _DENSE)
    return "dense" if is_dense else None


def target_of(entry: StoredTensor, residency: Residency) -> Format | None:
    """Return the format a weight takes, None for bfloat16.

    NVFP4 stays as it is stored. Rows that no 4-bit kernel reads take 8 bits, and so do changed
    matrices: 4 bits round away half of what an adapter is.
    """
    kind = kind_of(entry.name, entry.shape)
    if kind is None:
        return None
    # Quantized again it would lose once more, and it is small already.
    if entry.is_nvfp4 and entry.shape[-1] % _ALIGNMENT == 0:
        return Nvfp4
    target = FORMATS.get(getattr(residency, kind))
    if target in (Nvfp4, Int4Group) and (entry.is_changed or entry.shape[-1] % _ALIGNMENT):
        return Int8Channel
    if target is Nvfp4 and len(entry.shape) == 2 and num_parts(entry.shape) > 1:
        return Int4Group  # its parts would need one global scale before the first is read
    return target


def tensor_specs(shape: tuple[int, ...], target: Format | None) -> dict[str, Spec]:
    """Return dtype and shape of the tensors by field name; "" stands for a plain weight."""
    *lead, num_out, num_in = (1, 1, *shape)[-max(len(shape), 2) :]
    if target is None:
        return {"": (torch.bfloat16, shape)}
    if target is Int8Channel:
        return {"codes": (torch.int8, shape), "scales": (torch.float32, (*lead, num_out))}
    codes = (torch.uint8, (*lead, num_out, num_in // 2))
    if target is Int4Group:
        return {
            "codes": codes,
            "scales": (torch.bfloat16, (*lead, num_out, num_in // INT4_GROUP)),
        }
    return {
        "codes": codes,
        "scales": (torch.float8_e4m3fn, (*lead, num_out, num_in // NVFP4_GROUP)),
        "global_scale": (torch.float32, tuple(lead)),
    }


def num_bytes(shape: tuple[int, ...], target: Format | None) -> int:
    """Return the bytes a weight of `shape` takes."""
    return sum(prod(size) * dtype.itemsize for dtype, size in tensor_specs(shape, target).values())


def to_format(weight: Weight, target: Format | None, source: str) -> dict[str, Tensor]:
    """Return a weight, or a part of one, as the tensors of its format.

    Raises:
        ModelFolderError: If the weight holds something that is no number.
    """
    if target is None:
        # Looked at after rounding: what is finite in float32 may be none in bfloat16.
        values = plain(weight).to(torch.bfloat16)
        _check_finite(values, source)
        return {"": values}
    packed = weight if isinstance(weight, target) else target.quantize(plain(weight))
    tensors = packed.tensors()
    for name, tensor in tensors.items():
        if name != "codes":
            _check_finite(tensor, source)
    return tensors


def _check_finite(tensor: Tensor, source: str) -> None:
    if not tensor.float().isfinite().all():
        raise ModelFolderError(
            f"{source} holds values that are no numbers. Download the checkpoint again."
        )
