"""Whether models fit this machine, as the engine's memory plan has it; asked once for each."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from app.engine_bridge import EngineBridge
from app.failures import failure_text
from app.models.model_entries import ModelEntry
from app.translation import tr
from engine.api import Event, FindFit, FitFound, QuestionFailed


class Fits(QObject):
    """Asks the engine and keeps its answers.

    Signals:
        found: Another answer is there.
    """

    found = Signal()

    def __init__(
        self, bridge: EngineBridge, next_id: Callable[[], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._next_id = bridge, next_id
        self._asked: dict[int, str] = {}  # question id to what was asked
        self._answers: dict[str, tuple[str, FitFound | None]] = {}
        bridge.engine_event.connect(self._take)

    def of(self, entry: ModelEntry) -> tuple[str, FitFound | None]:
        """Return an entry's fit, or what to say in its place; asks if nobody has asked yet."""
        question = FindFit(
            question_id=self._next_id(),
            folder=str(entry.parts[0]) if entry.is_complete else "",
            has_nvfp4=entry.known is not None and entry.known.has_nvfp4,
        )
        if not question.folder and entry.known is None:
            return "", None
        name = question.folder or f"released:{question.has_nvfp4}"
        if name not in self._answers:
            self._answers[name] = tr("Asking the engine; it answers between two rewrites."), None
            self._asked[question.question_id] = name
            self._bridge.submit(question)
        return self._answers[name]

    @Slot(object)
    def _take(self, event: Event) -> None:
        if not isinstance(event, FitFound | QuestionFailed):
            return
        name = self._asked.pop(event.question_id, None)
        if name is None:
            return
        if isinstance(event, FitFound):
            self._answers[name] = "", event
        else:
            self._answers[name] = failure_text(event.kind, event.message), None
        self.found.emit()
