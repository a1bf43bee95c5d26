"""A model folder to a loaded model: device, formats, and what its passes run on."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.api import ModelInfo, SamplerOptions
from engine.checkpoints.detect import home_of
from engine.errors import ModelFolderError
from engine.hub.converted import name_of
from engine.infill import InfillEngine, Profile, TextCodec
from engine.infill.prompt import ChatTemplate
from engine.kernel_step import use_kernels
from engine.model import Checkpoint, DiffusionGemma, load_checkpoint
from engine.model.checkpoint import read_json
from engine.model.fused import fuse
from engine.model.placing import Placement, free_bytes, load_placed, place
from engine.model.quantized import num_weights
from engine.sampler import QuickDraws, Sampler
from kernels.dispatch import twins_are_forced
from kernels.triton_guard import HAS_TRITON

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A checkpoint with its tokenizer and its infilling habits."""

    checkpoint: Checkpoint
    codec: TextCodec
    profile: Profile
    template: ChatTemplate | None  # of checkpoints that take instructions
    parameters: int
    bytes: int  # of the weights, resident
    placement: Placement | None = None  # on a card

    def engine(self, options: SamplerOptions) -> InfillEngine:
        """Return what a request's job works with."""
        config, profile = self.checkpoint.config, self.profile
        room = config.max_position_embeddings - 2 * config.canvas_length
        if self.placement is not None:
            room = min(room, self.placement.context)
        return InfillEngine(
            model=self.checkpoint.model,
            codec=self.codec,
            profile=profile,
            sampler=Sampler.from_config(
                self.checkpoint.generation.with_options(options), QuickDraws()
            ),
            canvas_length=config.canvas_length,
            max_context=max(1, min(profile.context_length or room, room)),
            template=self.template,
            end_ids=self._end_ids(),
        )

    def _end_ids(self) -> frozenset[int]:
        ends = {*self.checkpoint.generation.eos_token_ids}
        if self.profile.end_token_id is not None:
            ends.add(self.profile.end_token_id)
        return frozenset(ends)

    def info(self) -> ModelInfo:
        """Describe the model for the user."""
        model, config = self.checkpoint.model, self.checkpoint.config
        return ModelInfo(
            name=self.profile.name or name_of(self.checkpoint.folder),
            folder=str(self.checkpoint.folder),
            parameters=self.parameters,
            bytes=self.bytes,
            device=str(model.device),
            dtype=str(model.dtype).removeprefix("torch."),
            canvas_length=config.canvas_length,
            max_denoising_steps=self.checkpoint.generation.max_denoising_steps,
            takes_instructions=self.profile.takes_instructions,
        )


def load_model(
    folder: Path,
    device: str = "auto",
    progress: Callable[[float], None] = lambda fraction: None,
    placement: Placement | None = None,
) -> LoadedModel:
    """Load a model folder on a device: auto, cpu or cuda.

    Args:
        folder: Holds a checkpoint, published or converted, or an adapter for one on this disk.
        device: Where it goes.
        progress: Called with the share that is done, 0..1; what it raises stops the loading.
        placement: How it is laid out on a card; None: as well as it fits.

    Raises:
        EngineError: If the device or the folder cannot be used; it says why.
    """
    home = home_of(folder)
    profile = Profile.from_json(read_json(home, "inlay.json", required=False))
    target = resolve_device(device)
    placement = placement or place_model(folder, target)
    if placement is not None or target.type == "cuda":
        placed = load_placed(folder, placement, target, progress)
        # It may have come from a converted copy, which the user knows nothing of.
        checkpoint = replace(placed, folder=folder)
    else:
        checkpoint = load_checkpoint(folder, target, resolve_dtype(target), progress)
    config = checkpoint.config
    profile.check(config.vocab_size, config.canvas_length)
    codec = TextCodec.from_folder(home, config.vocab_size)
    parameters = num_weights(checkpoint.model)
    num_bytes = sum(tensor.nbytes for tensor in checkpoint.model.state_dict().values())
    choose_path(checkpoint.model, placement.plan.host_layers if placement else 0)
    return LoadedModel(
        checkpoint=checkpoint,
        codec=codec,
        profile=profile,
        template=ChatTemplate.from_folder(home) if profile.takes_instructions else None,
        parameters=parameters,
        bytes=num_bytes,
        placement=placement,
    )


def load_fitting(
    folder: Path,
    device: torch.device,
    progress: Callable[[float], None],
    placement: Placement | None,
) -> LoadedModel:
    """Load a model as it was placed; where that was too much for the card, in ever less of it.

    Raises:
        EngineError: If the folder cannot be used.
        torch.OutOfMemoryError: If even the tightest layout has no room.
    """
    while True:
        try:
            return load_model(folder, str(device), progress, placement)
        except torch.OutOfMemoryError:
            if placement is None:
                raise
            tighter = placement.tighter(free_bytes(device), used=0)
            if tighter is None:
                raise
            log.info("%s had no room: %s instead of %s", folder.name, tighter, placement)
            placement = tighter


def place_model(folder: Path, device: torch.device) -> Placement | None:
    """Choose how a model is laid out on a card; None on a processor, which takes it as it is.

    Raises:
        ModelFolderError: If it does not fit the card, or cannot be read.
    """
    return place(folder, free_bytes(device)) if device.type == "cuda" else None


def choose_path(model: DiffusionGemma, host_layers: int = 0) -> None:
    """Decide, once, what the model's passes and steps run on.

    Args:
        model: As it was loaded.
        host_layers: Last layers whose experts were left on the host; only kernels fetch them.
    """
    if twins_are_forced() or (model.device.type == "cuda" and HAS_TRITON):
        use_kernels(model, host_layers)
    elif model.device.type == "cpu":
        fuse(model)
    else:
        log.warning(
            "Triton is not installed, so the card runs torch's own operations, which takes several "
            "times as long. Install the package triton (on Windows: triton-windows)."
        )


def resolve_device(name: str) -> torch.device:
    """Turn auto, cpu or cuda into a device, and log what auto came to.

    Raises:
        ModelFolderError: If cuda is asked for and there is none.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
        log.info("device auto: %s", name)
    if name == "cuda" and not torch.cuda.is_available():
        raise ModelFolderError(
            "No CUDA device is available to torch. Start with --device cpu, or install a CUDA "
            "build of torch and a current driver."
        )
    return torch.device(name)


def resolve_dtype(device: torch.device) -> torch.dtype:
    """Return what the weights are computed in on a device.

    float32 on a CPU: its products are within a factor of two of bfloat16's where the CPU has those,
    and four times as fast where it has not.
    """
    return torch.float32 if device.type == "cpu" else torch.bfloat16


def leave_a_core() -> None:
    """Keep torch off one of the cores this process may use: the interface needs it.

    Where threads outnumber free cores, torch's wait for each other at every small operation, and a
    step takes many times as long.
    """
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(min(torch.get_num_threads(), max(1, (usable or 2) - 1)))
