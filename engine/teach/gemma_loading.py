"""From a checkpoint's folder to a student, in the formats in which a card can teach it."""

from collections.abc import Callable
from pathlib import Path

import torch

from engine.checkpoints.detect import home_of, open_reader
from engine.checkpoints.plan import GIB, LADDER
from engine.checkpoints.shapes import ModelShapes
from engine.errors import BadRequestError, ModelFolderError
from engine.hub.converted import is_converted
from engine.hub.local import name_for_adapters
from engine.infill import Profile, TextCodec
from engine.infill.prompt import ChatTemplate
from engine.loaders import Checkpoint, load_checkpoint
from engine.loaders.architectures import plain_dtype
from engine.loaders.checkpoint import read_json
from engine.loaders.converted import load_converted
from engine.loaders.placing import Placement, free_bytes, load_placed
from engine.memory import host_bytes
from engine.model import DiffusionGemma
from engine.region.canvas import words_before
from engine.teach.gemma import CONTEXT, GemmaStudent, Lora
from engine.teach.gemma_plan import teaching_plan


def student_for(
    folder: Path,
    device: torch.device,
    lora: Lora | None = None,
    progress: Callable[[float], None] = lambda fraction: None,
    root: Path | None = None,
) -> GemmaStudent:
    """Load a DiffusionGemma checkpoint to be taught.

    On a card it takes the best formats in which teaching fits, converted once and kept; on a
    processor it is loaded as it is used there.

    Args:
        folder: A checkpoint, as it was published or converted.
        device: Where it is taught.
        lora: The size of the change; None: the usual one.
        progress: Called with the share that is loaded, 0..1; what it raises stops the loading.
        root: Where converted models are kept; None: in the user's cache.

    Raises:
        EngineError: If the folder cannot be read, or the model does not fit; it says what to do.
    """
    if home_of(folder) != folder:
        raise BadRequestError(
            f"{folder.name} is an adapter, and an adapter cannot be taught on top of another one. "
            "Choose the model that it is for."
        )
    lora = lora or Lora()
    checkpoint = _loaded(folder, device, lora, progress, root)
    model = checkpoint.model
    assert isinstance(model, DiffusionGemma)
    profile = Profile.from_json(read_json(folder, "inlay.json", required=False))
    config = model.config
    opening = _opening(folder, config.vocab_size) if profile.takes_instructions else []
    room = config.max_position_embeddings - config.canvas_length - len(opening)
    context = max(1, min(CONTEXT, profile.context_length or CONTEXT, room))
    return GemmaStudent(model, name_for_adapters(folder), lora, opening, context)


def load_packed(
    folder: Path,
    free: int,
    lora: Lora,
    device: torch.device,
    progress: Callable[[float], None] = lambda fraction: None,
    root: Path | None = None,
) -> Checkpoint:
    """Load a checkpoint in the best formats in which it can be taught.

    Args:
        folder: As it was published.
        free: Bytes there are for it.
        lora: The size of the change.
        device: Where the weights go.
        progress: See `student_for`.
        root: See `student_for`.

    Raises:
        ModelFolderError: If it cannot be read, or fits in no format.
    """
    shapes = ModelShapes.stored(open_reader(folder))
    found = teaching_plan(free, shapes, lora)
    if not found.fits:
        raise ModelFolderError(f"{folder.name} cannot be taught on this card: {found.reason}.")
    placement = Placement(folder=folder, shapes=shapes, plan=found)
    return load_placed(folder, placement, device, progress, root)


def _loaded(
    folder: Path,
    device: torch.device,
    lora: Lora,
    progress: Callable[[float], None],
    root: Path | None,
) -> Checkpoint:
    if is_converted(folder):
        return load_converted(folder, device, plain_dtype(device), progress)
    if device.type == "cuda":
        return load_packed(folder, free_bytes(device), lora, device, progress, root)
    shapes = ModelShapes.stored(open_reader(folder))
    needed = shapes.weight_bytes(LADDER[0]) * plain_dtype(device).itemsize // 2
    if 0 < host_bytes() < needed:
        raise ModelFolderError(
            f"{folder.name} takes {needed / GIB:,.1f} GiB on a processor, and this machine has "
            f"{host_bytes() / GIB:,.1f}. Teach it on a card, or teach Inlay Small, which any "
            "computer can."
        )
    return load_checkpoint(folder, device, plain_dtype(device), progress)


def _opening(folder: Path, vocab_size: int) -> list[int]:
    """Return the tokens before a text, as a rewrite without an instruction has them."""
    codec = TextCodec.from_folder(folder, vocab_size)
    return ChatTemplate.from_folder(folder).head(codec, words_before("", ""))
