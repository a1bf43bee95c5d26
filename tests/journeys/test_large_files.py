"""Files of 50 MB, of a million lines and of one line of 1 MB, in the real window."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

pytestmark = [pytest.mark.journey, pytest.mark.slow]

NUM_LINES = 1_000_000
LINE = "line %07d of a file that has very many of them, größer\n"  # 54 characters
WORD = "needle"


def journey(text: str) -> Journey:
    return Journey(resource_path("model"), text, "large.log")


def find(j: Journey, word: str, count: str) -> None:
    """Search for a word, and wait until the bar has counted."""
    j.choose("Find…")
    QTest.keyClicks(j.window.find_bar.pattern, word)
    j.wait(lambda: j.window.find_bar.count.text() == count)
    QTest.keyClick(j.window.find_bar.pattern, Qt.Key.Key_Escape)


def save(j: Journey) -> None:
    j.choose("Save")
    j.wait(lambda: not j.tab.document.is_modified)


def test_a_million_lines_are_read_while_they_come_then_edited_and_saved() -> None:
    text = "".join(LINE % number for number in range(NUM_LINES))
    with journey(text) as j:
        j.wait(lambda: j.tab.document.share > 0)
        j.press(Qt.Key.Key_PageDown)
        assert j.editor.textCursor().blockNumber() > 0
        j.press(Qt.Key.Key_X)
        j.picture("large_coming")
        assert "reading" in j.window.status_line.format.text()
        j.wait(lambda: not j.tab.document.is_loading)
        assert j.editor.blockCount() == NUM_LINES + 1
        j.press(Qt.Key.Key_End, CONTROL)
        QTest.keyClicks(j.editor, f"the {WORD}")
        j.press(Qt.Key.Key_Home, CONTROL)
        find(j, WORD, "1 of 1")
        assert j.editor.textCursor().blockNumber() == NUM_LINES
        j.picture("large_edited")
        save(j)
        assert j.file.read_bytes() == f"{text}the {WORD}".encode()


def test_who_saves_fifty_megabytes_goes_on_typing() -> None:
    text = "".join(LINE % number for number in range(NUM_LINES))
    with journey(text) as j:
        j.wait(lambda: not j.tab.document.is_loading)
        QTest.keyClicks(j.editor, "one ")
        turns: list[bool] = []
        timer = QTimer(interval=5)
        timer.timeout.connect(lambda: turns.append(j.tab.document.is_saving))
        timer.start()
        taken: list[bool] = []
        j.tab.document.text_taken.connect(lambda: taken.append(True))
        j.choose("Save")
        j.wait(lambda: bool(taken))
        QTest.keyClicks(j.editor, "two ")
        j.picture("large_saving")
        j.wait(lambda: not j.tab.document.is_saving)
        # The window was asked again and again, and answered.
        assert turns.count(True) > 20
        assert j.file.read_bytes() == f"one {text}".encode()
        assert j.tab.document.is_modified
        save(j)
        assert j.file.read_bytes() == f"one two {text}".encode()


def test_a_line_of_a_megabyte_is_edited_and_saved() -> None:
    words = [f"word{number}" for number in range(100_000)]
    with journey("first\n" + " ".join(words) + "\nlast\n") as j:
        j.wait(lambda: not j.tab.document.is_loading)
        assert "no wrap" in j.window.status_line.format.text()
        find(j, "word50000", "1 of 1")
        QTest.keyClicks(j.editor, "other")
        j.press(Qt.Key.Key_Return)
        j.press(Qt.Key.Key_Z, CONTROL)
        j.picture("large_line")
        save(j)
        words[50_000] = "other"
        assert j.file.read_bytes() == ("first\n" + " ".join(words) + "\nlast\n").encode()


def test_a_window_that_is_resized_shows_a_million_lines_at_once() -> None:
    with journey("short\n" * NUM_LINES + "the end\n") as j:
        j.wait(lambda: not j.tab.document.is_loading)
        j.press(Qt.Key.Key_End, CONTROL)
        for width in (900, 700, 1000):
            j.window.resize(width, j.window.height())
            j.wait(lambda width=width: j.window.width() == width)
            assert j.editor.viewport().rect().contains(j.editor.cursorRect())
        j.choose("Word Wrap")
        assert not j.editor.wraps_words
        assert j.editor.viewport().rect().contains(j.editor.cursorRect())
