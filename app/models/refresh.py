"""What the hub says of the known models today: sizes and licences. Asked only on request."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.models.downloads import TOKEN_NAME
from app.models.known import KNOWN
from app.models.model_entries import ModelEntry, ModelOrigin
from app.system import secrets
from app.system.background import Background
from app.translation import tr
from engine.hub.source import HubError, Listing
from engine.hub.transfer import list_files


class HubFacts(QObject):
    """Keeps the hub's answers for this session.

    Signals:
        changed: There are other answers.
        failed: Why there are none.
    """

    changed = Signal()
    failed = Signal(str)

    def __init__(self, cache: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._background = Background(self)
        self._listings: dict[str, list[Listing]] = {}

    def ask(self, session_token: str) -> None:
        """Ask the hub for every known model; one that it refuses keeps its published figures."""

        def work() -> tuple[dict[str, list[Listing]], str]:
            token = session_token or secrets.read_secret(TOKEN_NAME) or None
            found: dict[str, list[Listing]] = {}
            problem = ""
            for model in KNOWN:
                try:
                    found[model.key] = [
                        list_files(source, token, self._cache) for source in model.sources
                    ]
                except HubError as error:
                    problem = str(error)
                    if not found:
                        break  # without a network there is no use in asking five times
            return found, problem

        self._background.run(work, self._take, lambda error: self.failed.emit(str(error)))

    def with_facts(self, entry: ModelEntry) -> ModelEntry:
        """Return an entry with the size that the hub gives."""
        listings = self._listings.get(entry.key)
        if not listings:
            return entry
        return replace(entry, num_bytes=sum(listing.num_bytes for listing in listings))

    def licence(self, entry: ModelEntry) -> str:
        """Return an entry's licence, or how to learn it."""
        if entry.origin is ModelOrigin.EMBEDDED:
            return "Apache-2.0"
        if entry.copy is not None:
            return ""
        if entry.known is None:
            return tr("As its publisher says; Inlay does not know this model.")
        listings = self._listings.get(entry.key, [])
        told = listings[0].licence if listings else ""
        licence = tr(entry.known.licence) if entry.known.licence else told
        if not licence:
            return tr("Not known; Refresh asks the hub.")
        is_gated = bool(listings) and listings[0].is_gated
        return licence + (tr(" · asks for an access token") if is_gated else "")

    def _take(self, result: tuple[dict[str, list[Listing]], str]) -> None:
        found, problem = result
        self._listings.update(found)
        self.changed.emit()
        if problem:
            self.failed.emit(problem)
