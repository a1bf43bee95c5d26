"""A day in the editor: files, losses, editing, previews, odd files, keys, words, and languages."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt, QTimer, QTranslator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from app import translation
from app.appearance import Appearance
from app.application import start_session
from app.preferences import PreferencesDialog
from app.proposal import Phase
from app.system.crash import CrashReporter
from app.widgets import dialogs
from app.widgets.message_bar import Message
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

pytestmark = [pytest.mark.journey, pytest.mark.slow]

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LOOKS = [Appearance.LIGHT, Appearance.DARK]
CODE = """\
import math


def area(radius):
    # of a circle
    return math.pi * radius ** 2


def girth(radius):
    return 2 * math.pi * radius
"""
DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" width="200" height="120">
  <rect width="200" height="120" fill="#f4ecd8"/>
  <circle cx="60" cy="60" r="40" fill="#d97b4a"/>
  <rect x="110" y="30" width="70" height="60" fill="#4a7bd9"/>
</svg>
"""
ODD = "שלום world\n\u202eright to left\u202c\ne\u0301 and 👩‍👧\nno\u00a0break\ttab\n"


@pytest.fixture(params=LOOKS, ids=lambda look: look.value)
def look(request: pytest.FixtureRequest) -> Appearance:
    return request.param


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    before = set(qapp.findChildren(QTranslator))
    translation.install(qapp, QLocale("de_DE"))
    yield
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.deleteLater()


def journey(text: str, name: str = "story.md") -> Journey:
    return Journey(resource_path("model"), text, name)


def picture_of_dialog(j: Journey, name: str) -> None:
    """Take a picture of the dialog that opens next, and close it."""

    def take() -> None:
        shown = QApplication.activeModalWidget()
        assert isinstance(shown, QDialog)
        j.picture(name, shown)
        shown.reject()

    QTimer.singleShot(300, take)


def test_files_of_every_kind_are_opened_changed_and_saved(
    qapp: object, look: Appearance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    legacy, wide = tmp_path / "legacy.txt", tmp_path / "wide.txt"
    legacy.write_bytes("Das Mädchen läuft über die Straße.\r\n".encode("cp1252"))
    wide.write_bytes("\ufeffΚαλημέρα\n".encode("utf-16-le"))
    with journey("# One\n") as j:
        j.look(look)
        j.window.workspace.open_paths([legacy, wide, tmp_path / "missing.txt"])
        assert [tab.document.title for tab in j.window.workspace.tabs()][-1] == "wide.txt"
        assert "UTF-16" in j.window.status_line.format.text()
        assert any("guess" in text for text in j.messages())
        assert "missing.txt could not be opened: it does not exist." in j.messages()[-1]
        j.picture(f"20-files-{look.value}")
        QTest.keyClicks(j.editor, "x")
        j.press(Qt.Key.Key_S, CONTROL)
        assert wide.read_bytes() == "\ufeffxΚαλημέρα\n".encode("utf-16-le")
        QTest.keyClicks(j.editor, "mine")
        wide.write_bytes("\ufefftheirs".encode("utf-16-le"))
        j.wait(lambda: "changed by another program" in j.messages()[-1])
        j.picture(f"21-changed-{look.value}")
        monkeypatch.setattr(dialogs, "ask_save_path", lambda *_: tmp_path / "copy.txt")
        j.choose("Save As")
        assert (tmp_path / "copy.txt").read_bytes().endswith("Καλημέρα\n".encode("utf-16-le"))
        assert wide.read_bytes() == "\ufefftheirs".encode("utf-16-le")


def test_text_that_was_never_saved_comes_back(
    qapp: object, look: Appearance, tmp_path: Path
) -> None:
    root = tmp_path / "journal"
    with journey("saved\n") as j:
        keeper = start_session(j.window, root)
        assert keeper is not None
        j.window.workspace.open_paths([j.file])
        QTest.keyClicks(j.editor, "precious ")
        keeper.close(keeps=True)  # as the next start finds it after a kill
    with journey("other\n") as j:
        j.look(look)
        keeper = start_session(j.window, root)
        assert keeper is not None
        assert "precious saved\n" in [tab.document.text() for tab in j.window.workspace.tabs()]
        assert any("did not end properly" in text for text in j.messages())
        j.picture(f"22-recovered-{look.value}")
        keeper.close(keeps=False)


def test_code_is_edited_in_several_places_and_found_everywhere(
    qapp: object, look: Appearance
) -> None:
    with journey(CODE, "circle.py") as j:
        j.look(look)
        j.select("radius")
        for _ in range(3):
            j.press(Qt.Key.Key_D, CONTROL)
        QTest.keyClicks(j.editor, "r")
        assert "def area(r):" in j.text
        j.picture(f"23-carets-{look.value}")
        j.press(Qt.Key.Key_Escape)
        j.put_caret("return 2")
        j.press(Qt.Key.Key_Slash, CONTROL)
        assert "# return 2" in j.text
        j.press(Qt.Key.Key_F, CONTROL)
        bar = j.window.find_bar
        bar.regex.setChecked(True)
        bar.pattern.setText(r"math\.(\w+)")
        j.wait(lambda: "2" in bar.count.text())
        j.picture(f"24-find-{look.value}")
        j.choose("Replace")
        bar.replacement.setText(r"m.\1")
        bar.replace_all.click()
        j.wait(lambda: "m.pi * r" in j.text)
        j.window.finder.close()
        j.choose("Go to Line")
        j.picture(f"25-goto-{look.value}", j.window.popups.goto_line)
        j.window.popups.goto_line.close()


def test_the_preview_follows_the_draft(qapp: object, look: Appearance) -> None:
    seen: set[bytes] = set()
    with journey(DRAWING, "drawing.svg") as j:
        j.look(look)
        j.wait_ready()
        j.window.resize(1100, 700)
        j.choose("Preview")
        preview = j.window.preview
        j.wait(lambda: preview._drawing is not None)
        j.picture(f"26-preview-{look.value}")
        j.select('  <circle cx="60" cy="60" r="40" fill="#d97b4a"/>')
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait(lambda: j.session.proposal is not None and j.session.proposal.draft is not None)
        while j.session.status.phase is not Phase.FINISHED:
            QTest.qWait(10)
            seen.add(bytes(preview.grab().toImage().constBits()))
        j.picture(f"27-preview-draft-{look.value}")
        assert j.text == DRAWING
        j.press(Qt.Key.Key_Escape)


def test_odd_files_are_shown_as_they_are_or_refused(
    qapp: object, look: Appearance, tmp_path: Path
) -> None:
    binary, long_line = tmp_path / "picture.png", tmp_path / "long.json"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    long_line.write_text("[" + "1, " * 200_000 + "1]")
    with journey(ODD) as j:
        j.look(look)
        assert j.tab.document.text() == ODD
        j.picture(f"28-odd-{look.value}")
        j.window.workspace.open_paths([binary, long_line])
        assert any("picture.png is not a text file" in text for text in j.messages())
        j.wait(lambda: not j.tab.document.is_loading)
        assert "no wrap" in j.window.status_line.format.text()
        QTest.keyClicks(j.editor, "x")
        assert j.text.startswith("x[1, 1")
        j.picture(f"29-long-line-{look.value}")


def test_everything_can_be_found_and_keys_can_be_changed(qapp: object, look: Appearance) -> None:
    with journey("Words.\n") as j:
        j.look(look)
        j.choose("Command Palette")
        QTest.qWait(50)
        j.picture(f"30-palette-{look.value}")
        j.picture(f"30-palette-popup-{look.value}", j.window.popups.palette)
        j.window.popups.palette.close()
        for name, keys in (("31-settings", False), ("32-keys", True)):
            j.window.popups.show_preferences(keys=keys)
            QTest.qWait(50)
            dialog = j.window.findChildren(PreferencesDialog)[-1]
            j.picture(f"{name}-{look.value}", dialog)
            dialog.close()
        shortcuts = j.window.shortcuts
        taken = shortcuts.actions["save"].shortcuts()[0]
        assert shortcuts.conflicts("trim", taken) == ["save"]
        j.choose("Welcome")
        j.picture(f"33-welcome-{look.value}")
        j.window.close_welcome()


def test_messages_say_what_to_do_and_reports_stay_here(
    qapp: object, look: Appearance, tmp_path: Path
) -> None:
    with journey("Words.\n") as j:
        j.look(look)
        reporter = CrashReporter(j.window.workspace.documents.unsaved_texts, tmp_path)
        reporter.reported.connect(lambda text: j.window.show_message(Message(text)))
        QTest.keyClicks(j.editor, "unsaved ")
        reporter._report(ValueError("odd"))
        assert "ValueError: odd" in j.messages()[-1]
        (report,) = (tmp_path / "reports").iterdir()
        assert "unsaved" not in report.read_text().replace("unsaved_texts", "")
        (rescued,) = (tmp_path / "recovered").iterdir()
        assert rescued.read_text() == "unsaved Words.\n"
        j.picture(f"34-report-{look.value}")
        picture_of_dialog(j, f"35-privacy-{look.value}")
        j.choose("What Leaves")


def test_a_german_reads_german(qapp: object, german: None, look: Appearance) -> None:
    with journey("Der alte Mann ging am Abend den Weg zum Meer hinunter.\n", "text.md") as j:
        j.look(look)
        j.wait_ready()
        j.select("am Abend den Weg")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        assert "Enter nimmt an" in j.window.status_line.proposal.text()
        j.picture(f"36-german-{look.value}")
        for index, action in enumerate(j.window.menuBar().actions()):
            menu = action.menu()
            menu.ensurePolished()
            menu.adjustSize()
            j.picture(f"37-german-menu-{index}-{look.value}", menu)
        j.window.popups.show_preferences()
        dialog = j.window.findChildren(PreferencesDialog)[-1]
        j.picture(f"38-german-settings-{look.value}", dialog)
        dialog.close()
        j.press(Qt.Key.Key_Escape)


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_a_save_that_fails_says_why_and_keeps_the_text(
    qapp: object, look: Appearance, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "note.txt"
    path.write_text("old")
    with journey("Words.\n") as j:
        j.look(look)
        j.window.workspace.open_paths([path])
        QTest.keyClicks(j.editor, "new ")
        path.unlink()
        folder.rmdir()
        j.press(Qt.Key.Key_S, CONTROL)
        assert "note.txt was not saved" in j.messages()[-1]
        assert j.tab.document.is_modified
        j.picture(f"39-not-saved-{look.value}")
        folder.mkdir()
        j.press(Qt.Key.Key_S, CONTROL)
        assert path.read_text() == "new old"
