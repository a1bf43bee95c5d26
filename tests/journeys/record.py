"""Record a real run as the README's animation: `python tests/journeys/record.py OUT.gif`.

Needs a display and ImageMagick. The pictures are taken by another process: taking them in this one
would hold up the model, which shares Python's lock with the window.
"""

import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import QEventLoop, Qt, QTimer

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

PICTURES_A_SECOND = 5
WORDS = "stayed up late and talked about the future"
NONE = Qt.KeyboardModifier.NoModifier
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
SQUEEZE = "-loop 0 -resize 640x +dither -colors 32 -fuzz 3% -layers OptimizeTransparency"


class Camera:
    """Takes pictures of a window until it is told to stop."""

    def __init__(self, window: int, folder: Path) -> None:
        """Start; the pictures go into a folder, under the time each was taken at."""
        take = f"import -silent -window {window} {folder}/$(date +%s.%N).png"
        loop = f"while true; do {take}; sleep {1 / PICTURES_A_SECOND}; done"
        self._process = subprocess.Popen(["bash", "-c", loop])
        self._folder = folder

    def stop(self, out: Path) -> None:
        """Make the pictures an animation that is as fast as what they show was."""
        self._process.terminate()
        self._process.wait()
        pictures = sorted(self._folder.glob("*.png"))
        times = [float(picture.stem) for picture in pictures]
        shown: list[str] = []
        for picture, start, end in zip(pictures, times, [*times[1:], times[-1] + 1], strict=True):
            shown += ["-delay", str(round(100 * (end - start))), str(picture)]
        subprocess.run(["convert", *shown, *SQUEEZE.split(), str(out)], check=True)


def play(j: Journey) -> None:
    """Pin a word, draft three candidates, look through them and their steps, accept, undo."""

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier, pause_ms: int) -> None:
        j.press(key, modifier)
        _pause(pause_ms)

    options = j.session.options
    j.select(WORDS)
    _pause(900)
    for _ in range(4):
        press(Qt.Key.Key_Right, ALT | SHIFT, 300)
    press(Qt.Key.Key_P, ALT, 900)
    options.set_settings(replace(options.settings, candidates=3))
    j.press(Qt.Key.Key_Return, CONTROL)
    _wait_for(j)
    for _ in range(3):
        press(Qt.Key.Key_BracketRight, ALT, 700)
    for key, count in ((Qt.Key.Key_Comma, 4), (Qt.Key.Key_Period, 5)):
        for _ in range(count):
            press(key, ALT, 250)
    for _ in range(2):
        press(Qt.Key.Key_Space, NONE, 800)
    press(Qt.Key.Key_Return, NONE, 1300)
    press(Qt.Key.Key_Z, CONTROL, 1200)


def _wait_for(j: Journey) -> None:
    """Wait until the drafts are done, and a little longer."""
    j.wait_done()
    _pause(1200)


def _pause(milliseconds: int) -> None:
    """Let the window run in Qt's own loop; `QTest.qWait` keeps Python's lock from the engine."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    """Record into the file that is named."""
    text = resource_path("samples/welcome.md").read_text("utf-8")
    letter = text[text.index("## A letter") : text.index("## Told")]
    model = resource_path("models/small")
    with tempfile.TemporaryDirectory() as folder, Journey(model, letter) as j:
        j.wait_ready()
        j.window.resize(800, 500)
        _pause(300)
        camera = Camera(int(j.window.winId()), Path(folder))
        play(j)
        camera.stop(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
