"""What happens when something unforeseen does: texts are saved first, then it is told."""

import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from app.system.versions import version_of, versions_text
from app.translation import tr

log = logging.getLogger(__name__)

UnsavedTexts = Callable[[], Iterable[tuple[str, str]]]

REPORTS = "reports"  # the folder of error reports, in the data folder
RECOVERED = "recovered"  # the folder of rescued texts, in the data folder
TITLE_CHARS = 50  # at four bytes each still a legal file name with the stamp
UNSAFE = re.compile(r"[^\w.-]")  # in a file name
INTERVAL_S = 10.0  # between two rescues; an error while painting comes 60 times a second


class CrashReporter(QObject):
    """Stands behind `sys.excepthook` and `threading.excepthook`.

    Signals:
        reported: What to tell the user.
    """

    reported = Signal(str)
    _raised_elsewhere = Signal(object)

    def __init__(
        self, unsaved_texts: UnsavedTexts, folder: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._unsaved_texts = unsaved_texts
        self._folder = folder
        self._last_rescue = -INTERVAL_S
        # Documents may be read in the main thread only.
        self._raised_elsewhere.connect(self._report)

    def install(self) -> None:
        """Take over the hooks."""
        sys.excepthook = self.handle
        threading.excepthook = self._handle_thread

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def handle(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Log an exception of the main thread, save the texts and tell the user."""
        # Ctrl+C and an exit are no errors.
        if not issubclass(kind, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        self._log(error)
        self._report(error)

    def handle_loop_error(self, context: dict[str, object]) -> None:
        """Treat an exception in a coroutine or callback of the event loop like any other."""
        error = context.get("exception")
        if isinstance(error, Exception):
            self.handle(type(error), error, error.__traceback__)
        else:
            log.error("event loop: %s", context.get("message"))

    def _handle_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._log(args.exc_value)
            self._raised_elsewhere.emit(args.exc_value)

    def _log(self, error: BaseException) -> None:
        log.error("unforeseen error\n%s", report_of(error))

    def _report(self, error: BaseException) -> None:
        # Logged each time, rescued and told once.
        if time.monotonic() - self._last_rescue < INTERVAL_S:
            return
        self._last_rescue = time.monotonic()
        told = tr("Inlay stumbled over an error of its own ({error}).").format(
            error=f"{type(error).__name__}: {error}"
        )
        self.reported.emit(f"{told} {self._rescue()} {self._write_report(error)}")

    def _write_report(self, error: BaseException) -> str:
        """Write what is known of the error to a file; say where it is."""
        path = self._folder / REPORTS / time.strftime("%Y%m%d-%H%M%S.txt")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(report_of(error), "utf-8")
        except OSError:
            return tr("The log in {folder} has the details.").format(folder=self._folder)
        text = tr(
            "A report for whoever is to mend it is in {path}. It has been sent nowhere, and holds "
            "nothing of your texts."
        )
        return text.format(path=path)

    def _rescue(self) -> str:
        try:
            texts = list(self._unsaved_texts())
            paths = save_texts(texts, self._folder / RECOVERED)
        # The hook must not raise, whatever is broken.
        except Exception:
            log.exception("the unsaved texts could not be rescued")
            return tr("The unsaved texts could not be copied to a safe place; save them now.")
        if len(paths) < len(texts):
            return tr("Not all unsaved texts could be copied to a safe place; save them now.")
        if not paths:
            return tr("There were no unsaved changes.")
        text = tr("The unsaved texts were copied to {folder}; save them when you can.")
        return text.format(folder=paths[0].parent)


def report_of(error: BaseException) -> str:
    """Return versions and traceback, which name files of the program and no text of the user."""
    versions = f"Inlay {version_of('inlay')} · {versions_text()}"
    return f"{versions}\n{''.join(traceback.format_exception(error))}"


def save_texts(texts: Iterable[tuple[str, str]], folder: Path) -> list[Path]:
    """Write each (title, text) to a new file in the folder and return the paths.

    A text that cannot be written is logged and does not keep the others from being saved.
    """
    paths = []
    for number, (title, text) in enumerate(texts):
        stamp = time.strftime("%Y%m%d-%H%M%S")
        path = folder / f"{stamp}-{number}-{UNSAFE.sub('_', title)[-TITLE_CHARS:]}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Half a character is kept, too.
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        except OSError:
            log.exception("%s could not be saved", title)
        else:
            paths.append(path)
    return paths
