"""Record a real run as the README's animation: `python tests/journeys/record.py OUT.gif`.

Needs a display and ImageMagick's `convert`. Every picture is the window as it was.
"""

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

PAUSE_MS = 240
WORDS = "a small brown bird came to the window and said, “Good tailor, it is cold,"
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
SQUEEZE = "-delay 10 -loop 0 -resize 640x +dither -colors 32 -fuzz 3% -layers OptimizeTransparency"


class Recorder:
    """Takes a picture whenever it is told to, or for a while."""

    def __init__(self, journey: Journey, folder: Path) -> None:
        """Keep the pictures in a folder."""
        self._journey, self._folder, self._count = journey, folder, 0

    def watch(self, pause_ms: int) -> None:
        """Take pictures for a while."""
        end = time.monotonic() + pause_ms / 1000
        while time.monotonic() < end:
            self._take()

    def watch_run(self) -> None:
        """Take pictures until the proposal is done."""
        while self._journey.session.proposal.is_busy:
            self._take()
        self.watch(1200)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier, pause_ms: int) -> None:
        """Press a key and watch what comes of it."""
        self._journey.press(key, modifier)
        self.watch(pause_ms)

    def _take(self) -> None:
        picture = self._journey.window.grab()
        picture.save(str(self._folder / f"{self._count:04d}.png"))
        self._count += 1
        QTest.qWait(PAUSE_MS)


def play(j: Journey, camera: Recorder) -> None:
    """Draft three candidates, look through them and their steps, pin a word, accept, undo."""
    none, options = Qt.KeyboardModifier.NoModifier, j.window.menus.proposals.options
    j.select(WORDS)
    camera.watch(900)
    options.set_options(replace(options.options, candidates=3))
    j.press(Qt.Key.Key_Return, CONTROL)
    camera.watch_run()
    for _ in range(3):
        camera.press(Qt.Key.Key_BracketRight, ALT, 700)
    for key, count in ((Qt.Key.Key_Comma, 4), (Qt.Key.Key_Period, 5)):
        for _ in range(count):
            camera.press(key, ALT, 100)
    for _ in range(2):
        camera.press(Qt.Key.Key_Space, none, 800)
    for _ in range(2):
        camera.press(Qt.Key.Key_Right, ALT | SHIFT, 250)
    camera.press(Qt.Key.Key_P, ALT, 700)
    options.set_options(replace(options.options, candidates=1))
    j.press(Qt.Key.Key_Return, CONTROL)
    camera.watch_run()
    camera.press(Qt.Key.Key_Return, none, 1300)
    camera.press(Qt.Key.Key_Z, CONTROL, 1200)


def main() -> None:
    """Record into the file that is named."""
    text = resource_path("samples/welcome.md").read_text("utf-8")
    story = text[text.index("## The Little") : text.index("## A piece")]
    with tempfile.TemporaryDirectory() as folder:
        with Journey(resource_path("model"), story) as j:
            j.wait_ready()
            j.window.resize(800, 500)
            QTest.qWait(300)
            play(j, Recorder(j, Path(folder)))
        pictures = sorted(str(path) for path in Path(folder).glob("*.png"))
        subprocess.run(["convert", *pictures, *SQUEEZE.split(), sys.argv[1]], check=True)


if __name__ == "__main__":
    main()
