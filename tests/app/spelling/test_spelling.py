"""Misspelt words are marked where they are prose, and can be put right."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.spelling import dictionaries
from app.spelling.checker import SpellChecker
from app.spelling.dictionaries import best, find_dictionaries
from app.spelling.marks import SpellingMarks
from app.spelling.words import words_of


@pytest.fixture
def checker(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SpellChecker:
    folder = tmp_path / "dictionaries"
    folder.mkdir()
    (folder / "en_GB.aff").write_text("SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\n")
    (folder / "en_GB.dic").write_text("5\nthe\nharbour\nboat\ntheir\nnaïve\n")
    monkeypatch.setattr(dictionaries, "places", lambda: [folder])
    checker = SpellChecker(tmp_path / "data" / "words.txt")
    checker.use("en_GB", is_on=True)
    return checker


@pytest.fixture
def editor(qtbot: QtBot, checker: SpellChecker) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(500, 300)
    SpellingMarks(editor, checker)
    return editor


def underlined(editor: Editor, line: int = 0) -> list[str]:
    block = editor.document().findBlockByNumber(line)
    editor.highlighter.show(block)
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    units = block.text().encode("utf-16-le")
    return [
        units[2 * found.start : 2 * (found.start + found.length)].decode("utf-16-le")
        for found in block.layout().formats()
        if found.format.underlineStyle() is wave
    ]


def marked(qtbot: QtBot, editor: Editor, checker: SpellChecker, line: int = 0) -> list[str]:
    """Return what is underlined once the dictionary has answered."""
    underlined(editor, line)
    qtbot.waitUntil(lambda: not checker._asked)
    return underlined(editor, line)


def test_wrong_words_of_prose_are_underlined(
    qtbot: QtBot, editor: Editor, checker: SpellChecker
) -> None:
    editor.setPlainText("the 😀 harbuor, thier boat; naïve")
    assert marked(qtbot, editor, checker) == ["harbuor", "thier"]


def test_in_code_comments_and_strings_alone_are_checked(
    qtbot: QtBot, editor: Editor, checker: SpellChecker
) -> None:
    editor.set_language("a.py")
    editor.setPlainText('harbuor = "thier boat"  # the harbuor\n')
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    assert marked(qtbot, editor, checker) == ["thier", "harbuor"]


def test_the_word_that_is_being_typed_is_left_alone(
    qtbot: QtBot, editor: Editor, checker: SpellChecker
) -> None:
    editor.setPlainText("thier")
    assert marked(qtbot, editor, checker) == ["thier"]
    with qtbot.waitExposed(editor):
        editor.show()
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    assert underlined(editor) == []


def test_suggestions_come_into_the_open_menu(
    qtbot: QtBot, editor: Editor, checker: SpellChecker
) -> None:
    editor.setPlainText("thier boat")
    marked(qtbot, editor, checker)
    marks = editor.findChild(SpellingMarks)
    assert marks is not None
    menu = QMenu(editor)
    editor.open_menus.append(menu)
    marks.fill_menu(menu, QPoint(40, 20))
    qtbot.waitUntil(lambda: menu.actions()[0].text() == "their")
    menu.actions()[0].trigger()
    assert editor.toPlainText() == "their boat"
    editor.undo()
    assert editor.toPlainText() == "thier boat"


def test_own_words_are_right_and_stay_so(
    qtbot: QtBot, editor: Editor, checker: SpellChecker, tmp_path: Path
) -> None:
    editor.setPlainText("Inlayish boat")
    assert marked(qtbot, editor, checker) == ["Inlayish"]
    assert checker.add("Inlayish")
    assert underlined(editor) == []
    again = SpellChecker(tmp_path / "data" / "words.txt")
    again.use("en_GB", is_on=True)
    assert not again.is_wrong("Inlayish")
    assert not again._asked


def test_nothing_is_marked_when_it_is_off(
    qtbot: QtBot, editor: Editor, checker: SpellChecker
) -> None:
    checker.use("en_GB", is_on=False)
    editor.setPlainText("thier")
    assert underlined(editor) == []


def test_no_dictionary_of_the_language_marks_nothing(editor: Editor, checker: SpellChecker) -> None:
    checker.use("de_DE", is_on=True)
    assert checker.dictionary is None
    editor.setPlainText("thier")
    assert underlined(editor) == []


def test_a_broken_dictionary_marks_nothing(
    qtbot: QtBot, tmp_path: Path, checker: SpellChecker, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "dictionaries" / "de_DE.aff").write_bytes(b"\xff\xfe\0SET nonsense\n" * 3)
    (tmp_path / "dictionaries" / "de_DE.dic").write_bytes(b"")
    checker.use("de_DE", is_on=True)
    assert not checker.is_wrong("thier")
    qtbot.waitUntil(lambda: not checker._timer.isActive())


def test_dictionaries_are_found_once_a_language(tmp_path: Path) -> None:
    for folder, names in (("a", ["en_GB", "hyph_en_GB"]), ("b", ["en-GB", "fr"])):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / f"{name}.dic").touch()
            (tmp_path / folder / f"{name}.aff").touch()
    (tmp_path / "b" / "de_DE.dic").touch()  # without its rules
    found = find_dictionaries([tmp_path / "a", tmp_path / "b", tmp_path / "none"])
    assert {one.code: one.folder.name for one in found} == {"en_GB": "a", "fr": "b"}
    assert best(found, "fr_CA") in found
    assert best(found, "sv_SE") is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("It's the keeper’s boat.", ["It's", "the", "keeper’s", "boat"]),
        ("see https://x.org/abcd or me@x.org", ["see", "or"]),
        ("call do_it(), doIt and NASA2 in ~/folder", ["call", "and", "in"]),
        ("press Ctrl+Enter", ["press"]),
        ("`code` <b>bold</b> &nbsp; straße", ["bold", "straße"]),
    ],
)
def test_what_is_no_word_is_not_asked_about(line: str, words: list[str]) -> None:
    assert [word.text for word in words_of(line)] == words
