"""The menu lets each document have its own language, and says which it is."""

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.spelling import dictionaries
from tests.app.house import House


@pytest.fixture(autouse=True)
def two_dictionaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "dictionaries"
    folder.mkdir()
    for code in ("en_GB", "de_DE"):
        (folder / f"{code}.aff").touch()
        (folder / f"{code}.dic").touch()
    monkeypatch.setattr(dictionaries, "places", lambda: [folder])


def lines(house: House) -> list[QAction]:
    """Open the menu and return its lines."""
    (menu,) = (m for m in house.window.findChildren(QMenu) if m.title() == "Spelling &Language")
    menu.aboutToShow.emit()
    return [action for action in menu.actions() if not action.isSeparator()]


def checked(house: House) -> list[str]:
    return [action.text() for action in lines(house) if action.isChecked()]


def test_each_document_has_its_own_language(house: House, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("text")
    house.settings.set_value("spelling_language", "en_GB")
    house.workspace.open_paths([tmp_path / "a.txt", tmp_path / "b.txt"])
    usual = "As in the Settings: British English (United Kingdom)"
    assert checked(house) == [usual]
    german = next(action for action in lines(house) if action.text().startswith("Deutsch"))
    house.settings.set_value("spelling", False)
    german.trigger()
    assert house.settings.is_on("spelling")
    assert checked(house) == ["Deutsch (Deutschland)"]
    house.window.tabs.setCurrentIndex(0)
    assert checked(house) == [usual]
    house.workspace.close_tab([*house.workspace.tabs()][1])
    house.workspace.open_paths([tmp_path / "b.txt"])
    assert checked(house) == ["Deutsch (Deutschland)"]


def test_a_second_view_has_the_language_of_its_document(house: House) -> None:
    lines(house)[-1].trigger()
    house.choose("Split Side by Side")
    assert house.workspace.current is house.workspace.second
    assert checked(house) == [lines(house)[-1].text()]


def test_without_a_dictionary_it_says_how_to_get_one(house: House) -> None:
    house.settings.set_value("spelling_language", "sv_SE")
    note, usual = lines(house)[:2]
    assert note.text() == "No dictionary for svenska found. Install its Hunspell package"
    assert not note.isEnabled()
    assert usual.text() == "As in the Settings: svenska"
