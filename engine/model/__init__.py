"""Models that read a text causally and fill canvases behind it."""

from engine.model.config import LayerConfig, ModelConfig
from engine.model.kv_cache import KVCache
from engine.model.model import DiffusionGemma
from engine.model.protocol import Denoiser, DenoiserConfig

__all__ = [
    "Denoiser",
    "DenoiserConfig",
    "DiffusionGemma",
    "KVCache",
    "LayerConfig",
    "ModelConfig",
]
