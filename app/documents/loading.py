"""Large files: read in a thread, and shown bit by bit while the user looks at their start."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument

from app.documents import text_file
from app.documents.encoding import Encoding
from app.documents.filling import Filling
from app.documents.text_file import TextFile, TextFileError
from app.system.background import Background
from app.text import line_ends


@dataclass(frozen=True, slots=True)
class ReadText:
    """A file that was read, and what takes time to find out about its text."""

    file: TextFile
    shown: str  # lines ended by a line feed
    ends: str  # what its lines end with, as in `kept_ends`
    line_ends: str  # their label


class Loading(QObject):
    """Brings one large file into a document.

    Signals:
        read: The `ReadText` is about to be shown.
        begun: The start of it is there.
        moved: More of it is there.
        done: The `ReadText` is there as a whole.
        failed: The reason, a `TextFileError`.
    """

    read = Signal(object)
    begun = Signal()
    moved = Signal()
    done = Signal(object)
    failed = Signal(object)

    def __init__(
        self, path: Path, encoding: Encoding | None, document: QTextDocument, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._filling: Filling | None = None
        self._background = Background(self)
        self._job = self._background.run(partial(read_text, path, encoding), self._fill, self._fail)

    @property
    def share(self) -> float:
        """How much of the text is there, from 0 to 1."""
        return self._filling.share if self._filling is not None else 0.0

    def stop(self) -> None:
        """Leave what is not there yet out, and tell nobody."""
        self._job.cancel()
        if self._filling is not None:
            self._filling.stop()

    def _fill(self, text: ReadText) -> None:
        self.read.emit(text)
        filling = self._filling = Filling(self._document, text.shown, text.ends, self)
        filling.begun.connect(self.begun)
        filling.moved.connect(self.moved)
        filling.ended.connect(partial(self._end, text))
        filling.start()

    def _end(self, text: ReadText, is_whole: bool) -> None:
        if is_whole:
            self.done.emit(text)
        else:
            self.failed.emit(text_file.not_showable())

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, TextFileError):
            raise error
        self.failed.emit(error)


def read_text(path: Path, encoding: Encoding | None = None) -> ReadText:
    """Read a file and look at its text.

    Raises:
        TextFileError: The file cannot be opened.
    """
    file = text_file.read(path, encoding)
    text = file.text
    return ReadText(file, line_ends.normalized(text), line_ends.kinds(text), line_ends.label(text))
