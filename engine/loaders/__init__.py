"""From a folder to a model: of each architecture, published or converted, laid out on a device."""

from engine.loaders.checkpoint import Checkpoint, load_checkpoint

__all__ = ["Checkpoint", "load_checkpoint"]
