"""What is measured: a model, perhaps with what it was taught, and the way it writes."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from engine.adapters import WEIGHTS, read_card
from engine.api import Mode
from engine.errors import BadRequestError
from engine.small_files import sha256_of

KEY: Final = "INLAY_SERVER_KEY"  # of the environment: no list of processes shows it


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A model here or on a server, and how it is asked. A key of a server is not kept."""

    model: str = ""  # a folder; with a server, what that calls it
    adapter: str = ""  # a folder of what was taught
    server: str = ""  # an address
    mode: Mode = Mode.BOTH

    def to_json(self) -> str:
        """Return it as one word of a command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read one word of a command line.

        Raises:
            BadRequestError: If it is no such word.
        """
        try:
            fields = json.loads(text)
            return cls(**fields | {"mode": Mode(fields.get("mode", Mode.BOTH))})
        except (ValueError, TypeError, AttributeError) as error:
            raise BadRequestError(f"--subject: {text!r} describes no subject: {error}") from error


def taught_now(subject: Subject) -> str:
    """Return a hash of what a subject was taught; empty if that is nothing, or not to be read."""
    if not subject.adapter:
        return ""
    try:
        return sha256_of(Path(subject.adapter) / WEIGHTS)
    except OSError:  # told by whoever loads it
        return ""


def files_learned(subject: Subject, files: Collection[str]) -> int:
    """Return how many of these files a subject was taught from, as the card of that says."""
    if subject.server:
        return 0
    try:
        card = read_card(Path(subject.adapter or subject.model))
    except (OSError, ValueError, RecursionError):  # told by whoever loads it
        return 0
    return len(card.files.keys() & set(files)) if card else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A subject as it was found to be, and what it has taken."""

    subject: Subject
    name: str  # of the model
    device: str = ""
    dtype: str = ""
    weights_bytes: int = 0
    taught_from: int = 0  # of the files that are measured on
    peak_bytes: int = 0  # of the whole process; 0: not known, or it is on a server
    failure: str = ""  # why nothing, or not all, could be measured
