"""A document in a plain text edit."""

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.documents import Document


@pytest.fixture
def edit(qtbot: QtBot) -> QPlainTextEdit:
    widget = QPlainTextEdit()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def document(edit: QPlainTextEdit) -> Document:
    return Document(edit.document(), edit)
