"""Who is taught: a model folder to a student, and what is kept in mind of such a one."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from engine.checkpoints.detect import home_of
from engine.checkpoints.files import read_json
from engine.checkpoints.gguf_llama import LlamaFile
from engine.hub.base import Base
from engine.infill import Profile
from engine.infill.tokenizer_file import read_tokenizer
from engine.loaders.llama_checkpoint import MODEL_TYPE
from engine.teach.gemma import SEQUENCES, Lora
from engine.teach.gemma_loading import student_for
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
    rank: int
    opens_as_model: bool  # what was taught; see `engine.adapters.Card`
    learning_rate: float
    sequences: int  # of a step
    lanes: int  # parts of a step at the same time; 0: all in one, on a card


def pupil_for(folder: Path, device: torch.device, seed: int) -> Pupil:
    """Return a model as it is taught.

    Raises:
        EngineError: If it cannot be read, or there is no way to teach it.
    """
    kind = read_json(home_of(folder), "config.json", required=False).get("model_type")
    # A GGUF file of a DiffusionGemma has no such file beside it.
    return _small(folder, device, seed) if kind == MODEL_TYPE else _gemma(folder, device, seed)


def _small(folder: Path, device: torch.device, seed: int) -> Pupil:
    base, lanes = Base.of(folder), 0 if device.type == "cuda" else _lanes()
    return Pupil(
        student=SmallStudent(folder, device, seed=seed),
        tokenizer=LlamaFile(base.locate(folder)).tokenizer(),
        border=0,  # what the base's own texts were divided by
        base=base.name,
        rank=RANK,
        opens_as_model=False,
        # Of a package and of a book the loss of text held out fell faster and further than with
        # half of it: from 2.706 to 2.024 instead of 2.049, with 440 steps.
        learning_rate=1e-3,
        sequences=max(2, lanes) if lanes else _ON_A_CARD,
        lanes=lanes,
    )


def _gemma(folder: Path, device: torch.device, seed: int) -> Pupil:
    student = student_for(folder, device, Lora(seed=seed))
    config, profile = student.model.config, read_json(folder, "inlay.json", required=False)
    # Of a card's memory the model takes most, so a step's sequences come one after the other.
    lanes = 1 if device.type == "cuda" else _lanes()
    return Pupil(
        student=student,
        tokenizer=read_tokenizer(folder / "tokenizer.json"),
        border=Profile.from_json(profile).end_token_id or config.eos_token_ids[0],
        base=student.base,
        rank=student.lora.rank,
        opens_as_model=True,
        learning_rate=1.5e-4,  # as published with the objective
        sequences=SEQUENCES if device.type == "cuda" else max(2, lanes),
        lanes=lanes,
    )


def _lanes() -> int:
    return max(1, min(_MOST_LANES, usable_cores()))


def usable_cores() -> int:
    """Return how many cores this process may use."""
    has_affinity = hasattr(os, "sched_getaffinity")
    return (len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count()) or 1
