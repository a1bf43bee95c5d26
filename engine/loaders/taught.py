"""What a user has taught a model, beside the adapter that it came with.

A taught adapter is one low-rank change of the base, in PEFT's layout. Both passes take it up: the
causal one is the base and what is taught, that of canvases the base, the model's own adapter and
what is taught. The base's weights are there once, whatever adapters are in use.
"""

from collections import OrderedDict
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from engine.adapters import described
from engine.checkpoints.files import read_json
from engine.checkpoints.lora import CONFIG, WEIGHTS, Delta, read_deltas
from engine.errors import BadRequestError, EngineError, ModelFolderError
from engine.loaders.llama_checkpoint import Adapter, change_of
from engine.model.llama import PARTS, Llama, LlamaConfig
from engine.model.products import Changed, Product

_KEPT: Final = 3  # adapters; one takes 20 MB in bfloat16
_State = tuple[tuple[int, int], ...]


class TaughtChanges:
    """The changes in one folder; see `engine.loaders.llama_checkpoint.Changes`."""

    def __init__(self, folder: Path, config: LlamaConfig) -> None:
        """Read what it changes.

        Raises:
            EngineError: If it is damaged, or for another base.
        """
        self._folder = folder
        name = str(read_json(folder, CONFIG).get("base_model_name_or_path") or "")
        # As large as another model's are the weights of the same one, trained otherwise.
        if config.base and name and Path(name).name.lower() != config.base.lower():
            raise self._foreign(
                f"it was taught on {name}, and this model is built on {config.base}"
            )
        deltas = read_deltas(folder)
        self._deltas = {name.removeprefix("model."): one for name, one in deltas.items()}
        layers, leaves = range(config.num_layers), [part for one in PARTS.values() for part in one]
        known = {f"layers.{layer}.{leaf}" for layer in layers for leaf in leaves}
        if other := self._deltas.keys() - known:
            raise self._foreign(f"it changes {min(other)}")

    def change(self, name: str, shape: torch.Size) -> tuple[Tensor, Tensor]:
        """See `Changes`.

        Raises:
            EngineError: If it is of another shape, or no number.
        """
        delta: Delta | None = self._deltas.get(name)
        if delta is None:
            return torch.zeros(0, shape[1]), torch.zeros(shape[0], 0)
        if delta.shape != tuple(shape):
            raise self._foreign(f"its {name} is {list(delta.shape)}, not {list(shape)}")
        a, b = delta.a.read().float(), delta.b.read().float() * delta.scale
        if not (a.isfinite().all() and b.isfinite().all()):
            raise BadRequestError(
                f"The adapter {self._folder.name} is damaged: {name} holds what is no number. "
                "Delete it and teach it again, or use none."
            )
        return a, b

    def _foreign(self, why: str) -> EngineError:
        return BadRequestError(
            f"The adapter {self._folder.name} is not for this model: {why}. Choose another adapter "
            "or none, or the model that it was taught on."
        )


class TaughtModels:
    """A model with one taught adapter or another; the latest stay in memory."""

    def __init__(self, model: Llama, folder: Path, *, in_halves: bool) -> None:
        """Take the model as it comes.

        Args:
            model: Without anything taught.
            folder: Of its own adapter.
            in_halves: Whether float32 weights of products are kept in float16.
        """
        self._model, self._folder, self._in_halves = model, folder, in_halves
        self._found: OrderedDict[Path, tuple[_State, Llama]] = OrderedDict()

    def model(self, folder: Path) -> Llama:
        """Return the model with the adapter in a folder.

        Raises:
            EngineError: If the adapter is missing, damaged or for another base.
        """
        state = _state(folder)
        known = self._found.get(folder)
        if known is None or known[0] != state:
            try:
                self._found[folder] = state, self._changed(folder)
            except ModelFolderError as error:  # which speaks of models that were downloaded
                raise BadRequestError(
                    described(folder).problem
                    or f"The adapter {folder.name} is damaged ({error}). Choose another adapter "
                    "or none, or teach it again."
                ) from error
        self._found.move_to_end(folder)
        while len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return self._found[folder][1]

    def _changed(self, folder: Path) -> Llama:
        config = self._model.config
        taught, own = TaughtChanges(folder, config), Adapter(self._folder, config)
        gains, shapes = self._model.gains, _shapes(config)

        def change(layer: int, product: str, base: Product) -> tuple[Changed, Changed]:
            names = [f"layers.{layer}.{part}" for part in PARTS[product]]
            sizes, gain = shapes[product], gains.get((layer, product))
            return self._product(base, *change_of(names, sizes, gain, config, [taught])), (
                self._product(base, *change_of(names, sizes, gain, config, [own, taught]))
            )

        return self._model.changed(change)

    def _product(self, base: Product, a: Tensor, b: Tensor) -> Changed:
        model = self._model
        halves = [
            Product(half.to(model.device, model.dtype), in_halves=self._in_halves)
            for half in (a, b)
        ]
        return Changed(base, *halves)


def _shapes(config: LlamaConfig) -> dict[str, list[torch.Size]]:
    """Return the shapes [out, in] of each product's parts."""
    hidden, inner = config.hidden_size, config.intermediate_size
    query, key = config.num_heads * config.head_dim, config.num_kv_heads * config.head_dim
    sizes = {
        "qkv": [(query, hidden), (key, hidden), (key, hidden)],
        "out": [(hidden, query)],
        "gate_up": [(inner, hidden), (inner, hidden)],
        "down": [(hidden, inner)],
    }
    return {name: [torch.Size(one) for one in parts] for name, parts in sizes.items()}


def _state(folder: Path) -> _State:
    """Return by what a change of an adapter's files is seen.

    Raises:
        BadRequestError: If one is missing.
    """
    try:
        found = [(folder / name).stat() for name in (WEIGHTS, CONFIG)]
    except OSError as error:
        raise BadRequestError(
            f"The adapter {folder.name} cannot be read: {error.filename} is missing or out of "
            "reach. Put it back, or choose another one or none with Inlay → Teach It My Files."
        ) from error
    return tuple((one.st_size, one.st_mtime_ns) for one in found)
