"""A converted model on the disk to a model on packed weights."""

import re
from pathlib import Path

import torch
from torch import Tensor

from engine.checkpoints.cache import CachedReader
from engine.generation_config import GenerationConfig
from engine.loaders.checkpoint import Checkpoint, Progress, build, check_complete, check_place
from engine.model.quantized import install
from kernels.quantized import Quantized


def load_converted(
    folder: Path,
    device: torch.device | str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
    progress: Progress = lambda fraction: None,
    host_layers: int = 0,
) -> Checkpoint:
    """Load a converted model with its weights packed as they are on the disk.

    Args:
        folder: What `engine.checkpoints.convert` returned.
        device: Where the weights go; the host holds one of them at a time.
        dtype: Of the weights that are not packed, and of what packed ones are dequantized to.
        progress: Called with the share of the weights that is loaded, 0..1.
        host_layers: Last layers whose experts stay on the host, see `model.host_experts`.

    Raises:
        ModelFolderError: If anything is missing, damaged or from another version.
    """
    reader = CachedReader(folder)
    config, model = build(reader)
    expected, entries = model.state_dict(), reader.entries()
    records: dict[str, Quantized] = {}
    plain: dict[str, Tensor] = {}
    for count, entry in enumerate(entries, start=1):
        check_place(entry, expected, folder)
        weight = reader.record(entry.name)
        if isinstance(weight, Tensor):
            plain[entry.name] = weight.to(device=device, dtype=dtype)
        else:
            stays = _layer_of_experts(entry.name) >= len(config.layers) - host_layers
            records[entry.name] = weight if stays else _moved(weight, device)
        progress(count / len(entries))
    check_complete(expected.keys() - records.keys() - plain.keys(), folder)
    install(model, records, dtype)
    model.load_state_dict(plain, strict=False, assign=True)
    model.requires_grad_(requires_grad=False)
    generation = GenerationConfig.from_json(reader.generation_config(), config.vocab_size)
    return Checkpoint(folder=folder, config=config, generation=generation, model=model.eval())


def _layer_of_experts(name: str) -> int:
    """Return the layer whose experts a weight is; -1: it is none of an expert."""
    match = re.match(r"layers\.(\d+)\.experts\.", name)
    return int(match[1]) if match else -1


def _moved(record: Quantized, device: torch.device | str) -> Quantized:
    return type(record)(**{name: t.to(device) for name, t in record.tensors().items()})
