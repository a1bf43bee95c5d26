"""From texts to the best halves of an adapter, and their file."""

import logging
import math
from pathlib import Path
from typing import Final

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from engine.adapters import CONFIG, TRAINING, WEIGHTS
from engine.background import Control
from engine.small_files import in_place_of, write_object
from engine.teach.asked import Teaching
from engine.teach.checkpoint import Checkpoint, Plan
from engine.teach.pupil import Pupil
from engine.teach.rows import Rows, tokens_of
from engine.teach.trainer import Tell, Trainer
from engine.texts.splitting import Split

log = logging.getLogger(__name__)

_LOOKS: Final = 12  # at the held-out loss
_HELD_OUT: Final = 10  # rows of it
_WARMUP: Final = 20  # steps
_DECAY_SHARE: Final = 0.6
# How often a text is read, however long there is time: with a book that was read three times the
# loss of its last chapters rose from the middle of the second time on.
_MOST_READ: Final = 2


def train(
    asked: Teaching,
    pupil: Pupil,
    parts: Split,
    source: str,
    kept: Checkpoint | None,
    folder: Path,
    control: Control,
    tell: Tell,
) -> Checkpoint:
    """Train to the end of the plan, or until stopped; return how far it came."""
    if pupil.lanes:
        # Parts run side by side instead: threads that share every product wait for each other at
        # each, which takes many times as long once a core is busy.
        torch.set_num_threads(1)
    length = pupil.student.length
    learned, curve = (
        tokens_of(pupil.tokenizer, (one.text for one in part), pupil.border)
        for part in (parts.train, parts.curve)
    )
    rows, held_out = Rows(learned, length, asked.seed), Rows(curve, length, asked.seed)
    trainer = Trainer(pupil.student, rows, held_out.spread(_HELD_OUT), lanes=pupil.lanes)
    try:
        kept = kept or trainer.begin(_plan(asked, pupil, trainer, len(rows)), source)
        trainer.run(kept, folder / TRAINING, control, tell)
    finally:
        trainer.close()
    return kept


def write_adapter(folder: Path, pupil: Pupil, kept: Checkpoint) -> None:
    """Write the best halves in PEFT's layout; a kill leaves the old file or the new one."""
    write_object(folder / CONFIG, pupil.student.peft_config())
    halves = kept.tensors["best"].items()
    try:
        with in_place_of(folder / WEIGHTS) as part:
            save_file({n: t.to("cpu", torch.bfloat16) for n, t in halves}, part, {"format": "pt"})
    except (OSError, SafetensorError) as error:
        raise OSError(
            f"{folder / WEIGHTS} cannot be written ({error}). Make room on the disk; the same "
            "command then goes on where it was."
        ) from error


def _plan(asked: Teaching, pupil: Pupil, trainer: Trainer, num_rows: int) -> Plan:
    """Return what is done in the time that was asked for, or in less if the text is short."""
    plan = Plan(
        steps=asked.steps or 1,
        sequences=pupil.sequences,
        seed=asked.seed,
        learning_rate=pupil.learning_rate,
        warmup=_WARMUP,
        decay_share=_DECAY_SHARE,
        looks=_LOOKS,
    )
    if asked.steps:
        return plan
    step, look = trainer.seconds_of(plan)
    steps = int((asked.minutes * 60 - (_LOOKS + 1) * look) / step)
    log.info("a step takes %.1f s, a look at the loss %.1f s: %d steps", step, look, steps)
    enough = math.ceil(_MOST_READ * num_rows / pupil.sequences)
    return plan.model_copy(update={"steps": max(_LOOKS, min(steps, enough))})
