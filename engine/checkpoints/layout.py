"""From names on disk to names in the model; split experts become stacks again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.checkpoints.files import Stored
from engine.checkpoints.schemes import (
    LEAF_NAMES,
    CompressedNvfp4,
    Leaves,
    ModelOptNvfp4,
    Scheme,
    scheme_of,
)
from engine.checkpoints.stored_tensor import StoredTensor, Weight, part_rows
from engine.errors import ModelFolderError
from kernels.quantized import Nvfp4

# The engine reads text only; these belong to the image encoder, which it leaves out.
SKIPPED_PREFIXES = ("model.encoder.vision_tower.", "model.encoder.embed_vision.")

_DECODER = "model.decoder."
_ENCODER_LAYERS = "model.encoder.language_model.layers."
_EXPERT = re.compile(r"(layers\.\d{1,4}\.experts)\.(\d{1,5})\.(gate|up|down)_proj")


@dataclass(frozen=True, slots=True)
class _Module:
    """A projection as stored, and where its parts come from."""

    source: str
    scheme: Scheme
    leaves: Leaves
    shape: tuple[int, ...]

    @property
    def is_nvfp4(self) -> bool:
        return isinstance(self.scheme, ModelOptNvfp4 | CompressedNvfp4)

    def read(self, part: int) -> Weight:
        weight = self.scheme.read(self.leaves, part_rows(self.shape, part))
        return weight[0] if len(self.shape) == 3 and isinstance(weight, Tensor) else weight

    def read_all(self) -> Weight:
        return self.scheme.read(self.leaves, slice(None))


@dataclass(slots=True)
class _Stack:
    """The experts of one layer, each projection by itself."""

    projections: dict[str, dict[int, _Module]] = field(
        default_factory=lambda: {"gate": {}, "up": {}, "down": {}}
    )


def model_name(disk_name: str) -> str:
    """Return the name that a tensor on disk has in `DiffusionGemma.state_dict()`."""
    if disk_name.startswith(_ENCODER_LAYERS):
        layer, _, leaf = disk_name.removeprefix(_ENCODER_LAYERS).partition(".")
        return f"layers.{layer}.encoder_{leaf}"
    return disk_name.removeprefix(_DECODER)


def layout(tensors: Mapping[str, Stored]) -> tuple[list[StoredTensor], str]:
    """Return the model's weights and the name of the scheme they are stored in.

    Raises:
        ModelFolderError: If a module is stored in an unknown way or experts are incomplete.
    """
    entries: list[StoredTensor] = []
    stacks: dict[str, _Stack] = {}
    schemes: dict[str, None] = {}
    for source, module in _modules(tensors):
        schemes[module.scheme.name] = None
        name = model_name(source)
        match = _EXPERT.fullmatch(name)
        if match:
            stack = stacks.setdefault(match[1], _Stack())
            stack.projections[match[3]][int(match[2])] = module
            continue
        suffix = ".weight" if module.leaves.keys() & {"weight", "weight_packed"} else ""
        entries.append(
            StoredTensor(
                name=name + suffix,
                source=source + suffix,
                shape=module.shape,
                read=module.read,
                is_nvfp4=module.is_nvfp4,
            )
        )
    for name, stack in stacks.items():
        entries.extend(_stacked(name, stack))
    named = [scheme for scheme in schemes if scheme != "bfloat16"]
    return entries, " and ".join(named) or "bfloat16"


def _modules(tensors: Mapping[str, Stored]) -> Iterator[tuple[str, _Module]]:
    groups: dict[str, dict[str, Stored]] = {}
    for name, stored in tensors.items():
        if name.startswith(SKIPPED_PREFIXES):
            continue
        module, _, leaf = name.rpartition(".")
        if leaf not in LEAF_NAMES:
            module, leaf = name, ""
        groups.setdefault(module, {})[leaf] = stored
    for module, leaves in groups.items():
        scheme = scheme_of(module, leaves)
        try:
            yield module, _Module(module, scheme, leaves, scheme.shape(leaves))
        except ValueError as error:
            raise ModelFolderError(f"{module}: {error}. Download it again.") from error


def _stacked(name: str, stack: _Stack) -> Iterator[StoredTensor]:
    gates, ups, downs = (stack.projections[key] for key in ("gate", "up", "down"))
    count = len(gates)
    if not gates.keys() == ups.keys() == downs.keys() == set(range(count)):
        raise ModelFolderError(
            f"{name} holds {count} gate, {len(ups)} up and {len(downs)} down projections, which "
            "is no whole set of experts. The download is incomplete; fetch it again."
        )
    if not gates or len(gates[0].shape) != 2:
        raise ModelFolderError(f"{name} has experts that are no matrices. Download it again.")
    inner, hidden = gates[0].shape
    shapes = {"gate": (inner, hidden), "up": (inner, hidden), "down": (hidden, inner)}
    for key, shape in shapes.items():
        # Before any is read: a wrong one would show in the midst of a conversion.
        odd = [module for module in stack.projections[key].values() if module.shape != shape]
        if odd:
            raise ModelFolderError(
                f"{odd[0].source} has shape {list(odd[0].shape)}, the other experts have "
                f"{list(shape)}. The files do not belong together."
            )
    yield StoredTensor(
        name=f"{name}.gate_up_proj",
        source=f"{gates[0].source} and its fellows",
        shape=(count, 2 * inner, hidden),
        read=lambda part: join(gates[part].read_all(), ups[part].read_all()),
        is_nvfp4=gates[0].is_nvfp4 and ups[0].is_nvfp4,
    )
    yield StoredTensor(
        name=f"{name}.down_proj",
        source=f"{downs[0].source} and its fellows",
        shape=(count, hidden, inner),
        read=lambda part: downs[part].read_all(),
        is_nvfp4=downs[0].is_nvfp4,
    )


def join(gate: Weight, up: Weight) -> Weight:
    """Return gate above up, [2 · I, M].

    NVFP4 has one global scale for both. Where a checkpoint has two, the half with the smaller one
    is quantized again under the larger.
    """
    if isinstance(gate, Nvfp4) and isinstance(up, Nvfp4):
        common = torch.maximum(gate.global_scale, up.global_scale)
        # Under the larger one, as codes cannot say more than 6 times their scale.
        halves = [half.with_global_scale(common) for half in (gate, up)]
        return Nvfp4(
            torch.cat([half.codes for half in halves]),
            # Float8 cannot be joined on every device; its bytes can.
            torch.cat([half.scales.view(torch.uint8) for half in halves]).view(torch.float8_e4m3fn),
            common,
        )
    return torch.cat([plain(gate), plain(up)])


def plain(weight: Weight) -> Tensor:
    """Return the numbers of a weight, dequantized to float32 if need be."""
    return weight if isinstance(weight, Tensor) else weight.dequantize()
