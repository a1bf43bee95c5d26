"""Loading onto a card: the best formats that fit, converted once and kept for the next time."""

import logging
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.checkpoints.convert import Conversion, convert
from engine.checkpoints.detect import open_reader
from engine.checkpoints.plan import LADDER, Plan, plan
from engine.checkpoints.shapes import ModelShapes
from engine.checkpoints.step_down import shortened, step_down, widened
from engine.errors import ModelFolderError
from engine.hub.converted import converted_folder, is_converted
from engine.loaders.checkpoint import Checkpoint, Progress, load_checkpoint
from engine.loaders.converted import load_converted
from engine.memory import pinnable_bytes
from kernels.dispatch import twins_are_forced
from kernels.triton_guard import HAS_TRITON

log = logging.getLogger(__name__)

CONTEXT = 8192  # tokens there must be room for
_CONVERTING = 0.8  # of the progress, where there is something to convert


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """How a folder is laid out on a card."""

    folder: Path
    shapes: ModelShapes
    plan: Plan

    @property
    def context(self) -> int:
        """Tokens of context that a request may have."""
        return self.plan.context

    def tighter(self, free_bytes: int, used: int) -> "Placement | None":
        """Return the next tighter placement after the card ran out of memory; None: there is none.

        Args:
            free_bytes: What is free on the card, with what this model holds.
            used: Tokens of context that the request had.
        """
        shapes, current = self.shapes, replace(self.plan, free_bytes=free_bytes)
        found = shortened(current, shapes, used, CONTEXT)
        if found is None:
            least = replace(current, context=CONTEXT)
            found = step_down(least, shapes, room_on_host())
            found = found and widened(found, shapes, current.context)
        return None if found is None else replace(self, plan=found)

    def needs_reload(self, other: "Placement") -> bool:
        """Whether the weights of another placement of this folder lie elsewhere than this one's."""
        formats = self.plan.residency, self.plan.host_layers
        return formats != (other.plan.residency, other.plan.host_layers)

    def __str__(self) -> str:
        """Say it in words, for messages."""
        kinds = self.plan.residency
        experts = "nvfp4" if self.shapes.nvfp4 else kinds.experts
        away = self.plan.host_layers
        if away:
            experts += f" (of the last {away} layers in the host's memory)"
        return (
            f"experts {experts}, attention {kinds.dense}, embedding {kinds.embedding}, "
            f"{self.context:,} tokens of context"
        )


def free_bytes(device: torch.device | None = None) -> int:
    """Return what a model could have of a card, what ours holds included; None: of the first."""
    # What a model that is loaded holds is free as soon as another takes its place.
    return torch.cuda.mem_get_info(device)[0] + torch.cuda.memory_reserved(device)


def room_on_host() -> int:
    """Return the bytes of experts that may wait in the host's memory."""
    # Only the kernels fetch them from there.
    return pinnable_bytes() if HAS_TRITON or twins_are_forced() else 0


def place(folder: Path, free: int) -> Placement | None:
    """Choose the best of `plan.LADDER` that fits; None for a converted folder, which is as it is.

    Raises:
        ModelFolderError: If nothing fits, or the folder cannot be read.
    """
    if is_converted(folder):
        return None
    shapes = ModelShapes.stored(open_reader(folder))
    config = shapes.config
    found = plan(free, CONTEXT, config.canvas_length, shapes, room_on_host())
    if not found.fits:
        raise ModelFolderError(f"{folder.name} does not fit this card: {found.reason}.")
    return Placement(
        folder=folder, shapes=shapes, plan=widened(found, shapes, config.max_position_embeddings)
    )


def load_placed(
    folder: Path,
    placement: Placement | None,
    device: torch.device,
    progress: Progress = lambda fraction: None,
    root: Path | None = None,
) -> Checkpoint:
    """Load a folder as it was placed, packed where that is needed.

    Args:
        folder: A checkpoint as it was published, or a converted one.
        placement: What `place` returned for it.
        device: The card.
        progress: Called with the share that is done, 0..1; what it raises stops the loading, and a
            conversion goes on from there the next time.
        root: Where converted models are kept; None: in the user's cache.

    Raises:
        ModelFolderError: If the folder cannot be read.
    """
    if placement is None:
        return load_converted(folder, device, progress=progress)
    found = placement.plan
    # The best formats are the published ones: there is nothing to convert.
    if found.residency == LADDER[0] and not placement.shapes.nvfp4:
        return load_checkpoint(folder, device, torch.bfloat16, progress)
    log.info("%s takes %s: %s", folder.name, placement, found.reason)
    job = Conversion(
        reader=open_reader(folder),
        residency=found.residency,
        device=device,
        progress=lambda fraction: progress(_CONVERTING * fraction),
    )
    converted = convert(job, root or converted_folder())
    rest = 1 - _CONVERTING
    return load_converted(
        converted,
        device,
        progress=lambda fraction: progress(_CONVERTING + rest * fraction),
        host_layers=found.host_layers,
    )
