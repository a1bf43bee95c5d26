"""Loading onto a card: the best formats that fit, converted once and kept for the next time."""

import logging
from pathlib import Path

import torch

from engine.checkpoints.cache import is_cache
from engine.checkpoints.convert import Job, convert
from engine.checkpoints.detect import open_reader
from engine.checkpoints.plan import LADDER, plan
from engine.checkpoints.shapes import ModelShapes
from engine.errors import ModelFolderError
from engine.model.checkpoint import Checkpoint, Progress, load_checkpoint
from engine.model.config import ModelConfig
from engine.model.quantized import load_converted
from kernels.tuning import cache_folder

log = logging.getLogger(__name__)

# Tokens of context there must be room for. Twice 8192: a step reads them from rings of its own.
CONTEXT = 2 * 8192
_CONVERTING = 0.8  # of the progress, where there is something to convert


def load_placed(
    folder: Path,
    device: torch.device,
    free_bytes: int,
    progress: Progress = lambda fraction: None,
    root: Path | None = None,
) -> Checkpoint:
    """Load a folder as the best of `plan.LADDER` that fits, packed where that is needed.

    Args:
        folder: A checkpoint as it was published, or a converted one.
        device: The card.
        free_bytes: What is free on it.
        progress: Called with the share that is done, 0..1; what it raises stops the loading, and a
            conversion goes on from there the next time.
        root: Where converted models are kept; None: in the user's cache.

    Raises:
        ModelFolderError: If nothing fits, or the folder cannot be read.
    """
    if is_cache(folder):
        return load_converted(folder, device, progress=progress)
    reader = open_reader(folder)
    config = ModelConfig.from_json(reader.config())
    nvfp4 = frozenset(entry.name for entry in reader.entries() if entry.is_nvfp4)
    found = plan(free_bytes, CONTEXT, config.canvas_length, ModelShapes.of(config, nvfp4))
    if not found.fits:
        raise ModelFolderError(f"{folder.name} does not fit this card: {found.reason}.")
    if found.residency == LADDER[0] and not nvfp4:
        return load_checkpoint(folder, device, torch.bfloat16, progress)
    log.info("%s takes the formats %s: %s", folder.name, found.residency, found.reason)
    job = Job(
        reader=reader,
        residency=found.residency,
        device=device,
        progress=lambda fraction: progress(_CONVERTING * fraction),
    )
    converted = convert(job, root or converted_folder())
    rest = 1 - _CONVERTING
    return load_converted(
        converted, device, progress=lambda fraction: progress(_CONVERTING + rest * fraction)
    )


def converted_folder() -> Path:
    """Return where converted models are kept."""
    return cache_folder() / "models"
