"""How one projection is stored: plain or in one of the quantized layouts that people publish.

A module is the group of tensors that share a name up to its last dot; its leaves are those last
words, `weight`, `weight_scale` and so on. A layout is recognised by its leaves and their dtypes.
"""

from collections.abc import Mapping
from typing import Protocol

import torch

from engine.checkpoints.files import Stored
from engine.checkpoints.stored_tensor import Weight
from engine.errors import ModelFolderError
from kernels.quantized import NVFP4_GROUP, Nvfp4

Leaves = Mapping[str, Stored]

# Ends of tensor names that belong to a projection; every other name stands for itself.
LEAF_NAMES = frozenset({
    "weight", "weight_scale", "weight_scale_2", "input_scale",
    "weight_packed", "weight_global_scale", "input_global_scale",
})  # fmt: skip
PLAIN_DTYPES = (torch.bfloat16, torch.float16, torch.float32, torch.float64)


class Scheme(Protocol):
    """A layout; `matches` decides by content."""

    name: str

    def matches(self, leaves: Leaves) -> bool:
        """Whether a module with these leaves is stored in this layout."""

    def shape(self, leaves: Leaves) -> tuple[int, ...]:
        """Return the weight's shape, before packing; ValueError if the leaves contradict it."""

    def read(self, leaves: Leaves, rows: slice) -> Weight:
        """Return the weight, or a range of its first dimension."""


class Plain:
    """Floating-point numbers as they are: the released BF16, and what others leave unquantized."""

    name = "bfloat16"

    def matches(self, leaves: Leaves) -> bool:
        """One leaf of floats."""
        # The dtype decides: float8 without a scale is damaged, not plain.
        return len(leaves) == 1 and next(iter(leaves.values())).dtype in PLAIN_DTYPES

    def shape(self, leaves: Leaves) -> tuple[int, ...]:
        """Return the shape as stored."""
        return next(iter(leaves.values())).shape

    def read(self, leaves: Leaves, rows: slice) -> Weight:
        """Return the numbers in the dtype they are stored in."""
        return next(iter(leaves.values())).read(rows)


class Fp8Channel:
    """compressed-tensors `float-quantized`: e4m3 and one scale for each output, or for all."""

    name = "compressed-tensors float-quantized (FP8)"

    def matches(self, leaves: Leaves) -> bool:
        """e4m3 weights with a scale."""
        return (
            leaves.keys() - {"input_scale"} == {"weight", "weight_scale"}
            and leaves["weight"].dtype == torch.float8_e4m3fn
        )

    def shape(self, leaves: Leaves) -> tuple[int, ...]:
        """Return [out, in]."""
        shape, scale = leaves["weight"].shape, leaves["weight_scale"].shape
        if len(shape) != 2 or scale not in ((shape[0], 1), (shape[0],), (1,), ()):
            raise ValueError(
                f"FP8 weights {list(shape)} have scales {list(scale)}; one for each output is known"
            )
        return shape

    def read(self, leaves: Leaves, rows: slice) -> Weight:
        """Return weight · scale in float32, which holds the product exactly."""
        scale = leaves["weight_scale"].read().float().reshape(-1, 1)
        if len(scale) > 1:
            scale = scale[rows]
        return leaves["weight"].read(rows).float() * scale


class ModelOptNvfp4:
    """ModelOpt's NVFP4: `weight`, `weight_scale`, `weight_scale_2`; the scales multiply."""

    name = "ModelOpt NVFP4"

    def matches(self, leaves: Leaves) -> bool:
        """Packed bytes with scales on two levels."""
        return (
            leaves.keys() - {"input_scale"} == {"weight", "weight_scale", "weight_scale_2"}
            and leaves["weight"].dtype == torch.uint8
        )

    def shape(self, leaves: Leaves) -> tuple[int, ...]:
        """Return [out, in]."""
        return _nvfp4_shape(leaves["weight"], leaves["weight_scale"], leaves["weight_scale_2"])

    def read(self, leaves: Leaves, rows: slice) -> Weight:
        """Return the record as it is."""
        return Nvfp4(
            leaves["weight"].read(rows),
            leaves["weight_scale"].read(rows),
            _positive(leaves["weight_scale_2"]),
        )


class CompressedNvfp4:
    """compressed-tensors `nvfp4-pack-quantized`: as ModelOpt's, the global scale divides."""

    name = "compressed-tensors nvfp4-pack-quantized"

    def matches(self, leaves: Leaves) -> bool:
        """Packed bytes with scales on two levels, by their other names."""
        names = {"weight_packed", "weight_scale", "weight_global_scale"}
        return (
            leaves.keys() - {"input_global_scale"} == names
            and leaves["weight_packed"].dtype == torch.uint8
        )

    def shape(self, leaves: Leaves) -> tuple[int, ...]:
        """Return [out, in]."""
        return _nvfp4_shape(
            leaves["weight_packed"], leaves["weight_scale"], leaves["weight_global_scale"]
        )

    def read(self, leaves: Leaves, rows: slice) -> Weight:
        """Return the record with the reciprocal global scale."""
        return Nvfp4(
            leaves["weight_packed"].read(rows),
            leaves["weight_scale"].read(rows),
            1 / _positive(leaves["weight_global_scale"]),
        )


SCHEMES: tuple[Scheme, ...] = (Plain(), Fp8Channel(), ModelOptNvfp4(), CompressedNvfp4())


def scheme_of(module: str, leaves: Leaves) -> Scheme:
    """Return the layout of a module.

    Raises:
        ModelFolderError: If none matches; it names the module and what is stored there.
    """
    for scheme in SCHEMES:
        if scheme.matches(leaves):
            return scheme
    held = ", ".join(f"{leaf or 'values'} {stored.dtype}" for leaf, stored in leaves.items())
    raise ModelFolderError(
        f"{module} is stored in a way Inlay does not know ({held}). "
        "Choose a checkpoint in bfloat16, FP8, NVFP4 or GGUF."
    )


def _nvfp4_shape(codes: Stored, scales: Stored, global_scale: Stored) -> tuple[int, ...]:
    shape = (*codes.shape[:-1], 2 * codes.shape[-1]) if codes.shape else ()
    fits = (
        len(shape) == 2
        and scales.shape == (shape[0], shape[1] // NVFP4_GROUP)
        and shape[1] % NVFP4_GROUP == 0
        and scales.dtype == torch.float8_e4m3fn
        and global_scale.shape in ((), (1,))
        and global_scale.dtype == torch.float32
    )
    if not fits:
        raise ValueError(
            f"NVFP4 codes {list(codes.shape)} with scales {list(scales.shape)} {scales.dtype} and "
            f"a global scale {list(global_scale.shape)} {global_scale.dtype} are no known layout"
        )
    return shape


def _positive(stored: Stored) -> torch.Tensor:
    """Return a scalar [] that can be a scale."""
    value = stored.read().reshape(())
    if not (value.isfinite() and value > 0):
        raise ModelFolderError(
            f"{stored.path} holds a global scale of {value.item()}. "
            "Delete the file and download it again."
        )
    return value
