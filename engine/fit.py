"""Whether a checkpoint fits this machine, before anything of it is loaded or even fetched."""

import os
from math import prod
from pathlib import Path

import torch

from engine.api import FindFit, FitFound
from engine.checkpoints.detect import open_reader
from engine.checkpoints.plan import LADDER, plan
from engine.checkpoints.resident import kind_of
from engine.checkpoints.shapes import ModelShapes
from engine.model.config import ModelConfig
from engine.model.placing import CONTEXT

HOST_WEIGHT_BYTES = 4  # float32, as the processor computes


def find_fit(question: FindFit) -> FitFound:
    """Return how a checkpoint would fit the first card, or the processor if there is no card.

    Raises:
        ModelFolderError: If the folder cannot be read.
    """
    shapes = _shapes(question)
    if torch.cuda.is_available():
        return _on_card(question.job_id, shapes)
    needed = HOST_WEIGHT_BYTES * sum(prod(shape) for shape in shapes.weights.values())
    memory = host_bytes()
    return FitFound(
        job_id=question.job_id,
        card="",
        fits=not memory or needed <= memory,
        needed_bytes=needed,
        free_bytes=memory,
        reason="",
        table="",
    )


def host_bytes() -> int:
    """Return the memory of this machine; 0 where the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 0


def _on_card(job_id: int, shapes: ModelShapes) -> FitFound:
    free, _ = torch.cuda.mem_get_info()
    # What our own model holds is free as soon as another takes its place.
    found = plan(free + torch.cuda.memory_reserved(), CONTEXT, shapes.config.canvas_length, shapes)
    is_converted = found.fits and (found.residency != LADDER[0] or bool(shapes.nvfp4))
    return FitFound(
        job_id=job_id,
        card=torch.cuda.get_device_name(),
        fits=found.fits,
        needed_bytes=found.device_bytes,
        free_bytes=found.free_bytes,
        reason=found.reason,
        table=found.table(),
        converted_bytes=shapes.weight_bytes(found.residency) if is_converted else 0,
    )


def _shapes(question: FindFit) -> ModelShapes:
    if question.folder:
        reader = open_reader(Path(question.folder))
        nvfp4 = frozenset(entry.name for entry in reader.entries() if entry.is_nvfp4)
        return ModelShapes.of(ModelConfig.from_json(reader.config()), nvfp4)
    shapes = ModelShapes.released()
    if not question.has_nvfp4:
        return shapes
    experts = {name for name, shape in shapes.weights.items() if kind_of(name, shape) == "experts"}
    return ModelShapes(shapes.config, shapes.weights, frozenset(experts))
