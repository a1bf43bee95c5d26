"""The history on disk: one candidate a line, as JSON, readable by its owner alone."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from app.documents.text_file import stamp_of
from app.documents.writing import replace_private
from app.proposal.model.past import DraftOrigin, Outcome, PastCandidate
from app.proposal.model.selections import Places
from engine.api import Form, FormKind, Relation, RelationKind

HISTORY_FILE = "history.jsonl"
MAX_BYTES = 20 * 1024**2
# Not just below the cap, or every candidate from then on would write the file anew.
KEPT_SHARE = 0.75  # of the cap, after the oldest were forgotten

APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND

log = logging.getLogger(__name__)

PastCandidates = Callable[[], Sequence[PastCandidate]]


class HistoryFile:
    """Appends candidates to a file, and forgets the oldest beyond a size.

    A line that cannot be read is skipped; a file that cannot be written is told to the log, and
    the history goes on in memory.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes

    def read(self) -> Iterator[PastCandidate]:
        """Yield the candidates, the oldest first."""
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("The history cannot be read: %s", error)
            return
        for line in lines:
            candidate = _from_json(line)
            if candidate is not None:
                yield candidate

    def append(self, candidate: PastCandidate, all_of_them: PastCandidates) -> None:
        """Add a candidate, the newest of `all_of_them`."""
        # A line that a crash has cut short must not swallow this one.
        line = b"\n" + _to_json(candidate)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(self._path, APPEND, 0o600), "ab") as file:
                file.write(line)
                size = file.tell()
        except OSError as error:
            log.warning("The history cannot be written: %s", error)
            return
        if size > self._max_bytes:
            self.write(all_of_them())

    def write(self, candidates: Sequence[PastCandidate]) -> None:
        """Replace the file by one with these candidates, as many of the newest as fit."""
        lines = [_to_json(candidate) for candidate in candidates]
        if sum(map(len, lines)) > self._max_bytes:
            lines = _newest(lines, round(self._max_bytes * KEPT_SHARE))
        try:
            replace_private(self._path, b"".join(lines))
        except OSError as error:
            log.warning("The history cannot be written: %s", error)

    def set_max_bytes(self, max_bytes: int, all_of_them: PastCandidates) -> None:
        """Hold the file to a size."""
        self._max_bytes = max_bytes
        stamp = stamp_of(self._path)
        if stamp is not None and stamp.num_bytes > max_bytes:
            self.write(all_of_them())


def _newest(lines: Sequence[bytes], room: int) -> list[bytes]:
    kept: list[bytes] = []
    for line in reversed(lines):
        room -= len(line)
        if room < 0:
            break
        kept.append(line)
    return kept[::-1]


def _to_json(candidate: PastCandidate) -> bytes:
    path = candidate.origin.path
    fields = {
        "title": candidate.origin.title,
        "path": str(path) if path else None,
        "time": candidate.time.isoformat(),
        "old": candidate.old_text,
        "new": candidate.text,
        "seed": candidate.seed,
        "steps": candidate.steps,
        "entropy": candidate.mean_entropy,
        "outcome": candidate.outcome.value,
        "instruction": candidate.instruction,
        "strength": candidate.strength,
        "score": candidate.score,
        "regions": candidate.places.regions,
        "forms": [asdict(form) for form in candidate.places.forms],
        "relations": [asdict(relation) for relation in candidate.places.relations],
    }
    return json.dumps(fields).encode("ascii") + b"\n"


def _places(fields: Mapping[str, Any]) -> Places:
    forms = (
        Form(
            kind=FormKind(one["kind"]),
            values=tuple(map(str, one["values"])),
            pattern=str(one["pattern"]),
            schema=str(one["schema"]),
        )
        for one in fields.get("forms", ())
    )
    relations = (
        Relation(
            kind=RelationKind(one["kind"]),
            regions=tuple(map(int, one["regions"])),
            known=tuple(map(str, one["known"])),
            total=str(one["total"]),
        )
        for one in fields.get("relations", ())
    )
    regions = tuple((int(a), int(b)) for a, b in fields.get("regions", ()))
    return Places(regions, tuple(forms), tuple(relations))


def _from_json(line: bytes) -> PastCandidate | None:
    try:
        fields = json.loads(line)
        time = datetime.fromisoformat(fields["time"])
        return PastCandidate(
            origin=DraftOrigin(
                title=str(fields["title"]),
                path=Path(fields["path"]) if fields["path"] else None,
            ),
            time=time if time.tzinfo else time.astimezone(),
            old_text=str(fields["old"]),
            text=str(fields["new"]),
            seed=int(fields["seed"]),
            steps=int(fields["steps"]),
            mean_entropy=float(fields["entropy"]),
            outcome=Outcome(fields["outcome"]),
            instruction=str(fields["instruction"]),
            strength=float(fields["strength"]),
            score=None if fields["score"] is None else float(fields["score"]),
            # Not there in what an older Inlay has written.
            places=_places(fields),
        )
    except (ValueError, KeyError, TypeError):
        return None
