"""What comes from outside the keyboard: files dropped on the window, and an input method."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent, QTextCharFormat
from PySide6.QtWidgets import QApplication, QWidget

from app.proposal import Phase
from app.text.rebase import GUARD_CHARS
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import draft, pictures

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening.\n\n"
    "Outside the wind went round the house, and nobody came along the road.\n"
)
WORDS = "the room was warm again"
# Nearer than that, a change belongs to what the draft was computed from.
FAR = "The road was long.\n\n" * (GUARD_CHARS // 20 + 1)


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def drag(target: QWidget, *paths: Path) -> QDragEnterEvent:
    """Drop files on a part of the window as a file manager does; return how they were met."""
    data, place = QMimeData(), QPoint(9, 9)
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    offered = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    how = (offered, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter, drop = QDragEnterEvent(place, *how), QDropEvent(place, *how)
    QApplication.sendEvent(target, enter)
    QApplication.sendEvent(target, drop)
    assert drop.dropAction() is not Qt.DropAction.MoveAction  # or the file would be taken away
    return enter


def compose(j: Journey, preedit: str, commit: str = "") -> None:
    """Let an input method show what it is composing, or hand over what is done."""
    style = QTextCharFormat()
    style.setFontUnderline(True)
    kind = QInputMethodEvent.AttributeType
    marks = [
        QInputMethodEvent.Attribute(kind.TextFormat, 0, len(preedit), style),
        QInputMethodEvent.Attribute(kind.Cursor, len(preedit), 1, None),
    ]
    event = QInputMethodEvent(preedit, marks if preedit else [])
    event.setCommitString(commit)
    QApplication.sendEvent(j.editor, event)


def test_files_can_be_dropped_on_every_part_of_the_window(journey: Journey, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a b.txt", "ä.md", "c.py", "d.txt", "e.txt")]
    for path in paths:
        path.write_text(f"text of {path.name}\n")
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    with journey as j:
        j.choose("Preview")
        window = j.window
        targets = (j.editor.viewport(), window.tabs.tabBar(), window.status_line)
        for path, target in zip(paths, (*targets, window.preview), strict=False):
            assert drag(target, path).isAccepted()
            assert j.text == f"text of {path.name}\n"
        j.choose("Welcome")
        assert drag(window.welcome, binary, paths[4], tmp_path / "gone.txt").isAccepted()
        assert window.welcome.isHidden()
        assert j.tab.document.title == "e.txt"
        assert [tab.document.title for tab in window.workspace.tabs()][1:] == [
            p.name for p in paths
        ]
        assert any("picture.png is not a text file" in text for text in j.messages())
        assert any("gone.txt could not be opened" in text for text in j.messages())
        pictures(j, "50-dropped")
        assert all(path.exists() for path in paths)


def test_a_file_dropped_beside_a_draft_leaves_it_alone(journey: Journey, tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text("other\n")
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait(lambda: j.session.status.num_frames >= 1)
        drag(j.editor.viewport(), path)
        assert j.text == "other\n"
        j.window.tabs.setCurrentIndex(0)
        j.wait_done()
        expected = STORY.replace(WORDS, draft(j))
        j.press(Qt.Key.Key_Return)
        assert j.text == expected


def test_an_input_method_composes_in_the_text(journey: Journey) -> None:
    with journey as j:
        j.put_caret("The Lamp")
        for preedit in ("に", "にほ", "にほんご"):
            compose(j, preedit)
            assert j.text == STORY
            assert not j.tab.document.is_modified
        pictures(j, "51-composing")
        compose(j, "", "日本語")
        assert j.text == STORY.replace("The Lamp", "The Lamp日本語")
        compose(j, "かな")
        compose(j, "")  # given up
        assert j.text.count("日本語") == 1
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_an_input_method_composes_while_a_draft_settles_elsewhere(qapp: object) -> None:
    text = STORY + FAR + "The end\n"
    with Journey(resource_path("model"), text) as j:
        j.wait_ready()
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL)
        j.put_caret("The end")
        compose(j, "お")
        j.wait(lambda: j.session.status.num_frames >= 1)
        compose(j, "おわ")
        pictures(j, "52-composing-beside-a-draft")
        compose(j, "", "終わり")
        typed = text.replace("The end", "The end終わり")
        assert j.text == typed
        j.wait(lambda: j.session.status.phase in (Phase.FINISHED, Phase.STALE))
        assert j.session.proposal.phase is Phase.FINISHED
        words = draft(j)
        j.choose("Accept")
        assert j.text == typed.replace(WORDS, words)
        j.choose("Undo")
        assert j.text == typed
        j.choose("Undo")
        assert j.text == text
