"""What the loaded model was made for is said before a draft that will hardly be of use."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.window.model_fit import caution
from app.window.samples import text_of
from engine.api import ModelInfo, Ready
from engine.loading import load_model
from resources import resource_path
from tests.app.house import MODEL, House

TINY = replace(MODEL, name="tiny", made_for=("prose", "python"), most_words=3)
LARGE = replace(MODEL, name="large", takes_instructions=True)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="10"/></svg>\n'
FENCED = "Prose.\n\n```css\na { color: red }\n```\n"


@pytest.mark.parametrize(
    ("model", "language", "text", "said"),
    [
        (TINY, "", "a few words", ""),
        (
            TINY,
            "",
            "quite a few words",
            "Good up to 3 words: a longer draft by tiny says little",
        ),
        (TINY, "python", "return a + b + c + d", ""),
        (TINY, "xml", "<a/>", "Not made for XML: a draft by tiny will hardly be of use"),
        (
            TINY,
            "",
            "несколько слов",
            "Made for English: a draft by tiny will hardly be of use",
        ),
        (TINY, "", "café, naïve", ""),
        (LARGE, "xml", "<a/>", ""),
        (LARGE, "", "несколько слов", ""),
        (LARGE, "", "word " * 500, ""),
    ],
)
def test_a_kind_the_model_was_not_made_for_is_said(
    model: ModelInfo, language: str, text: str, said: str
) -> None:
    assert caution(model, language, text) == said


def test_with_instructions_more_words_can_be_done() -> None:
    told = caution(replace(TINY, takes_instructions=True), "", "quite a few words")
    assert told == ("Good up to 3 words without an instruction: a longer draft by tiny says little")


def load(house: House, model: ModelInfo) -> None:
    load_id = house.services[0].requests[-1].job_id if house.services else 0
    if not house.services:
        house.window.start_engine(resource_path("model"), "cpu")
        load_id = house.services[0].requests[-1].job_id
    house.services[0].emit(Ready(job_id=load_id, model=model))


def select(house: House, words: str) -> None:
    editor = house.tab.editor
    cursor = editor.textCursor()
    cursor.setPosition(editor.toPlainText().index(words))
    cursor.movePosition(
        QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, len(words)
    )
    editor.setTextCursor(cursor)


@pytest.mark.parametrize(
    ("name", "text", "words", "language"),
    [("a.svg", SVG, "rect", "XML"), ("a.md", FENCED, "color", "CSS")],
)
def test_the_status_line_says_it_while_such_a_text_is_selected(
    qtbot: QtBot, house: House, name: str, text: str, words: str, language: str
) -> None:
    house.window.show()
    load(house, TINY)
    house.workspace.open_text(text, name)
    editor = house.tab.editor
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    line = house.window.status_line
    assert not line.caution.isVisible()
    select(house, words)
    assert line.caution.isVisible()
    assert not line.proposal.isVisible()
    assert line.caution.text().startswith(f"Not made for {language}")
    house.window.engine.phase_changed.emit(house.window.engine.phase)
    load(house, LARGE)
    assert line.proposal.isVisible()
    assert not line.caution.isVisible()


def samples(house: House) -> list[str]:
    names = {"Prose", "Python", "Markdown", "SVG drawing"}
    buttons = house.window.welcome.findChildren(QPushButton)
    return [b.text() for b in buttons if b.text() in names and not b.isHidden()]


def test_the_first_page_invites_to_what_works_with_the_model(house: House) -> None:
    house.window.open_welcome()
    assert samples(house) == ["Prose", "Python", "Markdown"]
    load(house, LARGE)
    assert samples(house) == ["Prose", "Python", "Markdown", "SVG drawing"]
    load(house, TINY)
    assert samples(house) == ["Prose", "Python", "Markdown"]


def test_a_sample_asks_for_nothing_that_the_model_cannot_do() -> None:
    assert "Fix Grammar" in text_of("welcome.md", LARGE)
    text = text_of("welcome.md", TINY)
    assert "Fix Grammar" not in text
    assert "\n## A piece of Python\n" in text
    assert "Ctrl+Enter" not in text_of("drawing.svg", LARGE)


def test_the_embedded_models_say_what_they_were_made_for() -> None:
    info = load_model(resource_path("model"), "cpu").info()
    assert (info.made_for, info.most_words) == (("prose", "python"), 12)


def test_a_selection_that_is_let_go_is_spoken_of_no_longer(house: House) -> None:
    load(house, TINY)
    house.type("quite a few words")
    house.tab.editor.selectAll()
    line = house.window.status_line
    assert "Good up to 3 words" in line.caution.text()
    cursor = house.tab.editor.textCursor()
    cursor.clearSelection()  # as End does, the caret being there already
    house.tab.editor.setTextCursor(cursor)
    assert line.caution.text() == ""
