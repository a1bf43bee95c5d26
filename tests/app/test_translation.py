"""Every text is marked for translators, listed for them, and there in German."""

import ast
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu, QScrollBar
from pytestqt.qtbot import QtBot

from app.commands import COMMANDS
from app.failures import KINDS, failure_text
from app.preferences import PreferencesDialog
from app.recovery.journal_files import Header, LostDocument
from app.recovery.recorder import header_of
from app.setting_table import LANGUAGES
from app.translation import number_text
from engine.api import FailureKind, Ready
from tests.app.fakes import FakeEngine, widgets_of
from tests.app.house import MODEL, House
from tests.app.proposal.model.test_session import select
from tests.app.untranslated import untranslated

SOURCES = sorted(Path("app").rglob("*.py"))
# Speaks on the command line before Qt, which translates, is loaded.
BEFORE_QT = Path("app/system/display.py")
FOLDER = Path("resources/translations")
PLACEHOLDER = re.compile(r"\{\w+\}|%L?n")


def texts_of(source: str) -> Iterator[tuple[str, str]]:
    """Yield the context and the text of every marked literal, as Qt looks them up."""
    tree = ast.parse(source)
    classes = {
        id(node): owner.name
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef)
        for node in ast.walk(owner)
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        literals = [a.value for a in call.args if isinstance(a, ast.Constant)]
        match call.func:
            case ast.Attribute(value=ast.Name(id="self"), attr="tr") if literals:
                yield classes[id(call)], literals[0]
            case ast.Name(id="tr" | "QT_TR_NOOP") if literals:
                yield "", literals[0]
            case ast.Name(id="QT_TRANSLATE_NOOP") | ast.Attribute(attr="translate"):
                if len(literals) >= 2:
                    yield literals[0], literals[1]


def messages_of(path: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield context, text and finished translations of each message of a catalogue."""
    for context in ET.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            found = message.find("translation")
            assert found is not None
            forms = [form.text or "" for form in found.iter("numerusform")] or [found.text or ""]
            is_done = found.get("type") is None
            name = context.findtext("name") or ""
            yield name, message.findtext("source") or "", forms if is_done else []


@pytest.mark.parametrize("path", [path for path in SOURCES if path != BEFORE_QT], ids=str)
def test_no_text_of_the_app_is_hidden_from_translators(path: Path) -> None:
    assert list(untranslated(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Stop")',
        'say("Draft")',
        'raise TextFileError(f"{path} is a folder")',
        'NOTE = "Nothing was written."',
        'text = f"{count} drafts"',
        'Message(text if text else "none")',
    ],
)
def test_the_search_for_hidden_texts_finds_them(source: str) -> None:
    assert len(list(untranslated(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        '"""Say something."""',
        'label.setText(tr("Stop"))',
        'log.warning("it is late: %s", error)',
        'assert tab, "there is no tab"',
        'text = f"{name} · {count}"',
        'def run() -> "Iterator of things": ...',
    ],
)
def test_the_search_for_hidden_texts_leaves_the_rest_alone(source: str) -> None:
    assert list(untranslated(source)) == []


def test_the_catalogue_lists_every_text() -> None:
    wanted = {text for path in SOURCES for text in texts_of(path.read_text("utf-8"))}
    listed = {(context, text) for context, text, _ in messages_of(FOLDER / "inlay_de.ts")}
    assert wanted - listed == set(), "run `make translations`"
    assert listed - wanted == set(), "run `make translations`"


def test_german_is_complete_and_fills_in_what_english_does() -> None:
    for context, text, forms in messages_of(FOLDER / "inlay_de.ts"):
        assert forms, f"not translated: {context}: {text}"
        assert all(forms), f"empty: {context}: {text}"
        wanted = Counter(PLACEHOLDER.findall(text))
        for form in forms:
            assert Counter(PLACEHOLDER.findall(form)) == wanted, text
            assert text.count("&") == form.count("&"), text


@pytest.mark.parametrize("name", ["inlay_de", "inlay_en"])
def test_what_ships_is_compiled_from_what_was_translated(name: str, tmp_path: Path) -> None:
    made = tmp_path / f"{name}.qm"
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    if not tool.exists():
        pytest.skip("pyside6-lrelease is not beside this Python")
    subprocess.run([tool, "-silent", FOLDER / f"{name}.ts", "-qm", made], check=True)
    assert made.read_bytes() == (FOLDER / f"{name}.qm").read_bytes(), "run `make translations`"


def test_a_german_desktop_gets_a_german_window(german_house: House) -> None:
    menus = [action.text() for action in german_house.window.menuBar().actions()]
    assert menus[0] == "&Datei"
    assert menus[-1] == "&Hilfe"
    german_house.choose("Neu")
    assert german_house.tab.label == "Unbenannt"
    assert german_house.window.status_line.proposal.text().startswith("Text auswählen")


def test_numbers_are_written_as_the_language_writes_them(request: pytest.FixtureRequest) -> None:
    numbers = ((33377, 0), (3.95, 3), (-0.5, 1), (999, 0))
    english = [number_text(*one) for one in numbers]
    assert english == ["33,377", "3.950", "-0.5", "999"]
    request.getfixturevalue("german")
    assert [number_text(*one) for one in numbers] == ["33.377", "3,950", "-0,5", "999"]


@pytest.mark.parametrize("title", ["", "Untitled"])  # as it is written, and as it was before
def test_what_has_no_name_is_called_so_in_the_language_of_now(
    german_house: House, title: str
) -> None:
    header = Header(title=title, path=None, codec="utf-8", bom="", stamp=None)
    german_house.tab.restore(LostDocument(entry="a", header=header, base="", text="x", caret=1))
    assert german_house.tab.label == "● Unbenannt"
    assert header_of(german_house.tab.document).title == ""


@pytest.mark.parametrize("width", [1280, 900])
@pytest.mark.parametrize("fixture", ["house", "german_house"])
def test_what_a_draft_says_is_seen_whole(
    fixture: str, width: int, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    house: House = request.getfixturevalue(fixture)
    house.window.start_engine(Path("toy"), "cpu")
    job = house.services[0].requests[0].job_id
    house.services[0].emit(Ready(job_id=job, model=replace(MODEL, name="DiffusionGemma 26B A4B")))
    house.window.resize(width, 600)
    house.window.show()
    house.type("one two three")
    engine = FakeEngine()
    engine.session = house.tab.session
    for word in ("one", "two", "three"):
        select(house.tab.editor, word)
        house.tab.session.regenerate()
        engine.requests = [house.services[0].requests[-1]]
        engine.finish("some words")
    line = house.window.status_line.proposal
    qtbot.waitUntil(lambda: "F8" in line.text())
    # Asked anew each time: what it says may have changed since.
    qtbot.waitUntil(lambda: line.width() >= line.fontMetrics().horizontalAdvance(line.text()))


@pytest.mark.parametrize("fixture", ["house", "german_house"])
def test_no_page_of_options_is_wider_than_its_window(
    fixture: str, request: pytest.FixtureRequest, qtbot: QtBot
) -> None:
    house: House = request.getfixturevalue(fixture)
    dialog = PreferencesDialog(house.settings, house.window.shortcuts, house.window)
    qtbot.addWidget(dialog)
    dialog.show()
    bars = dialog.pages.currentWidget().findChildren(QScrollBar)
    flat = [bar for bar in bars if bar.orientation() is Qt.Orientation.Horizontal]
    assert not any(bar.maximum() for bar in flat)


@pytest.mark.parametrize("fixture", ["house", "german_house"])
def test_no_two_lines_of_a_menu_share_a_letter(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    house = request.getfixturevalue(fixture)
    shared = {}
    for menu in [house.window.menuBar(), *house.window.findChildren(QMenu)]:
        texts = [action.text().replace("&&", "") for action in menu.actions()]
        letters = Counter(found.lower() for text in texts for found in re.findall("&(.)", text))
        twice = {letter for letter, count in letters.items() if count > 1}
        if twice:
            shared[menu.title() if isinstance(menu, QMenu) else "bar"] = (twice, texts)
    assert shared == {}


@pytest.mark.parametrize("fixture", ["house", "german_house"])
def test_no_letter_of_the_bar_is_a_menus_or_another_keys(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    house: House = request.getfixturevalue(fixture)
    menus = [action.text() for action in house.window.menuBar().actions()]
    row = widgets_of(house.tab.session).bar.ways
    own = [button.text() for button in (*row.ways, row.write_on)]
    taken, letters = ([QKeySequence.mnemonic(t).toString() for t in all_] for all_ in (menus, own))
    keys = (k for a in house.window.shortcuts.actions.values() for k in a.shortcuts())
    assert "" not in letters
    assert len(letters) == len(set(letters))
    assert {"Alt+P", *taken, *(key.toString() for key in keys)}.isdisjoint(letters)


@pytest.mark.parametrize("fixture", ["house", "german_house"])
def test_no_key_opens_a_menu_instead(fixture: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(fixture)
    titles = [action.text() for action in house.window.menuBar().actions()]
    letters = {QKeySequence.mnemonic(title).toString() for title in titles}
    keys = {QKeySequence(key).toString() for one in COMMANDS.values() for key in one.keys}
    assert letters & keys == set()


@pytest.mark.parametrize("fixture", ["house", "german_house"])
def test_no_two_letters_are_the_same_beside_a_run(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    popups = request.getfixturevalue(fixture).window.popups
    for page in (popups.show_measure().setup, popups.show_teach().teach):
        parts = [*page.findChildren(QLabel), *page.findChildren(QAbstractButton)]
        letters = [QKeySequence.mnemonic(part.text()).toString() for part in parts]
        counts = Counter(filter(None, letters))
        assert [letter for letter, count in counts.items() if count > 1] == []


def test_an_error_of_the_engine_says_in_german_what_has_happened(german: None) -> None:
    text = failure_text(FailureKind.OUT_OF_MEMORY, "CUDA out of memory")
    assert text.startswith("Der Speicher reicht nicht")
    assert text.endswith("CUDA out of memory")


def test_an_error_of_the_engine_is_told_in_its_own_words_in_english() -> None:
    assert failure_text(FailureKind.SERVER, "no answer from example") == "no answer from example"


def test_every_kind_of_error_has_words() -> None:
    assert set(KINDS) == set(FailureKind)


SCRIPT = """
from app.application import make_application
from PySide6.QtCore import QCoreApplication, QLocale
application = make_application()
from app.translation import tr
print(tr('&File'), tr('%n steps', '', 1), tr('%n steps', '', 2), QLocale().decimalPoint(), sep='|')
"""


def words_at_start(home: Path, desktop: str) -> list[str]:
    """Return some words of the program on a desktop of a language, with the settings at `home`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG"))}
    env = kept | {"LANG": desktop, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    made = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=env | {"XDG_CONFIG_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.strip().split("|")


@pytest.mark.parametrize(
    ("language", "file_menu"), [("de", "&Datei"), ("de_AT.UTF-8", "&Datei"), ("fr_FR", "&File")]
)
def test_the_language_is_that_of_the_desktop(tmp_path: Path, language: str, file_menu: str) -> None:
    words = words_at_start(tmp_path, language)
    assert words[0] == file_menu
    assert words[1] in ("1 step", "1 Schritt")
    assert words[2] in ("2 steps", "2 Schritte")


@pytest.mark.skipif(sys.platform != "linux", reason="where the settings are is Linux's way")
@pytest.mark.parametrize(
    ("chosen", "desktop", "words"),
    [
        ("de", "en_GB.UTF-8", ["&Datei", "1 Schritt", "2 Schritte", ","]),
        ("en", "de_DE.UTF-8", ["&File", "1 step", "2 steps", "."]),
        ("nonsense", "de_DE.UTF-8", ["&Datei", "1 Schritt", "2 Schritte", ","]),
    ],
)
def test_another_language_can_be_chosen(
    tmp_path: Path, chosen: str, desktop: str, words: list[str]
) -> None:
    (tmp_path / "Inlay").mkdir()
    (tmp_path / "Inlay" / "settings.ini").write_text(f"[General]\nlanguage={chosen}\n")
    assert words_at_start(tmp_path, desktop) == words


def test_every_language_that_ships_can_be_chosen() -> None:
    shipped = {path.stem.removeprefix("inlay_") for path in FOLDER.glob("inlay_*.qm")}
    assert shipped == {code for code, _ in LANGUAGES} - {"system"}
