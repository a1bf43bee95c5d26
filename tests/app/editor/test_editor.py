"""The text area by itself."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF, QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.editor import Editor, replace_range
from app.editor.text_area import LONG_LINE
from app.editor.theme import DARK, LIGHT

Modifier = Qt.KeyboardModifier
Wrap = QPlainTextEdit.LineWrapMode


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(900, 400)
    with qtbot.waitExposed(editor):
        editor.show()
    return editor


def test_code_is_set_in_a_monospace_and_prose_is_not(editor: Editor) -> None:
    for file_name, is_even in (("a.py", True), ("a.md", False)):
        editor.set_language(file_name)
        metrics = QFontMetricsF(editor.font())
        assert (metrics.horizontalAdvance("i") == metrics.horizontalAdvance("m")) is is_even


def test_zoom_goes_both_ways_and_back(editor: Editor) -> None:
    size = editor.font().pointSizeF()
    editor.zoom_in()
    assert editor.font().pointSizeF() == size + 1
    editor.zoom_out()
    editor.zoom_out()
    assert editor.font().pointSizeF() == size - 1
    editor.zoom_reset()
    assert editor.font().pointSizeF() == size


def test_zoom_keeps_to_sizes_that_can_be_read(editor: Editor) -> None:
    for _ in range(100):
        editor.zoom_out()
    assert editor.font().pointSizeF() == 6


def test_a_line_that_is_too_long_is_not_wrapped(editor: Editor) -> None:
    editor.document().setPlainText("x" * (LONG_LINE + 10))
    assert editor.lineWrapMode() is Wrap.NoWrap
    editor.document().setPlainText("short")
    assert editor.lineWrapMode() is Wrap.WidgetWidth


def test_the_users_choice_not_to_wrap_stays(editor: Editor) -> None:
    editor.setLineWrapMode(Wrap.NoWrap)
    editor.document().setPlainText("short\n" * 20_000)
    editor.document().setPlainText("short")
    assert editor.lineWrapMode() is Wrap.NoWrap


def test_prose_keeps_to_a_column(editor: Editor) -> None:
    editor.set_language("a.py")
    wide = editor.viewport().width()
    editor.resize(1600, 400)
    assert editor.viewport().width() > wide
    editor.set_language("a.md")
    assert editor.viewport().width() < 1200


def test_prose_is_wrapped_at_its_column_from_the_start(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1200, 400)
    editor = Editor()
    QVBoxLayout(window).addWidget(editor)
    editor.document().setPlainText("word " * 200)
    with qtbot.waitExposed(window):
        window.show()
    line = editor.document().firstBlock().layout().lineAt(0)
    assert line.width() == editor.viewport().width() - 2 * editor.document().documentMargin()
    assert editor.horizontalScrollBar().maximum() == 0


def test_tab_goes_to_the_next_stop_in_prose_too(qtbot: QtBot, editor: Editor) -> None:
    qtbot.keyClicks(editor, "a")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.toPlainText() == "a   "


@pytest.mark.parametrize(
    "modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier]
)
def test_enter_with_and_without_shift_is_a_new_line(
    qtbot: QtBot, editor: Editor, modifier: Qt.KeyboardModifier
) -> None:
    qtbot.keyClick(editor, Qt.Key.Key_Return, modifier)
    assert editor.document().toRawText() == "\u2029"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_theme_colours_the_paper(editor: Editor, theme: object) -> None:
    chosen = DARK if theme is DARK else LIGHT
    editor.set_theme(chosen)
    image = editor.grab().toImage()
    assert image.pixelColor(image.width() // 2, image.height() - 30) == chosen.base


def test_the_theme_follows_the_desktop(editor: Editor) -> None:
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    expected = DARK if hints.colorScheme() is Qt.ColorScheme.Dark else LIGHT
    assert editor.theme is expected


def test_the_gutter_grows_with_the_number_of_lines(editor: Editor) -> None:
    editor.set_language("a.py")
    before = editor.viewport().x()
    editor.setPlainText("\n" * 1200)
    assert editor.viewport().x() > before


def test_a_fresh_editor_has_nothing_to_save_or_undo(editor: Editor) -> None:
    assert not editor.document().isModified()
    assert not editor.document().isUndoAvailable()


def test_prose_gets_its_column_back_when_it_is_wrapped_again(editor: Editor) -> None:
    editor.resize(1600, 400)
    column = editor.viewport().width()
    editor.set_word_wrap(False)
    assert editor.viewport().width() > column
    editor.set_word_wrap(True)
    assert editor.viewport().width() == column


def test_a_document_is_wrapped_as_soon_as_its_giant_line_is_gone(editor: Editor) -> None:
    editor.set_word_wrap(False)
    editor.setPlainText("x" * (LONG_LINE + 10))
    editor.set_word_wrap(True)
    assert not editor.wraps_words
    editor.setPlainText("short")
    assert editor.wraps_words


def test_where_undoing_leads_is_told_last(editor: Editor) -> None:
    editor.setPlainText("one two three")
    replace_range(editor.document(), 4, 7, "zwei\ndrei\nvier")
    told: list[int] = []
    editor.cursorPositionChanged.connect(lambda: told.append(editor.textCursor().position()))
    for act in (editor.undo, editor.redo, editor.undo, editor.redo):
        act()
        assert told[-1] == editor.textCursor().position()
