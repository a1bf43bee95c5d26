"""How far a training has come: written so that a kill at any moment leaves a whole file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import torch
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.checkpoints.files import read_metadata
from engine.errors import BadRequestError, EngineError
from engine.schema import Strict
from engine.small_files import in_place_of

FILE: Final = "checkpoint.safetensors"
_STATE: Final = "state"
_VERSION: Final = 1


class Plan(Strict):
    """All that decides what comes out of a training, beside the texts and the model."""

    steps: Annotated[int, Field(ge=1)]
    sequences: Annotated[int, Field(ge=1, le=1024)]  # of a step
    seed: int
    learning_rate: float
    warmup: int  # steps
    decay_share: float  # of the steps, at the end, to zero in a straight line
    looks: Annotated[int, Field(ge=1)]  # at the held-out loss


class State(Strict):
    """The plan, and how far it is carried out."""

    version: int = _VERSION
    plan: Plan
    source: str  # of what texts and which model; see `same_source`
    step: int = 0
    best: int = 0  # step
    seconds: float = 0.0  # of work, all runs together
    curve: list[tuple[int, float]] = Field(default_factory=list)  # step and held-out loss, nats


@dataclass(slots=True)
class Checkpoint:
    """A state and its tensors: halves, average, best of it and moments, by the halves' names."""

    state: State
    tensors: dict[str, dict[str, Tensor]] = field(default_factory=dict)

    def move_to(self, device: torch.device) -> None:
        """Have its tensors where the student's are; read from the disk, they are not."""
        for tensors in self.tensors.values():
            for name, tensor in tensors.items():
                tensors[name] = tensor.to(device)

    def write(self, folder: Path) -> None:
        """Write it in place of the one before.

        Raises:
            OSError: If the disk does not take it; the one before is still there.
        """
        folder.mkdir(parents=True, exist_ok=True)
        flat = dict[str, Tensor]()
        for group, tensors in self.tensors.items():
            flat |= {f"{group}/{name}": tensor.detach() for name, tensor in tensors.items()}
        try:
            with in_place_of(folder / FILE) as part:
                save_file(flat, part, {_STATE: self.state.model_dump_json()})
        except (OSError, SafetensorError) as error:
            raise OSError(f"{folder / FILE} cannot be written ({error})") from error


def read_checkpoint(folder: Path, source: str) -> Checkpoint | None:
    """Return what a training of the same source has come to; None: it has not begun.

    Raises:
        BadRequestError: If the checkpoint is damaged, or of other texts or another model.
    """
    path = folder / FILE
    if not path.exists():
        return None
    try:
        state = State.model_validate_json(read_metadata(path).get(_STATE, ""))
        flat = load_file(path)
    except (EngineError, OSError, ValueError, SafetensorError) as error:
        raise BadRequestError(
            f"{path} is damaged, so this training cannot go on. Delete the adapter (--anew does) "
            "and begin again."
        ) from error
    if state.version != _VERSION or state.source != source:
        raise BadRequestError(
            "The texts, the model or this version of Inlay are not those that this training was "
            "begun with, so it cannot go on. Delete the adapter, or choose another name."
        )
    tensors: dict[str, dict[str, Tensor]] = {}
    for name, tensor in flat.items():
        group, _, leaf = name.partition("/")
        # A copy: they lie in the file itself, and no other could be put in its place on Windows.
        tensors.setdefault(group, {})[leaf] = tensor.clone()
    return Checkpoint(state, tensors)
