"""What is asked of a training, and what was asked of one that was left off."""

from dataclasses import dataclass
from pathlib import Path

from engine.adapters import ASKED, TRAINING, adapters_folder
from engine.errors import BadRequestError
from engine.small_files import read_object


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
    gaps: int = 20  # of each sort, filled before and after in text kept apart; 0: none


def asked_before(name: str, root: Path | None = None) -> Teaching:
    """Return what was asked of a training that is not finished.

    Raises:
        BadRequestError: If there is none, or it is damaged.
    """
    path = (root or adapters_folder()) / name / TRAINING / ASKED
    try:
        values = read_object(path)
        places, patterns = (tuple(values.pop(key)) for key in ("places", "patterns"))
        # It may have been renamed since.
        return Teaching(**{**values, "name": name, "places": places, "patterns": patterns})
    except FileNotFoundError as error:
        raise BadRequestError(
            f"No training of {name} was left off. Name folders to teach from."
        ) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadRequestError(
            f"{path} is damaged, so this training cannot go on. Delete {name} and begin anew."
        ) from error
