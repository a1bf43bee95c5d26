"""The models that come with the program, and which of them is used."""

from pathlib import Path

from engine.errors import EngineError
from resources import resource_path

SMALLEST = "model"  # complete in itself
SMALL = "models/small"  # needs a published base beside it


def smallest_model() -> Path:
    """Return the folder of the embedded model that needs nothing else."""
    return resource_path(SMALLEST)


def default_model() -> Path:
    """Return the folder of the better embedded model, where all that it needs is on this disk."""
    # Here, because the schema's library takes a while to import, and a window comes first.
    from engine.hub.base import Base  # noqa: PLC0415

    try:
        folder = resource_path(SMALL)
        Base.of(folder).locate(folder)
    except (OSError, ValueError, EngineError):
        return smallest_model()
    return folder
