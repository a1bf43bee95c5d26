"""Which adapter a document is written with: its own, or that of the nearest folder around it."""

import json
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.documents.names import from_setting, to_setting
from app.settings import Settings
from engine.adapters import adapters_folder


class AdapterUses(QObject):
    """Kept in the settings, by the paths of folders and documents.

    Signals:
        changed: Something is used elsewhere now.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    def name_for(self, document: Path | None) -> str:
        """Return the adapter that a document is written with; empty: none."""
        if document is None:
            return ""
        uses, path = self._uses, document.absolute()
        found = (uses[one] for one in (path, *path.parents) if one in uses)
        return next(found, "")

    def folder_for(self, document: Path | None) -> str:
        """Return the folder of that adapter, as a request has it."""
        name = self.name_for(document)
        return str(adapters_folder() / name) if name else ""

    def is_used(self, name: str, place: Path) -> bool:
        """Whether this folder or document itself has the adapter."""
        return self._uses.get(place.absolute()) == name

    def places(self, name: str) -> list[Path]:
        """Return the folders and documents that have an adapter."""
        return sorted(place for place, used in self._uses.items() if used == name)

    @property
    def names(self) -> set[str]:
        """Return all that are used, be they on the disk or not."""
        return set(self._uses.values())

    def use(self, name: str, place: Path) -> None:
        """Write a folder's documents, or one document, with an adapter from now on."""
        self._keep({**self._uses, place.absolute(): name})

    def leave(self, place: Path) -> None:
        """Let a folder or a document have what stands around it."""
        self._keep({one: name for one, name in self._uses.items() if one != place.absolute()})

    def forget(self, name: str) -> None:
        """Use an adapter nowhere."""
        self._keep({place: used for place, used in self._uses.items() if used != name})

    def rename(self, name: str, new: str) -> None:
        """Go on using an adapter that has another name now."""
        self._keep({place: new if used == name else used for place, used in self._uses.items()})

    @property
    def _uses(self) -> dict[Path, str]:
        try:
            found = json.loads(self._settings.adapter_uses)
        except (ValueError, RecursionError):
            return {}
        pairs = found.items() if isinstance(found, dict) else ()
        return {
            from_setting(place): name for place, name in pairs if isinstance(name, str) and name
        }

    def _keep(self, uses: Mapping[Path, str]) -> None:
        if uses != self._uses:
            named = {to_setting(place): name for place, name in uses.items()}
            self._settings.adapter_uses = json.dumps(named)
            self.changed.emit()
