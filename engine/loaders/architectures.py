"""The architectures: how a folder of each becomes a model that is ready for its device."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from engine.checkpoints.detect import home_of
from engine.checkpoints.files import read_json
from engine.kernel_step import use_kernels
from engine.loaders.checkpoint import Checkpoint, Progress, load_checkpoint
from engine.loaders.llama_checkpoint import MODEL_TYPE, load_llama
from engine.loaders.placing import Placement, free_bytes, load_placed, place
from engine.loaders.taught import TaughtModels
from engine.model.fused import fuse
from engine.model.model import DiffusionGemma
from engine.model.products import Choice, fastest
from engine.model.quantized import num_weights
from engine.stepping import PlainStepper, Stepper
from kernels.dispatch import twins_are_forced
from kernels.triton_guard import HAS_TRITON

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A loaded checkpoint and its size."""

    checkpoint: Checkpoint
    stepper: Stepper  # takes the model's denoising steps
    parameters: int
    bytes: int  # of the weights, resident
    why: str = ""  # they are in the format they are in, for people; "": there was no choice
    taught: TaughtModels | None = None  # where a user's adapters are taken at every request


Load = Callable[[Path, torch.device, Placement | None, Progress], Weighed]


@dataclass(frozen=True, slots=True)
class Architecture:
    """What differs from one to the other before there is a model."""

    load: Load
    is_placed: bool  # on a card in formats that are chosen to fit it


def architecture_of(home: Path) -> Architecture:
    """Return a folder's architecture, by its `config.json`; DiffusionGemma where that is silent.

    Raises:
        ModelFolderError: If the file is damaged.
    """
    kind = read_json(home, "config.json", required=False).get("model_type")
    return _BY_TYPE.get(str(kind), _DIFFUSION_GEMMA)


def place_model(folder: Path, device: torch.device) -> Placement | None:
    """Choose how a model is laid out on a card; None on a processor, which takes it as it is.

    Raises:
        ModelFolderError: If it does not fit the card, or cannot be read.
    """
    if device.type != "cuda" or not architecture_of(home_of(folder)).is_placed:
        return None
    return place(folder, free_bytes(device))


def plain_dtype(device: torch.device) -> torch.dtype:
    """Return what DiffusionGemma's unpacked weights are computed in on a device.

    float32 on a CPU: its products are within a factor of two of bfloat16's where the CPU has those,
    and four times as fast where it has not.
    """
    return torch.float32 if device.type == "cpu" else torch.bfloat16


def choose_path(model: DiffusionGemma, host_layers: int = 0) -> Stepper:
    """Decide, once, what the model's passes run on, and return what takes its steps.

    Args:
        model: As it was loaded.
        host_layers: Last layers whose experts were left on the host; only kernels fetch them.
    """
    if twins_are_forced() or (model.device.type == "cuda" and HAS_TRITON):
        return use_kernels(model, host_layers)
    if model.device.type == "cpu":
        # Results differ from the plain layers' by rounding, which the editor does not mind; `inlay
        # generate` and the comparison with the reference load the checkpoint without coming here.
        fuse(model)
    else:
        log.warning(
            "Triton is not installed, so the card runs torch's own operations, which takes several "
            "times as long. Install the package triton (on Windows: triton-windows)."
        )
    return PlainStepper(model)


def _load_diffusion_gemma(
    folder: Path, device: torch.device, placement: Placement | None, progress: Progress
) -> Weighed:
    if placement is not None or device.type == "cuda":
        placed = load_placed(folder, placement, device, progress)
        # It may have come from a converted copy, which the user knows nothing of.
        checkpoint = replace(placed, folder=folder)
    else:
        checkpoint = load_checkpoint(folder, device, plain_dtype(device), progress)
    model = checkpoint.model
    assert isinstance(model, DiffusionGemma)
    # Weighed as it came: rebuilt, a model has copies of some weights and none of others.
    parameters = num_weights(model)
    num_bytes = sum(tensor.nbytes for tensor in model.state_dict().values())
    stepper = choose_path(model, placement.plan.host_layers if placement else 0)
    return Weighed(checkpoint, stepper, parameters, num_bytes)


def _load_llama(
    folder: Path, device: torch.device, placement: Placement | None, progress: Progress
) -> Weighed:
    # Measured, not asked for: what a processor says of itself does not tell how fast it multiplies.
    choice = Choice(torch.bfloat16, "the card's own") if device.type == "cuda" else fastest()
    checkpoint, model = load_llama(
        folder,
        device,
        choice.dtype,
        progress,
        has_four_bits=choice.has_four_bits,
        in_halves=choice.in_halves,
    )
    # Its steps are few and small: no graph is worth it.
    stepper = PlainStepper(model)
    taught = TaughtModels(model, folder, in_halves=choice.in_halves)
    weights, num_bytes = model.num_weights, model.num_bytes
    return Weighed(checkpoint, stepper, weights, num_bytes, choice.reason, taught)


_DIFFUSION_GEMMA = Architecture(_load_diffusion_gemma, is_placed=True)
_BY_TYPE = {MODEL_TYPE: Architecture(_load_llama, is_placed=False)}
