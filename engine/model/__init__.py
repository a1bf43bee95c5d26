"""DiffusionGemma's text part in plain torch: one set of weights, two passes."""

from engine.model.checkpoint import Checkpoint, load_checkpoint
from engine.model.config import LayerConfig, ModelConfig
from engine.model.kv_cache import KVCache
from engine.model.model import DiffusionGemma

__all__ = [
    "Checkpoint",
    "DiffusionGemma",
    "KVCache",
    "LayerConfig",
    "ModelConfig",
    "load_checkpoint",
]
