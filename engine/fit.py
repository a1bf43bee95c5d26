"""Whether a checkpoint fits this machine, before anything of it is loaded or even fetched."""

from math import prod
from pathlib import Path

import torch

from engine.api import FindFit, FitFound
from engine.checkpoints.detect import open_reader
from engine.checkpoints.plan import LADDER, plan
from engine.checkpoints.resident import kind_of
from engine.checkpoints.shapes import ModelShapes
from engine.loaders.architectures import architecture_of
from engine.loaders.llama_checkpoint import llama_bytes
from engine.loaders.placing import CONTEXT, free_bytes, room_on_host
from engine.memory import host_bytes
from engine.model.products import fastest

HOST_WEIGHT_BYTES = 4  # float32, as the processor computes


def find_fit(question: FindFit) -> FitFound:
    """Return how a checkpoint would fit the first card, or the processor if there is no card.

    Raises:
        ModelFolderError: If the folder cannot be read.
    """
    folder = Path(question.folder)
    if question.folder and not architecture_of(folder).is_placed:
        return _fitted(question.question_id, llama_bytes(folder, fastest()))
    shapes = _shapes(question)
    if torch.cuda.is_available():
        return _on_card(question.question_id, shapes)
    needed = HOST_WEIGHT_BYTES * sum(prod(shape) for shape in shapes.weights.values())
    return _fitted(question.question_id, needed)


def _fitted(question_id: int, needed: int) -> FitFound:
    memory = host_bytes()
    return FitFound(
        question_id=question_id,
        card="",
        fits=not memory or needed <= memory,
        needed_bytes=needed,
        free_bytes=memory,
        reason="",
        table="",
    )


def _on_card(question_id: int, shapes: ModelShapes) -> FitFound:
    free, canvas = free_bytes(), shapes.config.canvas_length
    found = plan(free, CONTEXT, canvas, shapes, room_on_host())
    is_converted = found.fits and (found.residency != LADDER[0] or bool(shapes.nvfp4))
    return FitFound(
        question_id=question_id,
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
        return ModelShapes.stored(open_reader(Path(question.folder)))
    shapes = ModelShapes.released()
    if not question.has_nvfp4:
        return shapes
    experts = {name for name, shape in shapes.weights.items() if kind_of(name, shape) == "experts"}
    return ModelShapes(shapes.config, shapes.weights, frozenset(experts))
