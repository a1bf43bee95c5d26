"""Who is taught: a model folder to a student, and what is kept in mind of such a one."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from engine.checkpoints.files import read_json
from engine.checkpoints.gguf_llama import LlamaFile
from engine.errors import BadRequestError
from engine.hub.base import Base
from engine.loaders.llama_checkpoint import ADAPTER, MODEL_TYPE
from engine.teach.small import RANK, SmallStudent
from engine.teach.student import Student

_MOST_LANES = 8  # more would leave little of a text for the steps of few minutes
_ON_A_CARD = 16  # sequences of a step


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A student and how it learns."""

    student: Student
    tokenizer: Tokenizer
    border: int  # the token between texts
    base: str  # its name, for people and for PEFT
    shipped: Path  # what the adapter will stand beside
    rank: int
    learning_rate: float
    sequences: int  # of a step
    lanes: int  # parts of a step at the same time; 0: all in one, on a card


def pupil_for(folder: Path, device: torch.device, seed: int) -> Pupil:
    """Return a model as it is taught.

    Raises:
        EngineError: If it cannot be read, or there is no way to teach it.
    """
    kind = read_json(folder, "config.json").get("model_type")
    if kind != MODEL_TYPE:
        raise BadRequestError(
            f"{folder.name} cannot be taught. Choose Inlay Small: fetch its base in Models, if it "
            "is not there."
        )
    base = Base.of(folder)
    lanes = 0 if device.type == "cuda" else max(1, min(_MOST_LANES, usable_cores()))
    return Pupil(
        student=SmallStudent(folder, device, seed=seed),
        tokenizer=LlamaFile(base.locate(folder)).tokenizer(),
        border=0,  # what the base's own texts were divided by
        base=base.name,
        shipped=folder / ADAPTER,
        rank=RANK,
        learning_rate=3e-4,
        sequences=max(2, lanes) if lanes else _ON_A_CARD,
        lanes=lanes,
    )


def usable_cores() -> int:
    """Return how many cores this process may use."""
    has_affinity = hasattr(os, "sched_getaffinity")
    return (len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count()) or 1
