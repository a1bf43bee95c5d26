"""What can be measured: models on this disk in their ways of writing, what was taught, a server."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.measure.measure_texts import modes
from app.models.model_entries import ModelEntry, find_entries, folder_to_load
from app.translation import tr
from engine.adapters import list_adapters
from engine.api import Mode, ModelInfo
from engine.hub.embedded import small_model
from engine.measure.subject import Subject


@dataclass(frozen=True, slots=True)
class Choice:
    """A subject as the list shows it."""

    title: str
    subject: Subject


def find_choices(cache: Path, folders: Sequence[Path], root: Path) -> list[Choice]:
    """Look at the disk for all that can be measured; links of several parts are put together.

    Args:
        cache: Of the hub.
        folders: That the user has added to the list of models.
        root: Where models of several parts are put together.
    """
    found: list[Choice] = []
    for entry in find_entries(cache, folders):
        if entry.is_complete and entry.copy is None:
            found += _of_entry(entry, root)
    return found


def of_server(model: ModelInfo) -> Choice:
    """Return what a connected server is as a subject."""
    title = tr("{model} on {server}").format(model=model.name, server=model.server)
    return Choice(title, Subject(model=model.name, server=model.server))


def _of_entry(entry: ModelEntry, root: Path) -> Iterator[Choice]:
    try:
        folder = folder_to_load(entry, root)
    except OSError:  # told in the models dialog, where something can be done about it
        return
    yield Choice(entry.title, Subject(model=str(folder)))
    if folder == small_model():
        for taught in list_adapters():
            if taught.stands_beside:
                subject = Subject(model=str(folder), adapter=str(taught.folder))
                yield Choice(f"{entry.title} + {taught.name}", subject)
    for mode in (Mode.CAUSAL, Mode.DIFFUSION):
        title = f"{entry.title} ({modes()[mode]})"
        yield Choice(title, Subject(model=str(folder), mode=mode))
