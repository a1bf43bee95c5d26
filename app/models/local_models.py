"""The models on disk as the user manages them: found, added, put together, deleted."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.models.model_entries import (
    ModelEntry,
    ModelOrigin,
    entries_of_folder,
    find_entries,
    folder_to_load,
    needed_by_others,
)
from app.models.model_texts import size_text
from app.settings import Settings
from app.system.background import Background
from app.translation import tr
from engine.hub import local
from engine.hub.converted import delete_converted, delete_copies_of
from engine.hub.fetch_base import delete_fetched
from engine.hub.source import HubError, Source


class LocalModelsError(Exception):
    """What the user wished cannot be done; the text says why."""


class LocalModels(QObject):
    """Looks at the disk in a thread of its own; never connects to any machine.

    Signals:
        found: A tuple of `ModelEntry`.
        failed: Why something could not be deleted.
    """

    found = Signal(object)
    failed = Signal(str)

    def __init__(
        self, settings: Settings, cache: Path, root: Path, parent: QObject | None = None
    ) -> None:
        """Use a cache of the hub; models of several parts are put together below `root`."""
        super().__init__(parent)
        self._settings, self._cache, self._root = settings, cache, root
        self._entries: tuple[ModelEntry, ...] = ()
        self._background = Background(self)

    def look(self) -> None:
        """Look at the disk again."""
        folders, cache = tuple(self._settings.model_folders), self._cache
        self._background.run(lambda: find_entries(cache, folders), self._take)

    def add(self, folder: Path) -> str:
        """Put a folder into the list and return its key.

        Raises:
            LocalModelsError: If there is no model in it.
        """
        if not local.is_model(folder):
            text = tr(
                "{folder} holds no DiffusionGemma model. Choose the folder that has config.json, "
                "tokenizer.json and the weights, as safetensors or GGUF."
            )
            raise LocalModelsError(text.format(folder=folder))
        others = [path for path in self._settings.model_folders if path != folder]
        self._settings.model_folders = [*others, folder]
        self.look()
        return entries_of_folder(self._cache, folder)[0].key

    def folder_of(self, entry: ModelEntry) -> Path:
        """Return the folder of a complete model that the engine can load.

        Raises:
            LocalModelsError: If its parts cannot be put together.
        """
        try:
            return folder_to_load(entry, self._root)
        except OSError as error:
            text = tr("{folder} cannot be written ({reason}). Make it writable and try again.")
            folder, reason = self._root, error.strerror or error
            raise LocalModelsError(text.format(folder=folder, reason=reason)) from error

    def disk_space_text(self, entry: ModelEntry) -> str:
        """Say whether the disk has room for what is missing of a model; empty: nothing is."""
        if entry.is_complete or entry.known is None:
            return ""
        try:
            free = local.free_bytes(self._cache)
        except HubError as error:
            return str(error)
        short = entry.num_bytes - entry.on_disk - free
        place = tr("{size} free in {folder}").format(size=size_text(free), folder=self._cache)
        if short <= 0:
            return place
        return tr("Too full by {size}: {place}").format(size=size_text(short), place=place)

    def remove(self, entry: ModelEntry) -> None:
        """Delete a model from the disk; a folder that the user has added only leaves the list."""
        if entry.origin is ModelOrigin.FOLDER:
            kept = [path for path in self._settings.model_folders if str(path) != entry.place]
            self._settings.model_folders = kept
            self.look()
            return
        if entry.copy is not None:
            self._background.start(self._delete(partial(delete_converted, entry.copy.folder)))
            return
        if entry.is_fetched:
            self._background.start(self._delete(delete_fetched))
            return
        source = entry.known.sources[0] if entry.known else local.everything(entry.place)
        if entry.file:
            source = Source(repo_id=entry.place, patterns=(entry.file,))
        keep = needed_by_others(self._entries, entry)

        names = {entry.key, *(part.name for part in entry.parts)}

        def work() -> None:
            local.delete(self._cache, source, keep)
            if entry.is_complete:
                delete_copies_of(names)
            # Second names of the same files, where there are no links, would keep their bytes.
            shutil.rmtree(self._root / entry.key, ignore_errors=True)

        self._background.start(self._delete(work))

    async def _delete(self, work: Callable[[], object]) -> None:
        try:
            await self._background.do(work)
        except HubError as error:
            self.failed.emit(str(error))
        self.look()

    def _take(self, entries: tuple[ModelEntry, ...]) -> None:
        self._entries = entries
        self.found.emit(entries)
