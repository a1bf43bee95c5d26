"""Settings: a plain file, a dialog over it, and effects at once."""

import os
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from app.preferences import PreferencesDialog
from app.setting_table import OPTIONS
from app.settings import Settings
from tests.app.house import House


@pytest.fixture
def settings(tmp_path: Path, qapp: object) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def dialog(qtbot: QtBot, house: House) -> PreferencesDialog:
    dialog = PreferencesDialog(house.settings, house.window.shortcuts)
    qtbot.addWidget(dialog)
    return dialog


def write_down(settings: Settings) -> None:
    """Write the file, as if it had been a while ago.

    Qt reads a file again if its size or its time is another; tests write twice within one tick.
    """
    settings.sync()
    os.utime(settings.path, (1, 1))
    settings.sync()


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
@pytest.mark.parametrize("junk", ["", "junk", "-3", "999", "\0"])
def test_junk_in_the_file_counts_as_absent(settings: Settings, option: object, junk: str) -> None:
    settings._store.setValue(option.key, junk)
    value = settings.value(option.key)
    assert type(value) is type(option.default)
    if option.choices and option.source is None:
        assert value in dict(option.choices)
    if option.high:
        assert option.low <= value <= option.high


def test_a_value_is_written_to_a_plain_file_and_read_from_it(settings: Settings) -> None:
    settings.set_value("word_wrap", False)
    settings.set_value("font_size", 15)
    write_down(settings)
    text = settings.path.read_text()
    assert "word_wrap=false" in text
    settings.path.write_text(text.replace("font_size=15", "font_size=17"))
    assert Settings(settings.path).value("font_size") == 17


def test_the_file_can_be_changed_by_hand(qtbot: QtBot, settings: Settings) -> None:
    settings.set_value("font_size", 15)
    write_down(settings)
    settings.path.write_text(settings.path.read_text().replace("=15", "=20"))
    with qtbot.waitSignal(settings.changed) as changed:
        settings.reload()
    assert changed.args == ["font_size"]


def test_recent_files_are_few_and_the_newest_first(settings: Settings) -> None:
    for number in range(20):
        settings.add_recent_file(Path(f"/{number}"))
    settings.add_recent_file(Path("/15"))
    assert settings.recent_files[:3] == [Path("/15"), Path("/19"), Path("/18")]
    assert len(settings.recent_files) == 12
    settings.forget_recent_files()
    assert settings.recent_files == []


def test_every_option_has_a_control_that_changes_it(
    house: House, dialog: PreferencesDialog
) -> None:
    for option in OPTIONS:
        before = house.settings.value(option.key)
        (control,) = [
            widget
            for kind in (QCheckBox, QComboBox, QSpinBox)
            for widget in dialog.options.findChildren(kind)
            if widget.accessibleName() == option.title
        ]
        if isinstance(control, QCheckBox):
            control.click()
        elif isinstance(control, QSpinBox):
            control.setValue(option.high)
        else:
            control.setCurrentIndex((control.currentIndex() + 1) % control.count())
            control.activated.emit(control.currentIndex())
        assert house.settings.value(option.key) != before or control.count() == 1
    house.settings.set_value("appearance", "system")


def test_settings_take_effect_at_once(house: House) -> None:
    house.settings.set_value("font_size", 20)
    house.settings.set_value("word_wrap", False)
    assert house.tab.editor.font().pointSizeF() == 20
    assert not house.tab.editor.wraps_words
    house.workspace.new()
    assert house.tab.editor.font().pointSizeF() == 20


def test_the_plain_file_is_edited_like_any_other(house: House) -> None:
    house.settings.set_value("font_size", 15)
    write_down(house.settings)
    house.window.popups._open_settings_file()
    assert house.tab.document.path == house.settings.path
    text = house.tab.document.text()
    house.tab.editor.selectAll()
    house.type(text.replace("font_size=15", "font_size=21"))
    house.choose("Save")
    assert house.tab.editor.font().pointSizeF() == 21


def test_the_search_finds_options_and_keys(dialog: PreferencesDialog) -> None:
    dialog.show()
    dialog.search.setText("typeface code")
    shown = [o.key for o, row in dialog.options._rows if not row.isHidden()]
    assert shown == ["code_font"]
    dialog.search.setText("matching bracket")
    assert dialog.pages.currentWidget() is dialog.keys
    dialog.search.setText("zzz")
    assert dialog._nothing.isVisible()


def test_keys_are_pressed_checked_and_used(house: House, dialog: PreferencesDialog) -> None:
    page, actions = dialog.keys, house.window.shortcuts.actions
    items = {item.text(0): item for item in page._items()}
    page.list.setCurrentItem(items["Duplicate"])
    page.press.setKeySequence("Tab")
    assert "needed for writing" in page.note.text()
    assert not page.use.isEnabled()
    page.press.setKeySequence("Ctrl+S")
    assert page.note.text().startswith("Taken by: Save.")
    page.use.click()
    assert actions["duplicate"].shortcut().toString() == "Ctrl+S"
    assert "Ctrl+S" not in [key.toString() for key in actions["save"].shortcuts()]
    page.list.setCurrentItem(items["Save"])
    page.none.click()
    assert items["Save"].text(1) == ""


def test_a_drafts_key_is_changed_like_any_other(house: House, dialog: PreferencesDialog) -> None:
    page = dialog.keys
    items = {item.text(0): item for item in page._items()}
    page.list.setCurrentItem(items["Accept a Word"])
    assert items["Accept a Word"].text(1) == "Alt+K"
    page.press.setKeySequence("Alt+J")
    assert page.note.text().startswith("Taken by: Accept a Line.")
    page.use.click()
    assert items["Accept a Word"].text(1) == "Alt+J"
    assert items["Accept a Line"].text(1) == ""
    page.reset.click()
    assert items["Accept a Word"].text(1) == "Alt+K"


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"a": 1}', "[" * 9999])
def test_trees_that_cannot_be_read_are_none(tmp_path: Path, text: str) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings._store.setValue("trees", text)
    assert settings.open_folders_of(Path("a").absolute()) == []
    folder = tmp_path / "in"
    settings.keep_open_folders(tmp_path, [folder])
    assert settings.open_folders_of(tmp_path) == [folder]
