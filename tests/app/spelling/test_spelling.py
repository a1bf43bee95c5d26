"""Misspelt words are marked where they are prose, and can be put right."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextLayout
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.documents import Document
from app.editor import Editor
from app.editor.theme import DARK, LIGHT
from app.settings import Settings
from app.spelling import dictionaries, spelling_marks
from app.spelling.checked_words import CheckedWord, words_of
from app.spelling.dictionaries import best, find_dictionaries
from app.spelling.languages import Languages
from app.spelling.spelling_marks import SpellingMarks

Ask = Callable[[], list[str]]

ENGLISH = "5\nthe\nharbour\nboat\ntheir\nnaïve\n"
GERMAN = "2\ndas\nBoot\n"


@pytest.fixture
def languages(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Languages:
    folder = tmp_path / "dictionaries"
    folder.mkdir()
    for code, words in (("en_GB", ENGLISH), ("de_DE", GERMAN)):
        (folder / f"{code}.aff").write_text("SET UTF-8\nTRY esianrtolcdugmphbyfvkwz\n")
        (folder / f"{code}.dic").write_text(words)
    monkeypatch.setattr(dictionaries, "places", lambda: [folder])
    return make_languages(tmp_path)


def make_languages(folder: Path, code: str = "en_GB") -> Languages:
    settings = Settings(folder / "settings.ini")
    settings.set_value("spelling_language", code)
    languages = Languages(settings, folder / "data", settings)
    languages.look()
    return languages


@pytest.fixture
def document(editor: Editor) -> Document:
    return Document(editor.document(), editor)


@pytest.fixture
def editor(qtbot: QtBot) -> Editor:
    editor = Editor()
    qtbot.addWidget(editor)
    editor.resize(500, 300)
    return editor


@pytest.fixture
def marks(editor: Editor, document: Document, languages: Languages) -> SpellingMarks:
    return SpellingMarks(editor, document, languages)


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


def marked(
    qtbot: QtBot, editor: Editor, languages: Languages, document: Document, line: int = 0
) -> list[str]:
    """Return what is underlined once the dictionary has answered."""
    underlined(editor, line)
    checker = languages.checker_of(document)
    assert checker is not None
    qtbot.waitUntil(lambda: not checker._asked)
    return underlined(editor, line)


@pytest.fixture
def ask(qtbot: QtBot, editor: Editor, languages: Languages, document: Document) -> Ask:
    return lambda: marked(qtbot, editor, languages, document)


def test_wrong_words_of_prose_are_underlined(
    qtbot: QtBot, editor: Editor, marks: SpellingMarks, ask: Ask
) -> None:
    editor.setPlainText("the 😀 harbuor, thier boat; naïve")
    assert ask() == ["harbuor", "thier"]


def test_in_code_comments_and_strings_alone_are_checked(
    qtbot: QtBot, editor: Editor, marks: SpellingMarks, ask: Ask
) -> None:
    editor.set_language("a.py")
    editor.setPlainText('harbuor = "thier boat"  # the harbuor\n')
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    assert ask() == ["thier", "harbuor"]


def test_code_in_prose_is_not_checked(
    qtbot: QtBot,
    editor: Editor,
    marks: SpellingMarks,
    languages: Languages,
    document: Document,
) -> None:
    editor.set_language("a.md")
    editor.setPlainText("The harbuor.\n\n```python\nharbuor = len(thier)\n```\n")
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    assert marked(qtbot, editor, languages, document) == ["harbuor"]
    assert marked(qtbot, editor, languages, document, line=3) == []


def test_the_word_that_is_being_typed_is_left_alone(
    qtbot: QtBot, editor: Editor, marks: SpellingMarks, ask: Ask
) -> None:
    editor.setPlainText("thier")
    assert ask() == ["thier"]
    with qtbot.waitExposed(editor):
        editor.show()
    editor.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.moveCursor(QTextCursor.MoveOperation.End)
    assert underlined(editor) == []


def test_suggestions_come_into_the_open_menu(
    qtbot: QtBot, editor: Editor, marks: SpellingMarks, ask: Ask
) -> None:
    editor.setPlainText("thier boat")
    ask()
    menu = QMenu(editor)
    editor.open_menus.append(menu)
    marks.fill_menu(menu, QPoint(40, 20))
    qtbot.waitUntil(lambda: menu.actions()[0].text() == "their")
    menu.actions()[0].trigger()
    assert editor.toPlainText() == "their boat"
    editor.undo()
    assert editor.toPlainText() == "thier boat"


def test_own_words_are_right_in_every_language_and_stay_so(
    editor: Editor, marks: SpellingMarks, languages: Languages, ask: Ask, tmp_path: Path
) -> None:
    editor.setPlainText("Inlayish boat")
    assert ask() == ["Inlayish"]
    assert languages.own_words.add("Inlayish")
    assert underlined(editor) == []
    assert "inlayish" not in make_languages(tmp_path, "de_DE").own_words
    assert "Inlayish" in make_languages(tmp_path, "de_DE").own_words


def test_nothing_is_marked_when_it_is_off(
    editor: Editor, marks: SpellingMarks, languages: Languages, ask: Ask
) -> None:
    editor.setPlainText("thier")
    assert ask() == ["thier"]
    languages._settings.set_value("spelling", False)
    assert underlined(editor) == []


def test_no_dictionary_of_the_language_marks_nothing(
    editor: Editor, document: Document, marks: SpellingMarks, languages: Languages
) -> None:
    languages._settings.set_value("spelling_language", "sv_SE")
    assert languages.dictionary_of(document) is None
    editor.setPlainText("thier")
    assert underlined(editor) == []


@pytest.mark.expected_log("the dictionary .* cannot be used")
def test_a_broken_dictionary_marks_nothing(
    qtbot: QtBot,
    document: Document,
    languages: Languages,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    checker = languages.checker_of(document)
    assert checker is not None

    def fail() -> None:
        raise ValueError("nonsense")

    monkeypatch.setattr(checker, "_loaded", fail)
    assert not checker.is_wrong("thier")
    found: list[list[str]] = []
    checker.suggest("thier", found.append)
    qtbot.waitUntil(lambda: found == [[]] and "cannot be used" in caplog.text)
    assert not checker.is_wrong("thier")


def test_a_document_can_have_another_language_than_the_rest(
    qtbot: QtBot, editor: Editor, document: Document, languages: Languages, ask: Ask
) -> None:
    SpellingMarks(editor, document, languages)
    other = Document(QTextDocument(editor), editor)
    editor.setPlainText("the boat, das Boot")
    assert ask() == ["das", "Boot"]
    languages.choose(document, "de_DE")
    assert ask() == ["the", "boat"]
    assert languages.dictionary_of(other) == languages.usual
    languages._settings.set_value("spelling_language", "de_DE")
    assert languages.checker_of(other) is languages.checker_of(document)
    languages.choose(document, "")
    languages._settings.set_value("spelling_language", "en_GB")
    assert ask() == ["das", "Boot"]


def test_the_language_of_a_file_is_remembered_and_goes_with_it(
    document: Document, languages: Languages, tmp_path: Path
) -> None:
    languages.choose(document, "de_DE")
    for name in ("a.txt", "b.txt"):  # a new document is saved, and saved as another
        document.name(tmp_path / name)
        languages.remember(document)
    later, again = make_languages(tmp_path), Document(QTextDocument(languages), languages)
    again.name(tmp_path / "b.txt")
    assert later.chosen(again) == "de_DE"
    later.choose(again, "")
    assert "b.txt" not in (tmp_path / "data" / "languages.json").read_text()
    assert "a.txt" in (tmp_path / "data" / "languages.json").read_text()


@pytest.mark.parametrize("junk", ["", "{", "[1]", '{"/a.txt": 3}'])
def test_a_damaged_memory_of_languages_counts_as_none(
    document: Document, languages: Languages, tmp_path: Path, junk: str
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "languages.json").write_text(junk)
    document.name(Path("/a.txt"))
    assert make_languages(tmp_path).chosen(document) == ""


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


def test_a_line_is_judged_once_for_all_its_frames(
    editor: Editor,
    marks: SpellingMarks,
    languages: Languages,
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editor.setPlainText("their harbuor, thier boat")
    assert ask() == ["harbuor", "thier"]
    judged: list[str] = []

    def noted(text: str) -> Iterator[CheckedWord]:
        judged.append(text)
        return words_of(text)

    monkeypatch.setattr(spelling_marks, "words_of", noted)
    assert [underlined(editor) for _ in range(3)] == [["harbuor", "thier"]] * 3
    assert not judged
    languages.own_words.add("thier")
    assert underlined(editor) == ["harbuor"]
    assert len(judged) == 1


def test_a_line_that_is_drawn_has_the_colours_of_now(
    qtbot: QtBot,
    editor: Editor,
    marks: SpellingMarks,
    languages: Languages,
    document: Document,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Although they are put on it once, and not again with each frame."""
    editor.set_language("a.md")
    editor.setPlainText("the harbuor, thier boat\n```\nthe code\n```\ndas Boot\n")
    with qtbot.waitExposed(editor):
        editor.show()
    wave, put = QTextCharFormat.UnderlineStyle.WaveUnderline, []

    def drawn() -> list[list[tuple[int, int, QTextCharFormat]]]:
        editor.viewport().repaint()
        blocks = [block for block, _ in editor.visible_blocks()]
        return [[_copied(found) for found in block.layout().formats()] for block in blocks]

    def is_true() -> bool:
        found = drawn()
        for block, _ in editor.visible_blocks():
            editor.highlighter.show(block)
        return found == drawn()

    def end_of(words: str) -> None:
        cursor = editor.textCursor()
        cursor.setPosition(editor.toPlainText().index(words) + len(words))
        editor.setTextCursor(cursor)

    marked(qtbot, editor, languages, document)
    marked(qtbot, editor, languages, document, 4)
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    assert is_true()
    assert any(f.underlineStyle() is wave for *_, f in drawn()[0])
    with monkeypatch.context() as patched:
        patched.setattr(editor.highlighter, "show", put.append)
        drawn()
    assert not put
    acts: list[Callable[[], object]] = [
        editor.setFocus,
        lambda: end_of("harbuor"),
        lambda: end_of("thier"),
        editor.clearFocus,
        lambda: editor.textCursor().insertText("x"),
        lambda: languages.own_words.add("harbuor"),
        lambda: editor.set_theme(DARK if editor.theme is LIGHT else LIGHT),
        editor.zoom_in,
        lambda: editor.set_fonts("", "Courier New", 11.0),
        lambda: editor.set_language("a.txt"),
        editor.undo,
    ]
    for number, act in enumerate(acts):
        act()
        assert is_true(), number


def _copied(found: QTextLayout.FormatRange) -> tuple[int, int, QTextCharFormat]:
    return found.start, found.length, QTextCharFormat(found.format)
