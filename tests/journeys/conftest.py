"""The language of the journeys."""

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app import translation
from tests.qt_loop import coroutines, qt_loop  # noqa: F401 - fixtures


@pytest.fixture(scope="session", autouse=True)
def english(qapp: QApplication) -> None:
    """Speak English on every machine, plurals and all."""
    translation.install(qapp, QLocale(QLocale.Language.English))
