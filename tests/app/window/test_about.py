import importlib.metadata
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import about
from app.window.about import AboutDialog, LicencesPage, components, licence_text
from resources import resource_path
from tests.app.house import House


def test_everything_that_is_required_and_installed_is_listed_once() -> None:
    names = [component.name for component in components()]
    assert names[0] == "inlay"
    assert {"torch", "PySide6_Essentials", "MarkupSafe"} <= set(names)  # the last by way of Jinja2
    assert len(names) == len(set(names))
    assert "pytest" not in names  # needed by an extra


def test_each_component_has_its_installed_version() -> None:
    for component in components():
        assert component.version == importlib.metadata.version(component.name)


def test_every_component_names_its_licence() -> None:
    assert [component.name for component in components() if not component.licence] == []


def test_what_a_wheel_says_in_its_own_words_counts_more_than_its_classifiers() -> None:
    (found,) = (component for component in components() if component.name == "chunspell")
    assert "LGPL" in found.licence  # Hunspell, which it contains


@pytest.mark.parametrize("is_bundle", [True, False])
def test_a_bundle_tells_what_is_compiled_in(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, is_bundle: bool
) -> None:
    monkeypatch.setattr(about.sys, "executable", str(tmp_path / "inlay"))
    if is_bundle:
        (tmp_path / "licences").mkdir()
        (tmp_path / "licences" / "inside.txt").write_text("Inside a wheel: zlib", "utf-8")
    page = LicencesPage()
    qtbot.addWidget(page)
    page.list.setCurrentRow(page.list.count() - 1)
    assert (page.text.toPlainText() == "Inside a wheel: zlib") is is_bundle


def test_the_model_that_the_better_one_is_built_on_is_named_with_those_who_made_it(
    qtbot: QtBot,
) -> None:
    page = LicencesPage()
    qtbot.addWidget(page)
    (item,) = page.list.findItems("SmolLM2-135M-Instruct", Qt.MatchFlag.MatchExactly)
    page.list.setCurrentItem(item)
    text = page.text.toPlainText()
    assert text.startswith("SmolLM2-135M-Instruct\nApache-2.0\n")
    assert "Loubna Ben Allal, Anton Lozhkov" in text
    assert "Apache License" in text
    config = json.loads(resource_path("models/small/config.json").read_text("utf-8"))
    assert config["base"]["name"] == about.BASE


def test_a_licence_is_shown_in_full() -> None:
    assert "Permission is hereby granted" in licence_text("charset-normalizer")


def test_the_dialog_opens_from_the_menu_and_shows_what_is_chosen(house: House) -> None:
    house.choose("About")
    dialog = house.window.findChild(AboutDialog)
    page = dialog.licences
    row = [component.name for component in components()].index("numpy")
    page.list.setCurrentRow(row)
    assert page.text.toPlainText().startswith("numpy ")
    assert "Redistribution" in page.text.toPlainText()
    dialog.close()
