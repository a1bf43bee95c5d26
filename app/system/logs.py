"""The log file: where it is, what goes in, and how large it may grow."""

import logging
import logging.handlers
import os
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QStandardPaths, QtMsgType, qInstallMessageHandler

MAX_BYTES = 1024 * 1024
NUM_OLD_FILES = 3

LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def data_folder() -> Path:
    """Return the folder for what Inlay keeps on this machine: log and recovered texts."""
    location = QStandardPaths.StandardLocation.AppLocalDataLocation
    return Path(QStandardPaths.writableLocation(location))


def set_up_logging(folder: Path) -> None:
    """Write the log to a file in the folder, or to stderr if that cannot be."""
    handler = _make_handler(folder)
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(os.environ.get("INLAY_LOG", "INFO").upper())
    qInstallMessageHandler(_log_qt)


def _make_handler(folder: Path) -> logging.Handler:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return logging.handlers.RotatingFileHandler(
            folder / "inlay.log",
            maxBytes=MAX_BYTES,
            backupCount=NUM_OLD_FILES,
            encoding="utf-8",
            errors="backslashreplace",  # names of files may hold half characters
        )
    except OSError:
        return logging.StreamHandler()


def _log_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    logging.getLogger("qt").log(LEVELS[kind], "%s: %s", context.category or "", text)
