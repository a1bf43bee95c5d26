"""Writing a text to its file: a short one at once, a long one while the user goes on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument

from app.documents import text_file
from app.documents.encoding import Encoding
from app.documents.names import shown
from app.documents.taking import Piece, Taking
from app.documents.text_file import FileStamp, TextFileError
from app.system.background import Background
from app.system.turns import Turns
from app.text import line_ends
from app.text.kept_ends import NONE
from app.translation import tr


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how a text is to be saved."""

    path: Path
    encoding: Encoding
    line_end: str  # of lines that have none of their own
    is_chosen: bool  # whether all lines are to have it
    may_lose: bool  # what belongs to the file besides its content
    stamp: FileStamp | None = None  # of the file when saving began


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedText:
    """A text as it was written."""

    path: Path
    encoding: Encoding
    text: str  # with the line ends of the file
    line_ends: str  # their label
    digest: bytes
    stamp: FileStamp | None


class Saving(QObject):
    """Saves one long text.

    Signals:
        taken: The text as it is now is what the file will hold.
        done: The `SavedText`.
        failed: The `TextFileError`; the file is as before.
    """

    taken = Signal()
    done = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        document: QTextDocument,
        target: Target,
        parent: QObject,
        wait_until_safe: Callable[[], object],
    ) -> None:
        """Save `document`; `wait_until_safe` is called, in a thread, before the file is touched."""
        super().__init__(parent)
        self._target, self._wait_until_safe = target, wait_until_safe
        self._background = Background(self)
        self._taking = Taking(document, self)
        self._taking.done.connect(self._write)

    def start(self) -> None:
        """Begin, and return at once."""
        self._taking.start()

    def _write(self, pieces: list[Piece]) -> None:
        self.taken.emit()

        def work() -> SavedText:
            self._wait_until_safe()
            return save_pieces(pieces, self._target)

        self._background.run(work, self.done.emit, self._fail)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, TextFileError):
            self.failed.emit(error)
            return
        # Whatever it is, the document is not being saved any longer, and can be saved again.
        text = tr("The file could not be saved: {reason}. Try again, or save it elsewhere.")
        self.failed.emit(TextFileError(text.format(reason=error or type(error).__name__)))
        raise error


def save_text(text: str, target: Target) -> SavedText:
    """Write a text, which has the line ends of its file.

    Raises:
        TextFileError: Nothing was written.
    """
    data = text_file.encode(text, target.encoding)
    return _written(text, data, target, line_ends.label(text))


def save_pieces(pieces: list[Piece], target: Target) -> SavedText:
    """Write a long text, so that no other thread waits long for Python's lock.

    Raises:
        TextFileError: Nothing was written.
    """
    turns = Turns()
    text, data = "", bytearray(target.encoding.bom)
    own = Encoding(target.encoding.codec)
    try:
        for part in _with_ends(pieces, target):
            text += part  # in place, as Python does it for a string that nobody else has
            data += text_file.encode(part, own)
            turns.step()
    except TextFileError:
        # Of the whole text, where the line that it names is the right one.
        text_file.encode("".join(_with_ends(pieces, target)), target.encoding)
        raise
    # Only where each line has an end of its own all of them have to be looked at.
    label = line_ends.label(text) if _is_mixed(pieces, target) else _label(pieces, target)
    # All this takes a while, and other programs write, too.
    if text_file.stamp_of(target.path) != target.stamp:
        message = tr("Another program has changed {name} meanwhile. Save it again, or elsewhere.")
        raise TextFileError(message.format(name=shown(target.path.name)))
    return _written(text, data, target, label)


def _with_ends(pieces: list[Piece], target: Target) -> Iterator[str]:
    if not _is_mixed(pieces, target):
        for piece in pieces:
            yield piece.text.replace("\n", target.line_end)
        return
    # What a line ends with depends on the one before, which may be in another piece.
    ends = "".join(piece.ends or NONE * piece.text.count("\n") for piece in pieces)
    yield line_ends.with_ends("".join(piece.text for piece in pieces), ends, target.line_end)


def _is_mixed(pieces: list[Piece], target: Target) -> bool:
    return not target.is_chosen and any(piece.ends.strip(NONE) for piece in pieces)


def _label(pieces: list[Piece], target: Target) -> str:
    has_lines = any("\n" in piece.text for piece in pieces)
    return line_ends.label(target.line_end if has_lines else "")


def _written(text: str, data: bytes | bytearray, target: Target, label: str) -> SavedText:
    text_file.write(target.path, data, may_lose=target.may_lose)
    return SavedText(
        path=target.path,
        encoding=target.encoding,
        text=text,
        line_ends=label,
        digest=text_file.digest(data),
        stamp=text_file.stamp_of(target.path),
    )
