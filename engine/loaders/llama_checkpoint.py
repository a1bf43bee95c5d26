"""A folder with a denoising adapter, and the base it is for, to a model.

The folder holds `config.json` (which base, and where it is found), `adapter.safetensors`,
`generation_config.json` and `inlay.json`. The base is one GGUF file of architecture `llama`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

import torch
from pydantic import Field
from torch import Tensor

from engine.checkpoints.files import read_header, read_json, read_metadata
from engine.checkpoints.gguf_llama import LlamaFile
from engine.errors import ModelFolderError
from engine.generation_config import GenerationConfig
from engine.hub.base import Base
from engine.loaders.checkpoint import Checkpoint, Progress
from engine.model.llama import PARTS, Llama, LlamaConfig, Products, query_scale
from engine.model.products import BITS_WITH_SCALES, Changed, Choice, FourBits, Product
from engine.schema import Strict, validated

ADAPTER = "adapter.safetensors"
MODEL_TYPE = "llama_denoiser"
_NORM_BEFORE = {"qkv": "input_layernorm", "gate_up": "post_attention_layernorm"}


class _File(Strict):
    canvas_length: Annotated[int, Field(ge=1, le=4096)]


def load_llama(
    folder: Path,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.float32,
    progress: Progress = lambda fraction: None,
    *,
    has_four_bits: bool = False,
    in_halves: bool = False,
) -> tuple[Checkpoint, Llama]:
    """Load an adapter's folder together with its base.

    Args:
        folder: Holds the adapter.
        device: Where the weights go.
        dtype: What passes are computed in.
        progress: Called with the share of the weights that is loaded, 0..1.
        has_four_bits: Whether products of a few rows read weights of 4 bits, where the base's are.
        in_halves: Whether float32 weights of products are kept in float16.

    Raises:
        ModelFolderError: If anything is missing, corrupt or belongs to another base.
    """
    stated = validated(_File, read_json(folder, "config.json"), "config.json")
    base = Base.of(folder)
    file = LlamaFile(base.locate(folder))
    base.check(file.path)
    config = LlamaConfig(canvas_length=stated.canvas_length, base=base.name, **file.config())
    adapter = Adapter(folder, config)
    weights = Weights(
        config, dtype, torch.device(device), has_four_bits=has_four_bits, in_halves=in_halves
    )
    total = len(PARTS) * config.num_layers
    for name, weight in file.weights():
        weights.add(name, weight, adapter)
        progress(min(1.0, weights.num_products / total))
    model = weights.model(adapter)
    generation = GenerationConfig.from_json(
        read_json(folder, "generation_config.json", required=False), config.vocab_size
    )
    checkpoint = Checkpoint(
        folder=folder,
        config=config,
        generation=generation,
        model=model,
        tokenizer=file.tokenizer(),
        chat_template=file.chat_template(),
    )
    return checkpoint, model


def llama_bytes(folder: Path, choice: Choice) -> int:
    """Return about what the weights of a folder take once they are loaded.

    The products, maybe in 4 bits as well, the embedding, and the adapter, stored in bfloat16.

    Raises:
        ModelFolderError: If the base is missing or damaged.
    """
    file = LlamaFile(Base.of(folder).locate(folder))
    config = LlamaConfig(canvas_length=1, base="", **file.config())
    rows = (config.num_heads + 2 * config.num_kv_heads) * config.head_dim
    attention = config.hidden_size * (rows + config.num_heads * config.head_dim)
    layer = attention + 3 * config.hidden_size * config.intermediate_size
    embedding = config.vocab_size * config.hidden_size
    adapter = (folder / ADAPTER).stat().st_size // torch.bfloat16.itemsize
    products, size = config.num_layers * layer, choice.dtype.itemsize
    if choice.in_halves:
        # The embedding is there twice: tokens are looked up in what is not packed.
        return (products + embedding + adapter) * torch.float16.itemsize + embedding * size
    few = products * BITS_WITH_SCALES // 8 if choice.has_four_bits else 0
    return (products + embedding + adapter) * size + few


class Changes(Protocol):
    """Low-rank changes of weights."""

    def change(self, name: str, shape: torch.Size) -> tuple[Tensor, Tensor]:
        """Return the halves [R, in] and [out, R] of what a weight is changed by, float32.

        Their rank R is 0 where it is not changed at all.
        """


def change_of(
    names: Sequence[str],
    shapes: Sequence[torch.Size],
    gain: Tensor | None,
    config: LlamaConfig,
    adapters: Sequence[Changes],
) -> tuple[Tensor, Tensor]:
    """Return the halves [R, in] and [out, R] of what adapters together make of a product.

    Args:
        names: Of its parts.
        shapes: Of their weights.
        gain: The norm before it [in], if its weight is folded in.
        config: Of the base.
        adapters: Whose changes are added up.
    """
    parts = [
        [adapter.change(name, shape) for adapter in adapters]
        for name, shape in zip(names, shapes, strict=True)
    ]
    a = torch.cat([a for part in parts for a, _ in part])
    # The change of each part has halves of its own: no part's rows may see another's.
    own = [torch.cat([b for _, b in part], dim=1) for part in parts]
    b: Tensor = torch.block_diag(*own)  # type: ignore[no-untyped-call]
    if names[0].endswith("q_proj"):
        # As in the weights.
        b[: shapes[0][0]] *= query_scale(config)
    # A norm's gain is one factor a column, and `b` has no columns of the input.
    return (a if gain is None else a * gain), b


class Adapter:
    """The low-rank changes of every product, and what free rows carry."""

    def __init__(self, folder: Path, config: LlamaConfig) -> None:
        """Read the adapter.

        Raises:
            ModelFolderError: If it is damaged or of another shape than the base.
        """
        self._path = folder / ADAPTER
        self._stored = read_header(self._path)
        scale = read_metadata(self._path).get("scale", "")
        try:
            self._scale = float(scale)
        except ValueError as error:
            raise ModelFolderError(f"{self._path} names no scale. Download it again.") from error
        size = config.hidden_size
        self.free = self._tensor("free", (size,))
        self.told = self._tensor("told", (size, size))

    def change(self, name: str, shape: torch.Size) -> tuple[Tensor, Tensor]:
        """See `Changes`."""
        if not self.has(name):
            return torch.zeros(0, shape[1]), torch.zeros(shape[0], 0)
        rank = self._stored[f"{name}.lora_A.weight"].shape[0]
        a = self._tensor(f"{name}.lora_A.weight", (rank, shape[1]))
        b = self._tensor(f"{name}.lora_B.weight", (shape[0], rank))
        return a, b.mul_(self._scale)

    def has(self, name: str) -> bool:
        """Whether the weight is changed at all."""
        return f"{name}.lora_A.weight" in self._stored

    def _tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        stored = self._stored.get(name)
        if stored is None or stored.shape != shape:
            raise ModelFolderError(
                f"{self._path} does not fit its base: {name} is "
                f"{'missing' if stored is None else list(stored.shape)}, not {list(shape)}. "
                "Download it again."
            )
        return stored.read().float()


class Weights:
    """Collects a base's weights and lays each layer out as soon as it is whole."""

    def __init__(
        self,
        config: LlamaConfig,
        dtype: torch.dtype,
        device: torch.device,
        *,
        has_four_bits: bool,
        in_halves: bool,
    ) -> None:
        """Start without any."""
        self._config, self._dtype, self._device = config, dtype, device
        self._has_four_bits, self._in_halves = has_four_bits, in_halves
        self._found: dict[str, Tensor] = {}
        self._products: dict[tuple[int, str], tuple[Product, Product | Changed]] = {}
        self._gains: dict[tuple[int, str], Tensor] = {}

    @property
    def num_products(self) -> int:
        """How many are laid out."""
        return len(self._products)

    def add(self, name: str, weight: Tensor, adapter: Adapter) -> None:
        """Take a weight in float32; parts of a product wait for each other and for their norm."""
        # The embedding is by far the largest, and is nobody's part.
        self._found[name] = self._placed(weight) if name.startswith("embed") else weight
        prefix, _, rest = name.partition(".")
        if prefix != "layers":
            return
        layer = rest.partition(".")[0]
        for product, parts in PARTS.items():
            wanted = [f"layers.{layer}.{part}" for part in parts]
            norm = _NORM_BEFORE.get(product)
            norms = [f"layers.{layer}.{norm}.weight"] if norm else []
            names = [f"{part}.weight" for part in wanted]
            key = (int(layer), product)
            if key not in self._products and all(n in self._found for n in (*names, *norms)):
                gain = self._found[norms[0]] if norms else None
                self._products[key] = self._laid_out(wanted, gain, adapter)
                if gain is not None:
                    self._gains[key] = gain
                for done in names:
                    del self._found[done]

    def model(self, adapter: Adapter) -> Llama:
        """Put the model together.

        Raises:
            ModelFolderError: If a weight never came.
        """
        layers, config = range(self._config.num_layers), self._config
        missing = [key for layer in layers for key in PARTS if (layer, key) not in self._products]
        tops = [self._found.get(f"{name}.weight") for name in ("embed_tokens", "norm")]
        if missing or tops[0] is None or tops[1] is None:
            raise ModelFolderError("The base lacks weights. Fetch it again.")
        causal, canvas = (
            [Products(**{key: self._products[layer, key][which] for key in PARTS})
             for layer in layers]
            for which in (0, 1)
        )  # fmt: skip
        embedding = self._placed(tops[0])
        return Llama(
            config,
            embedding=embedding,
            head=self._product(embedding) if self._in_halves else None,
            norm=self._placed(tops[1]),
            causal=causal,
            canvas=canvas,
            free=self._placed(adapter.free),
            told=self._placed(adapter.told),
            gains=self._gains,
        )

    def _laid_out(
        self, names: list[str], gain: Tensor | None, adapter: Adapter
    ) -> tuple[Product, Product | Changed]:
        """Return one product of the base, and the same with the adapter's change."""
        parts = [self._found[f"{name}.weight"] for name in names]
        whole = torch.cat(parts)
        a, b = change_of(names, [part.shape for part in parts], gain, self._config, [adapter])
        if names[0].endswith("q_proj"):
            # What every pass would multiply its queries by stands in the weights.
            whole[: len(parts[0])] *= query_scale(self._config)
        few = FourBits.found_in(whole, gain) if self._has_four_bits else None
        if gain is not None:
            whole = whole * gain
        base = self._product(whole, few)
        return base, Changed(base, self._product(a), self._product(b)) if len(a) else base

    def _product(self, weight: Tensor, few: FourBits | None = None) -> Product:
        return Product(self._placed(weight), few, in_halves=self._in_halves)

    def _placed(self, tensor: Tensor) -> Tensor:
        return tensor.to(self._device, self._dtype)
