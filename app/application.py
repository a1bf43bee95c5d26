"""The application: Qt, its event loop, and the order in which things start and stop."""

import asyncio
import logging
import os
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import qasync
from PySide6.QtCore import QLocale
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from app import appearance, translation
from app.engine_bridge import EngineBridge
from app.recovery import Journal, find_lost
from app.recovery.journal import STATE
from app.recovery.session_state import read_state
from app.settings import Settings
from app.system import garbage_collection
from app.system.crash import RECOVERED, CrashReporter, save_texts
from app.system.logs import data_folder, set_up_logging
from app.system.single_instance import SingleInstance, hand_over
from app.system.termination import Termination
from app.system.turns import shorten_switch_interval
from app.system.versions import version_of
from app.translation import tr
from app.widgets.message_bar import Message
from app.window.main_window import MainWindow
from app.workspace.session_restore import SessionKeeper
from resources import resource_path

log = logging.getLogger(__name__)

JOURNAL = "journal"  # in the data folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line."""

    files: tuple[Path, ...] = ()
    model: Path | None = None  # None: the embedded model
    device: str = "auto"
    platform: str | None = None  # of Qt; None: its own choice
    started: float = 0.0  # time.monotonic() when the process was created


def run(options: Options) -> int:
    """Show the editor and return when it is closed."""
    shorten_switch_interval()
    application = make_application(options.platform)
    # Before the log and the settings, which belong to the Inlay that runs.
    if hand_over(data_folder(), options.files):
        return 0
    set_up_logging(data_folder())
    settings = Settings()
    appearance.apply(settings.appearance)
    hints = application.styleHints()
    # The palette is ours, so the desktop's change between light and dark does not come by itself.
    hints.colorSchemeChanged.connect(lambda _: appearance.apply(settings.appearance))
    bridge = EngineBridge()
    window = MainWindow(bridge, settings)
    reporter = CrashReporter(window.workspace.documents.unsaved_texts, data_folder())
    reporter.reported.connect(lambda text: window.show_message(Message(text)))
    # As soon as there is a window that can tell: from here on no error passes unseen.
    reporter.install()
    window.first_painted.connect(partial(_after_first_paint, window, options))
    # Before the files of the command line, so that a tab that comes back is not opened twice.
    keeper = start_session(
        window, data_folder() / JOURNAL, restores_tabs=settings.is_on("restore_session")
    )
    instance = SingleInstance(data_folder(), window)
    instance.rung.connect(window.come_to_front)
    open_documents(window, settings, options.files)
    window.show()
    termination = Termination()
    termination.requested.connect(partial(_end, application, window, keeper))
    with termination.watch():
        code = _run_loop(application, reporter)
    instance.close()
    # Before Qt's objects go: the engine's thread emits one of their signals.
    bridge.close()
    if keeper is not None:
        keeper.close(keeps=False)
    reporter.uninstall()
    window.deleteLater()
    return code


def make_application(platform: str | None = None) -> QApplication:
    """Create the Qt application with our names, style and icon.

    Args:
        platform: Of Qt; None: its own choice. Told it here and not by the environment, which the
            programs that are started from here would inherit.
    """
    application = QApplication([*sys.argv[:1], *(("-platform", platform) if platform else ())])
    application.setApplicationName("Inlay")
    application.setApplicationVersion(version_of("inlay"))
    application.setDesktopFileName("inlay")
    application.setStyle("Fusion")
    locale = translation.locale_of(str(Settings().value("language")))
    QLocale.setDefault(locale)
    translation.install(application, locale)
    application.setWindowIcon(QIcon(str(resource_path("icons/inlay.svg"))))
    return application


def start_session(
    window: MainWindow, root: Path, *, restores_tabs: bool = True
) -> SessionKeeper | None:
    """Bring back what the last run has left, and keep this one safe from now on."""
    window.workspace.new()
    try:
        lost = find_lost(root)
        state = read_state(root / STATE) if restores_tabs else None
        keeper = SessionKeeper(window.workspace, Journal(root), window.splits)
    except OSError as error:
        log.error("no recovery journal: %s", error)
        text = tr("Inlay cannot keep a recovery journal in {folder}: {reason}. Save often.")
        window.show_message(Message(text.format(folder=root, reason=error.strerror)))
        return None
    keeper.message.connect(window.show_message)
    keeper.restore(lost, state)
    return keeper


def open_documents(window: MainWindow, settings: Settings, files: tuple[Path, ...]) -> None:
    """Open the files asked for, else the first page once."""
    if not window.workspace.documents:
        window.workspace.new()
    for path in files:
        window.workspace.open_or_name(path)
    if not files and not settings.was_welcomed:
        window.open_welcome()
    settings.was_welcomed = True


def _after_first_paint(window: MainWindow, options: Options) -> None:
    """Start the engine, now that its import of torch delays nobody."""
    elapsed_ms = (time.monotonic() - options.started) * 1000
    log.debug("first paint after %.0f ms", elapsed_ms)
    if os.environ.get("INLAY_STARTUP_TRACE") == "1":
        sys.stderr.write(f"first-paint-ms {elapsed_ms:.0f}\n")
        sys.stderr.flush()
    if options.model is None and window.server.address:
        window.server.reconnect()
        garbage_collection.begin_serving()
        # Now, as nobody waits for it; read when it is first needed, it would hold a key press up.
        window.history.read()
        return
    try:
        folder = options.model or window.keeper.remembered()
    except FileNotFoundError as error:
        window.show_message(Message(str(error)))
        return
    window.start_engine(folder, options.device)
    if options.model is None:
        window.offer_base()
    window.history.read()


def _end(application: QApplication, window: MainWindow, keeper: SessionKeeper | None) -> None:
    """Go without asking, because whoever asks us to end will not wait for an answer."""
    try:
        if keeper is not None:
            # As after a crash: the unsaved documents come back with the next start.
            keeper.close(keeps=True)
        else:
            paths = save_texts(
                window.workspace.documents.unsaved_texts(), data_folder() / RECOVERED
            )
            log.info("asked to end; unsaved texts: %s", [str(path) for path in paths])
        window.left_drafts.put_aside()  # when the texts are safe
    finally:
        application.exit()  # `quit` would ask every window first


def _run_loop(application: QApplication, reporter: CrashReporter) -> int:
    # Coroutines of the interface run here, between Qt's own events.
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda _, context: reporter.handle_loop_error(context))
    with loop:
        code = int(loop.run_forever())
        if waiting := asyncio.all_tasks(loop):
            # A coroutine that is left in the midst is told by Python as an error, after all else
            # has gone.
            for task in waiting:
                task.cancel()
            loop.run_until_complete(asyncio.wait(waiting))
    return code
