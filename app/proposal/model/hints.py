"""Short words on why a key did nothing, said for as long as they are true."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.editor import Editor
from app.proposal.model.proposals import Proposals


class Hints(QObject):
    """Says one hint at a time, and takes it back once it is false.

    Signals: `told` with a hint; `over` with the one that was said, when it is no longer so.
    """

    told = Signal(str)
    over = Signal(str)

    def __init__(self, editor: Editor, proposals: Proposals, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said: tuple[str, Callable[[], bool]] | None = None
        proposals.status_changed.connect(self.look)
        proposals.current_changed.connect(self.look)
        for changed in (editor.textChanged, editor.cursorPositionChanged, editor.selectionChanged):
            changed.connect(self.look)
        editor.verticalScrollBar().valueChanged.connect(self.look)

    def tell(self, text: str, is_so: Callable[[], bool]) -> None:
        """Say a hint; `is_so` returns whether it is still true."""
        self._said = text, is_so
        self.told.emit(text)

    def look(self) -> None:
        """See whether what was said is still so."""
        if self._said is not None and not self._said[1]():
            text, _ = self._said
            self._said = None
            self.over.emit(text)
