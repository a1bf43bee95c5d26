"""The shapes of a model's weights, cache and steps, and the bytes they take; nothing is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from engine.checkpoints.resident import Residency, kind_of, num_bytes, target_of
from engine.checkpoints.stored_tensor import Reader, StoredTensor, Weight
from engine.model.config import ModelConfig
from engine.model.kv_cache import SLACK
from engine.model.model import DiffusionGemma

ROW_BYTES = 2  # of a key or value, bfloat16
LEAST_RING = 1024  # rows

RELEASED_CONFIG: dict[str, Any] = {
    "model_type": "diffusion_gemma",
    "canvas_length": 256,
    "dtype": "bfloat16",
    "text_config": {
        "vocab_size": 262_144,
        "hidden_size": 2816,
        "intermediate_size": 2112,
        "num_hidden_layers": 30,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 256,
        "global_head_dim": 512,
        "num_global_key_value_heads": 2,
        "sliding_window": 1024,
        "num_experts": 128,
        "top_k_experts": 8,
        "moe_intermediate_size": 704,
        "max_position_embeddings": 262_144,
    },
}


@dataclass(frozen=True, slots=True)
class ModelShapes:
    """The shapes of every weight, and of the rows a cache and a step hold."""

    config: ModelConfig
    weights: Mapping[str, tuple[int, ...]]
    nvfp4: frozenset[str] = frozenset()  # weights that the checkpoint has in NVFP4
    changed: frozenset[str] = frozenset()  # weights that an adapter is merged into

    @classmethod
    def of(cls, config: ModelConfig) -> "ModelShapes":
        """Return the shapes of a model."""
        with torch.device("meta"):
            model: nn.Module = DiffusionGemma(config)
        weights = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        return cls(config, weights)

    @classmethod
    def stored(cls, reader: Reader) -> "ModelShapes":
        """Return the shapes of a checkpoint.

        Raises:
            ModelFolderError: If it is damaged.
        """
        entries = reader.entries()
        return replace(
            cls.of(ModelConfig.from_json(reader.config())),
            nvfp4=frozenset(entry.name for entry in entries if entry.is_nvfp4),
            changed=frozenset(entry.name for entry in entries if entry.is_changed),
        )

    @classmethod
    def released(cls) -> "ModelShapes":
        """Return the shapes of `google/diffusiongemma-26B-A4B-it`."""
        return cls.of(ModelConfig.from_json(RELEASED_CONFIG))

    def weight_bytes(self, residency: Residency, kind: str | None = "all") -> int:
        """Return the bytes of the weights of a kind: "experts", "dense", "embedding", None, all."""
        return sum(
            num_bytes(shape, target_of(self._entry(name, shape), residency))
            for name, shape in self.weights.items()
            if kind in ("all", kind_of(name, shape))
        )

    def cache_bytes(self, context: int) -> int:
        """Return the bytes of the keys and values of `context` tokens."""
        kept = self.config.sliding_window - 1 + SLACK
        return sum(
            2
            * layer.num_key_value_heads
            * layer.head_dim
            * ROW_BYTES
            * (min(context, kept) if layer.is_sliding else context)
            for layer in self.config.layers
        )

    def ring_bytes(self, context: int) -> int:
        """Return the bytes of the copies of keys and values that steps read (`kernel_step`)."""
        rows = max(LEAST_RING, 1 << max(context - 1, 0).bit_length())
        window = max(self.config.sliding_window - 1, 1)
        return sum(
            2
            * layer.num_key_value_heads
            * layer.head_dim
            * ROW_BYTES
            * (window if layer.is_sliding else rows)
            for layer in self.config.layers
        )

    def step_bytes(self, canvas: int) -> int:
        """Return an upper estimate of what one denoising step holds besides weights and cache.

        Hidden states in float32 and bfloat16, the widest projections, the routed slots, and the
        head's tiles: logits are never stored whole.
        """
        config = self.config
        heads = max(layer.head_dim for layer in config.layers) * config.num_attention_heads
        slots = config.top_k_experts * (config.moe_intermediate_size * 2 + config.hidden_size)
        row = 16 * config.hidden_size + 6 * heads + 4 * config.intermediate_size + 4 * slots
        head_tiles = canvas * config.vocab_size // 16
        return canvas * row * 2 + head_tiles

    def _entry(self, name: str, shape: tuple[int, ...]) -> StoredTensor:
        return StoredTensor(
            name=name,
            source=name,
            shape=shape,
            read=_never,
            is_nvfp4=name in self.nvfp4,
            is_changed=name in self.changed,
        )


def _never(part: int) -> Weight:
    raise AssertionError(f"a plan reads no weights, part {part}")
