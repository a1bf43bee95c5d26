"""Saving long documents while the user goes on with them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Signal

from app.documents import Document, Encoding, TextFileError, text_file
from app.documents.saving import SavedText, Saving
from app.text.edits import length_of
from app.workspace.document_tab import DocumentTab

SaveAct = Callable[[], object]


class LongSaves(QObject):
    """Saves one document at a time each; asked again meanwhile, once more with what is new.

    Signals:
        done: The `DocumentTab` whose text was saved.
        failed: The `DocumentTab`, the path and encoding that were asked for or None, and the
            `TextFileError`.
    """

    done = Signal(object)
    failed = Signal(object, object, object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._again: dict[Document, SaveAct] = {}
        self._elsewhere: set[Document] = set()  # that are to be saved again to another file

    @staticmethod
    def is_long(tab: DocumentTab) -> bool:
        """Say whether saving a text at once would hold the window."""
        return length_of(tab.editor.document()) > text_file.LARGE

    def save(
        self,
        tab: DocumentTab,
        path: Path | None,
        encoding: Encoding | None,
        *,
        may_lose: bool,
        wait_until_safe: SaveAct,
    ) -> None:
        """Begin to save; `wait_until_safe` is called, in a thread, before the file is touched."""
        document, text = tab.document, tab.editor.document()
        act = partial(self.save, tab, path, encoding, may_lose=may_lose)
        is_elsewhere = path is not None or encoding is not None
        if document.is_saving:
            # What is to be saved elsewhere, or otherwise, is not forgotten for what is not.
            if is_elsewhere or document not in self._elsewhere:
                self._again[document] = partial(act, wait_until_safe=wait_until_safe)
            if is_elsewhere:
                self._elsewhere.add(document)
            return
        if encoding is not None:
            document.set_encoding(encoding)
        target = document.target(path, may_lose=may_lose)
        saving = Saving(text, target, document, wait_until_safe)
        taken = [_state(tab)]

        def on_taken() -> None:
            # The encoding and the line ends are those from the beginning.
            taken[0] = (_state(tab)[0], *taken[0][1:])
            document.text_taken.emit()

        def on_done(saved: SavedText) -> None:
            self._end(document, saving)
            document.take_saved(saved, is_current=taken[0] == _state(tab))
            self.done.emit(tab)
            self._go_on(document)

        def on_failed(error: TextFileError) -> None:
            self._end(document, saving)
            self.failed.emit(tab, path, encoding, error)
            if document in self._elsewhere:
                self._go_on(document)
            else:
                self._again.pop(document, None)

        saving.taken.connect(on_taken)
        saving.done.connect(on_done)
        saving.failed.connect(on_failed)
        document.is_saving = True
        document.changed.emit()
        saving.start()

    def wait(self, document: Document) -> bool:
        """Wait until a document is saved, while the window is drawn; say whether it is."""
        loop = QEventLoop()
        for signal in (document.changed, self.failed):
            signal.connect(loop.quit)
        while document.is_saving:
            # What is typed or closed now would be lost with the window.
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        for signal in (document.changed, self.failed):
            signal.disconnect(loop.quit)
        return not document.is_modified

    def _end(self, document: Document, saving: Saving) -> None:
        document.is_saving = False
        saving.deleteLater()

    def _go_on(self, document: Document) -> None:
        again = self._again.pop(document, None)
        is_elsewhere = document in self._elsewhere
        self._elsewhere.discard(document)
        if again is not None and (is_elsewhere or document.is_modified):
            again()


def _state(tab: DocumentTab) -> tuple[object, ...]:
    """Return what tells whether a text is still the one that was taken."""
    document = tab.document
    return tab.editor.document().revision(), document.encoding, document.chosen_end
