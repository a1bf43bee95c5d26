"""LoRA adapters in PEFT's layout, merged into the weights as they are read.

W' = W + alpha / rank · B · A (alpha / √rank for rank-stabilised adapters). Hu et al. 2021,
arXiv 2106.09685; file layout of PEFT's `adapter_model.safetensors`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any

from torch import Tensor

from engine.checkpoints.files import Stored, read_header, read_json
from engine.checkpoints.layout import model_name, plain
from engine.checkpoints.stored_tensor import Reader, StoredTensor, Weight, part_rows
from engine.errors import ModelFolderError
from engine.schema import Strict, shown, validated

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"

PREFIX = "base_model.model."
_KEY = re.compile(r"(.+)\.lora_(A|B)(?:\.default)?\.weight")
_EXPERT = re.compile(r"(layers\.\d{1,4}\.experts)\.(\d{1,5})\.(gate|up|down)_proj")
_FELLOWS = re.compile(r"(layers\.\d{1,4}\.(?:self_attn|mlp))\.(?:[qkv]|gate|up)_proj\.weight")
_UNSUPPORTED = ("use_dora", "fan_in_fan_out", "modules_to_save", "lora_bias", "target_parameters")


class _Config(Strict):
    peft_type: str = "LORA"
    bias: str = "none"
    lora_alpha: float = 8
    alpha_pattern: dict[str, float] | None = None
    use_rslora: bool | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """One module's change, `scale · B · A`."""

    a: Stored  # [rank, in]
    b: Stored  # [out, rank]
    scale: float

    @property
    def shape(self) -> tuple[int, ...]:
        """The weight's, [out, in]."""
        return (self.b.shape[0], self.a.shape[1])

    def add_to(self, weight: Tensor, rows: slice = slice(None)) -> Tensor:
        """Add the change's rows to weight [out, in] float32, in place."""
        # Rows by rows: the whole change would be as large as the weight.
        return weight.addmm_(self.b.read(rows).float(), self.a.read().float(), alpha=self.scale)


class LoraReader:
    """A reader with an adapter merged into what it yields."""

    def __init__(self, base: Reader, folder: Path) -> None:
        """Read the adapter's headers and match them with the base's weights.

        Raises:
            ModelFolderError: If the adapter is damaged, is of a kind that cannot be merged, or
                belongs to another model.
        """
        self.base, self.folder = base, base.folder
        self.files = (*base.files, folder / WEIGHTS, folder / CONFIG)
        self.scheme = f"{base.scheme} with the adapter {folder.name}"
        self._entries = _merged(base.entries(), read_deltas(folder), folder)

    def config(self) -> Mapping[str, Any]:
        """Return the base's."""
        return self.base.config()

    def generation_config(self) -> Mapping[str, Any]:
        """Return the base's."""
        return self.base.generation_config()

    def entries(self) -> list[StoredTensor]:
        """Return the weights; those that the adapter changes come in float32."""
        return list(self._entries)


def read_deltas(folder: Path) -> dict[str, Delta]:
    """Return an adapter's changes by the changed module's name in the model.

    Raises:
        ModelFolderError: If the adapter is damaged, or of a kind that cannot be merged.
    """
    values = read_json(folder, CONFIG)
    config = validated(_Config, values, CONFIG)
    # Each of these changes what is computed; merged without it, the model would be another without
    # a word.
    odd = [key for key in _UNSUPPORTED if values.get(key)]
    if config.peft_type != "LORA" or config.bias != "none" or odd:
        what = ", ".join(odd) or f"the type {shown(config.peft_type)} or biases"
        raise ModelFolderError(
            f"{folder} is an adapter with {what}, which cannot be merged; plain LoRA can."
        )
    pairs: dict[str, dict[str, Stored]] = {}
    for name, stored in read_header(folder / WEIGHTS).items():
        match = _KEY.fullmatch(name)
        if match is None or len(stored.shape) != 2:
            raise ModelFolderError(f"{folder / WEIGHTS} holds {name}, which is no part of a LoRA.")
        module = model_name(match[1].removeprefix(PREFIX))
        pairs.setdefault(module, {})[match[2]] = stored
    return {module: _delta(folder, module, pair, config) for module, pair in pairs.items()}


def _delta(folder: Path, module: str, pair: Mapping[str, Stored], config: _Config) -> Delta:
    if pair.keys() != {"A", "B"} or pair["A"].shape[0] != pair["B"].shape[1]:
        raise ModelFolderError(
            f"{folder / WEIGHTS} has no matching lora_A and lora_B for {module}."
        )
    rank = pair["A"].shape[0]
    if rank < 1:
        raise ModelFolderError(f"{folder / WEIGHTS} gives {module} a rank of 0.")
    alpha = _alpha(config, module)
    return Delta(pair["A"], pair["B"], alpha / (sqrt(rank) if config.use_rslora else rank))


def _alpha(config: _Config, module: str) -> float:
    """Return the value of the first pattern that ends the module's name, as PEFT looks them up."""
    for pattern, value in (config.alpha_pattern or {}).items():
        if module == pattern or module.endswith(f".{pattern}"):
            return value
    return config.lora_alpha


def _merged(
    entries: list[StoredTensor], deltas: dict[str, Delta], folder: Path
) -> list[StoredTensor]:
    left = dict(deltas)
    merged = [_with_deltas(entry, left) for entry in entries]
    if left:
        raise ModelFolderError(
            f"{folder} changes {min(left)}, which the model does not have or in another shape. "
            "The adapter belongs to another model."
        )
    changed = {_product_of(entry) for entry in merged if entry.is_changed}
    # What runs as one product has one format: if a part is kept better, all of it is.
    return [
        replace(entry, is_nvfp4=False, is_changed=True) if _product_of(entry) in changed else entry
        for entry in merged
    ]


def _product_of(entry: StoredTensor) -> str:
    """Return which product a matrix is a part of, beside others or alone."""
    match = _FELLOWS.fullmatch(entry.name)
    return match[1] if match else entry.name


def _with_deltas(entry: StoredTensor, left: dict[str, Delta]) -> StoredTensor:
    """Return the entry with its changes, taking them out of `left`."""
    module = entry.name.removesuffix(".weight")
    if module in left and left[module].shape == entry.shape:
        read = partial(_read_matrix, entry, left.pop(module))
        return replace(entry, read=read, is_changed=True)
    if len(entry.shape) != 3:
        return entry
    found: dict[int, list[tuple[Delta, slice]]] = {}
    for name in [name for name in left if _is_expert_of(name, entry.name)]:
        expert, rows = _place(name, entry)
        if expert < entry.shape[0] and left[name].shape == (
            rows.stop - rows.start,
            entry.shape[2],
        ):
            found.setdefault(expert, []).append((left.pop(name), rows))
    return replace(entry, read=partial(_read_expert, entry, found)) if found else entry


def _is_expert_of(name: str, stack: str) -> bool:
    match = _EXPERT.fullmatch(name)
    if match is None:
        return False
    return stack == f"{match[1]}.{'down' if match[3] == 'down' else 'gate_up'}_proj"


def _place(name: str, entry: StoredTensor) -> tuple[int, slice]:
    """Return the expert and the rows of its part that a module is."""
    match = _EXPERT.fullmatch(name)
    assert match is not None
    size = entry.shape[1]
    rows = {"down": (0, size), "gate": (0, size // 2), "up": (size // 2, size)}[match[3]]
    return int(match[2]), slice(*rows)


def _read_matrix(entry: StoredTensor, delta: Delta, part: int) -> Weight:
    weight = plain(entry.read(part)).float().clone()
    return delta.add_to(weight, part_rows(entry.shape, part))


def _read_expert(
    entry: StoredTensor, deltas: Mapping[int, list[tuple[Delta, slice]]], part: int
) -> Weight:
    if part not in deltas:
        return entry.read(part)
    weight = plain(entry.read(part)).float().clone()
    for delta, rows in deltas[part]:
        delta.add_to(weight[rows])
    return weight
