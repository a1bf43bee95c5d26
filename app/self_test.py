"""`inlay --self-test`: whether this installation works on this machine, as a table."""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtGui import QImage

from app.application import make_application
from app.engine_bridge import EngineBridge
from app.settings import Settings
from app.window.main_window import MainWindow
from engine.self_test import Check, Problem, checked, engine_checks, kernel_checks
from resources import resource_path

PACKAGES = ("torch", "triton", "triton-windows", "PySide6-Essentials")
TEXT = "The text of the self-test,\nwhich the window has to draw.\n"
PAINT_TIMEOUT_S = 10.0
MIN_TEXT_PIXELS = 200  # pixels by which a page with the text differs from an empty one


def run(device: str) -> int:
    """Check the installation, print a table as it comes, and return the exit code: 0, or 1."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # old consoles
    print(_header(), flush=True)
    failed: list[str] = []
    start, count = time.perf_counter(), 0
    for check in _checks(device):
        count += 1
        print(_row(check), flush=True)
        if not check.is_ok:
            failed.append(check.name)
    if failed:
        print(f"\n{len(failed)} of {count} checks FAILED: {'; '.join(failed)}.")
        print("Install Inlay again, or send this table to whoever is to help you.")
        return 1
    print(f"\nAll {count} checks passed in {time.perf_counter() - start:.1f} s.")
    return 0


def _header() -> str:
    found = [f"{name} {text}" for name in PACKAGES if (text := _version_of(name))]
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    python = f"Python {platform.python_version()}"
    return f"Inlay {_version_of('inlay')}, self-test\n{' · '.join([system, python, *found])}\n"


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _row(check: Check) -> str:
    verdict = "ok" if check.is_ok else "FAILED"
    return f"  {verdict:6}  {check.name:28}  {check.seconds:6.2f} s  {check.detail}"


def _checks(device: str) -> Iterator[Check]:
    # The window comes first, as in the editor: Qt's libraries are loaded before torch's.
    yield checked("window", look_at_window)
    try:
        folder = resource_path("model")
    except FileNotFoundError as error:
        yield Check("model", str(error), 0.0, is_ok=False)
    else:
        yield from engine_checks(folder, device)
    yield from kernel_checks(device)


def look_at_window() -> str:
    """Open the editor's own window where nobody sees it, and look at what it paints."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qInstallMessageHandler(_pass_on)
    if sys.platform == "win32":  # where this platform knows no fonts by itself
        fonts = Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "Fonts")
        os.environ.setdefault("QT_QPA_FONTDIR", str(fonts))
    application = QCoreApplication.instance() or make_application()
    with tempfile.TemporaryDirectory() as folder:
        bridge = EngineBridge()  # never started
        window = MainWindow(bridge, Settings(Path(folder) / "settings.ini"))
        try:
            empty, full = _paint(window)
        finally:
            bridge.close()
            window.deleteLater()
            application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    num_pixels = _difference(empty, full)
    if num_pixels < MIN_TEXT_PIXELS:
        raise Problem(
            f"the text is not drawn ({num_pixels} pixels): no font can be used. Install a font, "
            "such as DejaVu Sans."
        )
    return f"paints {full.width()} × {full.height()} pixels, {num_pixels} of them text"


def _pass_on(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Show what Qt says, but for what its offscreen platform says of every window."""
    if not text.startswith("This plugin does not support"):
        sys.stderr.write(f"{text}\n")


def _paint(window: MainWindow) -> tuple[QImage, QImage]:
    """Return pictures of the text area without and with a text."""
    painted: list[bool] = []
    window.first_painted.connect(lambda: painted.append(True))
    tab = window.workspace.new()
    window.show()
    end = time.monotonic() + PAINT_TIMEOUT_S
    while not painted:
        QCoreApplication.processEvents()
        if time.monotonic() > end:
            raise Problem(f"the window was not painted within {PAINT_TIMEOUT_S:.0f} s")
    area = tab.editor.viewport()
    empty = area.grab().toImage()
    tab.editor.setPlainText(TEXT)
    full = area.grab().toImage()
    tab.editor.document().setModified(False)  # nobody is there to answer the question
    window.close()
    return empty, full


def _difference(one: QImage, other: QImage) -> int:
    """Count the pixels in which two pictures differ."""
    left, right = (
        bytes(image.convertToFormat(QImage.Format.Format_RGB32).constBits())
        for image in (one, other)
    )
    pairs = zip(memoryview(left).cast("I"), memoryview(right).cast("I"), strict=True)
    return sum(a != b for a, b in pairs)
