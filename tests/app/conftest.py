"""The window under test, and the answers its user gives to dialogs."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import translation
from app.widgets import dialogs
from tests.app.house import House
from tests.qt_loop import coroutines, qt_loop  # noqa: F401 - fixtures


@pytest.fixture(scope="session", autouse=True)
def english(qapp: QApplication) -> None:
    """Speak English on every machine, plurals and all."""
    translation.install(qapp, QLocale(QLocale.Language.English))


@pytest.fixture
def house(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("settings"))
    qtbot.addWidget(house.window, before_close_func=lambda _: house.leave())
    house.workspace.new()
    return house


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the user answers to each dialog; an unexpected question fails the test."""
    answers: dict[str, object] = {}
    for name in ("ask_save_changes", "ask_overwrite", "ask_open_paths", "ask_save_path"):
        monkeypatch.setattr(dialogs, name, lambda *_, name=name: answers[name])
    monkeypatch.setattr(dialogs, "ask_model_folder", lambda *_: answers["ask_model_folder"])
    return answers


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    before = set(qapp.findChildren(QTranslator))
    translation.install(qapp, QLocale("de_DE"))
    yield
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.deleteLater()


@pytest.fixture
def german_house(german: None, request: pytest.FixtureRequest) -> House:
    return request.getfixturevalue("house")
