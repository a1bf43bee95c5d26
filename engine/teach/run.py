"""From folders to an adapter with its card: read, measure, train, measure again."""

import hashlib
import logging
import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import torch

from engine.adapters import (
    ASKED,
    TRAINING,
    Card,
    adapters_folder,
    checked_name,
    delete_adapter,
    held,
    is_taken,
    write_card,
)
from engine.background import Control
from engine.errors import BadRequestError, StoppedError
from engine.loaders.llama_checkpoint import ADAPTER
from engine.measure.measurement import Asked
from engine.measure.running import found_in
from engine.measure.subject import Subject
from engine.measure.tasks import NoGapsError
from engine.small_files import read_object, sha256_of, write_object
from engine.teach.asked import Teaching, asked_before
from engine.teach.checkpoint import Checkpoint, read_checkpoint
from engine.teach.kept_texts import keep_texts, kept_texts
from engine.teach.pupil import pupil_for
from engine.teach.trainer import Tell
from engine.teach.training import train, write_adapter
from engine.texts.document import Documents
from engine.texts.reading import read_documents
from engine.texts.splitting import Split, split

log = logging.getLogger(__name__)

_MEASURED: Final = "measured.json"  # before the training; in its folder
# A gap more found of thirty is chance; the loss of the text held out is surer, and has to fall by
# more than rounding.
_LEAST_GAIN: Final = 0.005  # of the loss

Figures = dict[str, Any]  # of each sort of gaps; see `engine.measure.running.found_in`


def teach(
    asked: Teaching,
    control: Control,
    tell: Tell,
    *,
    anew: bool = False,
    root: Path | None = None,
) -> Card:
    """Teach a model texts; return the card of the adapter that this made.

    What a kill or a stop leaves goes on when the same is asked again, with the texts as they were
    when it began. A stop keeps the best so far.

    Args:
        asked: What is to be done.
        control: Stops or holds it.
        tell: Hears how it goes: a "stage", and in it what training and measuring tell.
        anew: Whether what has this name is deleted first, once there are texts to learn from.
        root: Where adapters are kept; None: in the user's data folder.

    Raises:
        EngineError: If it cannot be done, or was stopped before there was anything to keep.
        OSError: If the disk takes no more.
    """
    folder = (root or adapters_folder()) / checked_name(asked.name)
    if is_taken(folder.name, root) and not anew:
        raise BadRequestError(
            f"There is an adapter {folder.name} already. Choose another name, or delete it first "
            "(--anew does)."
        )
    tell({"stage": "reading"})
    documents = None if anew else _texts_of(asked, folder)
    if documents is None:
        places = [Path(place) for place in asked.places]
        documents = read_documents(places, asked.patterns, lambda: control.is_stopped)
    parts = split(documents.documents, asked.seed)
    if anew and folder.exists():
        delete_adapter(folder.name, root)
    # The texts that are kept in it are the user's own.
    (folder / TRAINING).mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(folder):
        return _Run(asked, folder, documents, parts, control, tell).card()


def _texts_of(asked: Teaching, folder: Path) -> Documents | None:
    """Return the texts of a training that was left off, if it is the one asked for."""
    training = folder / TRAINING
    if not (training / ASKED).exists():
        return None
    before = asked_before(folder.name, folder.parent)
    is_same = (before.places, before.patterns) == (asked.places, asked.patterns)
    return kept_texts(training) if is_same else None


class _Run:
    """One training, from its texts on."""

    def __init__(
        self,
        asked: Teaching,
        folder: Path,
        documents: Documents,
        parts: Split,
        control: Control,
        tell: Tell,
    ) -> None:
        self._asked, self._folder, self._control, self._tell = asked, folder, control, tell
        self._documents, self._parts = documents, parts
        self._model = _hash_of_model(Path(asked.model))
        self._source = _source(asked, parts, self._model)

    def card(self) -> Card:
        """Do what is left to be done."""
        training = self._folder / TRAINING
        kept = read_checkpoint(training, self._source)
        if kept is not None and kept.state.step == 0:
            kept = None  # nothing is lost, and the time that is asked for now is kept
        if kept is not None:
            self._check_length()
        write_object(training / ASKED, asdict(self._asked))
        if kept is None:
            keep_texts(training, self._documents)
        before = self._measured_before()
        if self._control.is_stopped and (kept is None or kept.state.best == 0):
            raise self._stopped()  # before the model is read for nothing
        card = self._taught(kept, before)
        if before and not self._control.is_stopped:
            self._tell({"stage": "measuring after"})
            after = self._measured(card)
            losses = card.loss_before or 0.0, card.loss_after or 0.0
            card = replace(card, measured_after=after, helps=helps(*losses, before, after))
        write_card(self._folder, card)
        if not self._control.is_stopped:
            # Without it nothing goes on, whatever else a kill or an open file leaves there.
            (training / ASKED).unlink(missing_ok=True)
            shutil.rmtree(training, ignore_errors=True)
        return card

    def _check_length(self) -> None:
        """Look whether as much is asked for as when the training began, which has a plan for it.

        Raises:
            BadRequestError: If it is not.
        """
        asked, before = self._asked, asked_before(self._folder.name, self._folder.parent)
        if (before.minutes, before.steps) != (asked.minutes, asked.steps):
            long = f"{before.steps} steps" if before.steps else f"{before.minutes:g} minutes"
            raise BadRequestError(
                f"A training of {self._folder.name} for {long} was left off. Go on with it, or "
                "choose another name."
            )

    def _stopped(self) -> StoppedError:
        return StoppedError(
            f"{self._asked.name} was stopped before anything was learned. It can go on where it "
            "was."
        )

    def _measured_before(self) -> Figures:
        """Return how the text kept apart is filled without the adapter; {}: that is not known."""
        path = self._folder / TRAINING / _MEASURED
        # The same gaps as those that are filled after it.
        same = {"source": self._source, "gaps": self._asked.gaps}
        try:
            known = read_object(path)
            if known.items() >= same.items():
                return dict(known["figures"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # it was not measured yet
        if not self._asked.gaps or self._control.is_stopped:
            return {}
        self._tell({"stage": "measuring before"})
        try:
            figures = self._measured(None)
        except NoGapsError as error:
            log.info("nothing is measured: %s", error)
            return {}
        if figures:
            write_object(path, same | {"figures": figures})
        return figures

    def _measured(self, card: Card | None) -> Figures:
        """Fill gaps in the text kept apart, with the adapter of a card; {}: it was stopped."""
        asked, subject = self._asked, Subject(model=self._asked.model)
        if card and card.opens_as_model:
            subject = Subject(model=str(self._folder))
        elif card:
            subject = replace(subject, adapter=str(self._folder))
        wanted = Asked(
            places=(), count=asked.gaps, seed=asked.seed, subjects=(subject,), device=asked.device
        )
        texts, root = self._parts.kept_apart, self._folder / TRAINING
        return found_in(texts, wanted, self._control, self._tell, root=root) or {}

    def _taught(self, kept: Checkpoint | None, before: Figures) -> Card:
        """Train and write the adapter; return what is known of it. The model is let go of."""
        asked, control = self._asked, self._control
        pupil = pupil_for(Path(asked.model), torch.device(asked.device), asked.seed)
        self._tell({"stage": "training"})
        kept = train(asked, pupil, self._parts, self._source, kept, self._folder, control,
                        self._tell)  # fmt: skip
        if control.is_stopped and kept.state.best == 0:
            raise self._stopped()
        write_adapter(self._folder, pupil, kept)
        state, losses = kept.state, dict(kept.state.curve)
        left_out = {reason.value: count for reason, count in self._documents.left_out.items()}
        return Card(
            model=Path(asked.model).name,
            base=pupil.base,
            shipped=self._model,
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
            files=self._documents.files,
            left_out=left_out,
            cut_lines=self._documents.cut_lines,
            loss_before=round(losses[0], 4),
            loss_after=round(losses[state.best], 4),
            measured_before=before,
            helps=helps(losses[0], losses[state.best], {}, {}),
        )


def _source(asked: Teaching, parts: Split, model: str) -> str:
    """Return a hash of all that a training hangs on beside its plan."""
    found = hashlib.sha256()
    for part in (parts.train, parts.curve, parts.kept_apart):
        for one in part:
            found.update(f"{one.name}\0{one.start}\0{one.text}\0".encode(errors="surrogatepass"))
        found.update(b"\1")
    # How long it trains may be asked otherwise the next time, and the plan stays.
    found.update(f"{asked.seed}\0{model}\0{torch.device(asked.device).type}".encode())
    return found.hexdigest()


def _hash_of_model(folder: Path) -> str:
    """Return the SHA-256 of a model's own adapter, or of what describes it."""
    names = (ADAPTER, "config.json")
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    return sha256_of(path) if path else ""


def helps(
    loss_before: float, loss_after: float, before: Mapping[str, Any], after: Mapping[str, Any]
) -> bool:
    """Whether an adapter is worth having: its loss fell, and gaps are filled no worse.

    More are found, or as many and the texts are as like; the loss alone may fall without that.
    """
    if loss_after > loss_before * (1 - _LEAST_GAIN):
        return False
    return not (before and after) or _filled(after) >= _filled(before)


def _filled(figures: Mapping[str, Any]) -> tuple[int, float]:
    """Return how many gaps of all sorts were found exactly, and how like all texts are, summed."""
    sorts = figures.values()
    likeness = sum(one["tasks"] * one.get("similarity", 0.0) for one in sorts)
    return sum(int(one["found"]) for one in sorts), round(likeness, 4)
