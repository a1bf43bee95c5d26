"""From folders to an adapter with its card: read, measure, train, measure again."""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import save_file

from engine.adapters import (
    ASKED,
    CONFIG,
    TRAINING,
    WEIGHTS,
    Card,
    adapters_folder,
    checked_name,
    held,
    write_card,
    write_whole,
)
from engine.errors import BadRequestError, StoppedError
from engine.small_files import read_object
from engine.teach.checkpoint import Checkpoint, Plan, read_checkpoint
from engine.teach.pupil import Pupil, pupil_for
from engine.teach.rows import Rows, tokens_of
from engine.teach.trainer import Control, Tell, Trainer
from engine.texts.document import Document, Documents
from engine.texts.reading import read_documents
from engine.texts.splitting import Split, split

log = logging.getLogger(__name__)

MEASURED: Final = "measured.json"  # what stood before the training; in its folder
_LOOKS: Final = 12  # at the held-out loss
_HELD_OUT: Final = 10  # rows of it
_WARMUP: Final = 20  # steps
_DECAY_SHARE: Final = 0.6
# A gap more found of thirty is chance; the loss of the text held out is surer, and has to fall by
# more than rounding.
_LEAST_GAIN: Final = 0.005  # of the loss

Figures = dict[str, Any]
# From texts and an adapter's folder, or none, to how they are filled; None: it was stopped.
Measure = Callable[[Sequence[Document], Path | None, Control, Tell], Figures | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaching:
    """What is asked of a training; kept beside it, so that it can go on."""

    name: str
    places: tuple[str, ...]  # folders and files
    patterns: tuple[str, ...] = ()
    minutes: float = 15.0  # of training, by what a step takes at the beginning
    steps: int = 0  # exactly so many instead, if it is not 0
    seed: int = 0
    model: str = ""  # its folder
    device: str = "cpu"


def asked_before(name: str, root: Path | None = None) -> Teaching:
    """Return what was asked of a training that is not finished.

    Raises:
        BadRequestError: If there is none, or it is damaged.
    """
    path = (root or adapters_folder()) / name / TRAINING / ASKED
    try:
        values = read_object(path)
        places, patterns = (tuple(values.pop(key)) for key in ("places", "patterns"))
        return Teaching(places=places, patterns=patterns, **values)
    except FileNotFoundError as error:
        raise BadRequestError(
            f"No training of {name} was left off. Name folders to teach from."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadRequestError(
            f"{path} is damaged, so this training cannot go on. Delete {name} and begin anew."
        ) from error


def teach(
    asked: Teaching,
    control: Control,
    tell: Tell,
    *,
    measure: Measure | None = None,
    root: Path | None = None,
) -> Card:
    """Teach a model texts; return the card of the adapter that this made.

    What a kill or a stop leaves goes on when the same is asked again. A stop keeps the best so far.

    Args:
        asked: What is to be done.
        control: Stops or holds it.
        tell: Hears how it goes: "stage", and while it trains what `Trainer.run` tells.
        measure: Says how well the text kept apart is filled; None: that is not looked at.
        root: Where adapters are kept; None: in the user's data folder.

    Raises:
        EngineError: If it cannot be done, or was stopped before there was anything to keep.
        OSError: If the disk takes no more.
    """
    folder = (root or adapters_folder()) / checked_name(asked.name)
    if (folder / WEIGHTS).exists() and not (folder / TRAINING).exists():
        raise BadRequestError(
            f"There is an adapter {folder.name} already. Choose another name, or delete it first."
        )
    (folder / TRAINING).mkdir(parents=True, exist_ok=True)
    with held(folder):
        return _taught(asked, folder, control, tell, measure)


def _taught(
    asked: Teaching, folder: Path, control: Control, tell: Tell, measure: Measure | None
) -> Card:
    tell({"stage": "reading"})
    documents = read_documents([Path(place) for place in asked.places], asked.patterns)
    parts, device = split(documents.documents, asked.seed), torch.device(asked.device)
    pupil = pupil_for(Path(asked.model), device, asked.seed)
    source = _source(asked, pupil, parts)
    kept = read_checkpoint(folder / TRAINING, source)
    write_whole(folder / TRAINING / ASKED, asdict(asked))
    before = _measured_before(folder, source, parts, measure, control, tell)
    kept = _trained(asked, pupil, parts, source, kept, folder, control, tell)
    if control.is_stopped and kept.state.best == 0:
        raise StoppedError(
            f"{asked.name} was stopped before anything was learned. It can go on where it was."
        )
    _write_adapter(folder, pupil, kept)
    after: Figures | None = None
    if measure and before and not control.is_stopped:
        tell({"stage": "measuring after"})
        after = measure(parts.kept_apart, folder, control, tell)
    card = _card(asked, pupil, documents, kept, before, after)
    write_card(folder, card)
    if not control.is_stopped:
        shutil.rmtree(folder / TRAINING, ignore_errors=True)
    return card


def _measured_before(
    folder: Path,
    source: str,
    parts: Split,
    measure: Measure | None,
    control: Control,
    tell: Tell,
) -> Figures:
    """Return how the text kept apart is filled without the adapter; {}: that is not known."""
    path = folder / TRAINING / MEASURED
    try:
        known = read_object(path)
        if known.get("source") == source:
            return dict(known["figures"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # it was not measured yet
    if measure is None or control.is_stopped:
        return {}
    tell({"stage": "measuring before"})
    figures = measure(parts.kept_apart, None, control, tell)
    if figures is not None:
        write_whole(path, {"source": source, "figures": figures})
    return figures or {}


def _trained(
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
    tell({"stage": "training"})
    if pupil.lanes:
        # Parts run side by side instead: threads that share every product wait for each other at
        # each, which takes many times as long once a core is busy.
        torch.set_num_threads(1)
    length = pupil.student.length
    train, curve = (
        tokens_of(pupil.tokenizer, (one.text for one in part), pupil.border)
        for part in (parts.train, parts.curve)
    )
    rows, held_out = Rows(train, length, asked.seed), Rows(curve, length, asked.seed)
    trainer = Trainer(pupil.student, rows, held_out.spread(_HELD_OUT), lanes=pupil.lanes)
    try:
        kept = kept or trainer.begin(_plan(asked, pupil, trainer), source)
        trainer.run(kept, folder / TRAINING, control, tell)
    finally:
        trainer.close()
    return kept


def _plan(asked: Teaching, pupil: Pupil, trainer: Trainer) -> Plan:
    """Return what is done in the time that was asked for."""
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
    return plan.model_copy(update={"steps": max(_LOOKS, steps)})


def _source(asked: Teaching, pupil: Pupil, parts: Split) -> str:
    """Return a hash of all that a training hangs on beside its plan."""
    found = hashlib.sha256()
    for part in (parts.train, parts.curve, parts.kept_apart):
        for one in part:
            found.update(f"{one.name}\0{one.start}\0{one.text}\0".encode(errors="surrogatepass"))
        found.update(b"\1")
    # How long it trains may be asked otherwise the next time, and the plan stays.
    found.update(
        f"{asked.seed}\0{_hash(pupil.shipped)}\0{torch.device(asked.device).type}".encode()
    )
    return found.hexdigest()


def _write_adapter(folder: Path, pupil: Pupil, kept: Checkpoint) -> None:
    """Write the best halves in PEFT's layout; a kill leaves the old file or the new one."""
    write_whole(folder / CONFIG, pupil.student.peft_config())
    part = folder / f"{WEIGHTS}.part"
    halves = kept.tensors["best"].items()
    try:
        save_file({n: t.to("cpu", torch.bfloat16) for n, t in halves}, part, {"format": "pt"})
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(folder / WEIGHTS)
    except (OSError, SafetensorError) as error:
        part.unlink(missing_ok=True)
        raise OSError(
            f"{folder / WEIGHTS} cannot be written ({error}). Make room on the disk; the same "
            "command then goes on where it was."
        ) from error


def _card(
    asked: Teaching,
    pupil: Pupil,
    documents: Documents,
    kept: Checkpoint,
    before: Figures,
    after: Figures | None,
) -> Card:
    state = kept.state
    losses = dict(state.curve)
    loss_before, loss_after = losses[0], losses[state.best]
    return Card(
        model=Path(asked.model).name,
        base=pupil.base,
        shipped=_hash(pupil.shipped),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        seed=asked.seed,
        steps=state.step,
        step=state.best,
        minutes=round(state.seconds / 60, 1),
        sequences=state.plan.sequences,
        threads=pupil.lanes or 1,
        rank=pupil.rank,
        opens_as_model=pupil.opens_as_model,
        folders=list(asked.places),
        patterns=list(asked.patterns),
        files=documents.files,
        left_out={reason.value: count for reason, count in documents.left_out.items()},
        cut_lines=documents.cut_lines,
        loss_before=round(loss_before, 4),
        loss_after=round(loss_after, 4),
        measured_before=before,
        measured_after=after or {},
        helps=helps(loss_before, loss_after, before, after or {}),
    )


def helps(
    loss_before: float, loss_after: float, before: Mapping[str, Any], after: Mapping[str, Any]
) -> bool:
    """Whether an adapter is worth having: its loss fell, and no fewer gaps are found."""
    if loss_after > loss_before * (1 - _LEAST_GAIN):
        return False
    return not (before and after) or _found(after) >= _found(before)


def _found(figures: Mapping[str, Any]) -> int:
    """Return how many gaps of all sorts were found exactly."""
    return sum(int(one["found"]) for one in figures.values())


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
