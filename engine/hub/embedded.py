"""The models that come with the program, and which of them is used."""

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BaseMissingError, EngineError
from resources import resource_path

if TYPE_CHECKING:
    from engine.hub.base import Base

SMALLEST = "model"  # complete in itself
SMALL = "models/small"  # needs a published base beside it


def smallest_model() -> Path:
    """Return the folder of the embedded model that needs nothing else."""
    return resource_path(SMALLEST)


def small_model() -> Path:
    """Return the folder of the better embedded model, whether its base is here or not."""
    return resource_path(SMALL)


def default_model() -> Path:
    """Return the folder of the better embedded model, where all that it needs is on this disk."""
    return small_model() if base_file() is not None else smallest_model()


def base_file() -> Path | None:
    """Return the file that the better embedded model is built on; None: it cannot be used."""
    try:
        return _base().locate(small_model())
    except (OSError, ValueError, EngineError):
        return None


def missing_base() -> "Base | None":
    """Return what the better embedded model lacks; None: nothing, or it is damaged."""
    try:
        base = _base()
        base.locate(small_model())
    except BaseMissingError:
        return base
    except (OSError, ValueError, EngineError):
        pass
    return None


def _base() -> "Base":
    # Here, because the schema's library takes a while to import, and a window comes first.
    from engine.hub.base import Base  # noqa: PLC0415

    return Base.of(small_model())
