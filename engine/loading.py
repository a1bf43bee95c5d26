"""A model folder to a loaded model: device, formats, and what its passes run on."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.api import ModelInfo, SamplerOptions
from engine.checkpoints.detect import home_of
from engine.errors import BadRequestError, ModelFolderError
from engine.hub.converted import name_of
from engine.infill import InfillEngine, Profile, TextCodec
from engine.infill.prompt import ChatTemplate
from engine.loaders import Checkpoint
from engine.loaders.architectures import architecture_of, place_model
from engine.loaders.checkpoint import read_json
from engine.loaders.placing import Placement, free_bytes
from engine.loaders.taught import TaughtModels
from engine.sampler import QuickDraws, Sampler
from engine.stepping import PlainStepper, Stepper

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A checkpoint with its tokenizer and its infilling habits."""

    checkpoint: Checkpoint
    stepper: Stepper  # takes the model's denoising steps
    codec: TextCodec
    profile: Profile
    template: ChatTemplate | None  # of checkpoints that take instructions
    parameters: int
    bytes: int  # of the weights, resident
    placement: Placement | None = None  # on a card
    why: str = ""  # `Weighed.why`
    taught: TaughtModels | None = None  # `Weighed.taught`

    def engine(self, options: SamplerOptions, adapter: str = "") -> InfillEngine:
        """Return what a request's job works with.

        Args:
            options: What the sampler is to do otherwise.
            adapter: The folder of what was taught; empty: nothing.

        Raises:
            EngineError: If the adapter is missing, damaged or not for this model.
        """
        if adapter:
            return self._with_adapter(Path(adapter)).engine(options)
        config, profile = self.checkpoint.config, self.profile
        # A canvas stands behind the context, and a region of several commits one before the next.
        room = config.max_position_embeddings - 2 * config.canvas_length
        if self.placement is not None:
            room = min(room, self.placement.context)
        return InfillEngine(
            model=self.checkpoint.model,
            stepper=self.stepper,
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

    def _with_adapter(self, folder: Path) -> "LoadedModel":
        if self.taught is None:
            raise BadRequestError(
                f"{self.info().name} takes no adapter with a request; {folder.name} was to be "
                "used. Choose no adapter here, or Inlay Small."
            )
        model = self.taught.model(folder)
        return replace(
            self, checkpoint=replace(self.checkpoint, model=model), stepper=PlainStepper(model)
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
            made_for=self.profile.made_for,
            most_words=self.profile.most_words,
            takes_adapters=self.taught is not None,
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
    found = architecture_of(home).load(folder, target, placement, progress)
    checkpoint, config = found.checkpoint, found.checkpoint.config
    profile.check(config.vocab_size, config.canvas_length)
    return LoadedModel(
        checkpoint=checkpoint,
        stepper=found.stepper,
        codec=_codec(checkpoint, home),
        profile=profile,
        template=_template(checkpoint, home) if profile.takes_instructions else None,
        parameters=found.parameters,
        bytes=found.bytes,
        placement=placement,
        why=found.why,
        taught=found.taught,
    )


def _codec(checkpoint: Checkpoint, home: Path) -> TextCodec:
    size = checkpoint.config.vocab_size
    if checkpoint.tokenizer is not None:
        return TextCodec(checkpoint.tokenizer, size)
    return TextCodec.from_folder(home, size)


def _template(checkpoint: Checkpoint, home: Path) -> ChatTemplate:
    source = checkpoint.chat_template
    return ChatTemplate.from_folder(home) if source is None else ChatTemplate(source)


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


def leave_a_core() -> None:
    """Keep torch off one of the cores this process may use: the interface needs it.

    Where threads outnumber free cores, torch's wait for each other at every small operation, and a
    step takes many times as long.
    """
    # On two cores, one of them busy, a fill took 50 times as long with two threads as with one.
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    torch.set_num_threads(min(torch.get_num_threads(), max(1, (usable or 2) - 1)))
