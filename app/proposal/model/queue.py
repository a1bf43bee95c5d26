"""The regions that wait for the engine, in their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.proposal.model.selections import ALL, Places, Stretches
from app.text.rebase import Change, Region, rebase
from engine.api import RunSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A region that will be drafted, and how."""

    region: Region
    settings: RunSettings
    pinned: Stretches = ()  # stretches of its text that stay
    places: Places = ALL  # or those that are written
    sees_drafts: bool = False  # of other regions, as if they were accepted


class RegionQueue(QObject):
    """Keeps the regions in step with the document; one that is edited leaves the queue.

    Signals: `changed`, after a region came, went or moved.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Waiting] = []

    def __len__(self) -> int:
        """Return how many regions wait."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        """Go through the regions, the next one first."""
        return iter(self._waiting)

    def add(
        self,
        start: int,
        end: int,
        settings: RunSettings,
        pinned: Stretches = (),
        places: Places = ALL,
        *,
        sees_drafts: bool = False,
    ) -> None:
        """Put a region, UTF-16 units, at the end; asked for again, it keeps its place."""
        # Nothing is computed yet, so no surroundings are guarded; they are read when its turn
        # comes.
        region = Region(start=start, end=end, guard_start=start, guard_end=end)
        waiting = Waiting(
            region=region,
            settings=settings,
            pinned=pinned,
            places=places,
            sees_drafts=sees_drafts,
        )
        same = [index for index, other in enumerate(self._waiting) if other.region == region]
        if same:
            self._waiting[same[0]] = waiting
        else:
            self._waiting.append(waiting)
        self.changed.emit()

    def pop_next(self, can_start: Callable[[Region], bool]) -> Waiting | None:
        """Take out the next region that can start; None if none can."""
        found = next((one for one in self._waiting if can_start(one.region)), None)
        if found is not None:
            self._waiting.remove(found)
            self.changed.emit()
        return found

    def clear(self) -> None:
        """Forget all regions."""
        if self._waiting:
            self._waiting = []
            self.changed.emit()

    def notify_change(self, change: Change) -> None:
        """The document has changed somewhere."""
        if not self._waiting:
            return
        before = self._waiting
        moved = ((waiting, rebase(waiting.region, change)) for waiting in before)
        self._waiting = [replace(one, region=found[0]) for one, found in moved if found is not None]
        if self._waiting != before:
            self.changed.emit()
