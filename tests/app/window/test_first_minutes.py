"""The first two minutes: marked places to try, the keys at the first draft, what the model can."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.window.first_draft import about
from app.window.marked_places import NAME, PLACES, MarkedPlaces
from app.window.welcome import KeyCap
from engine.api import Ready
from resources import resource_path
from tests.app.house import MODEL, House
from tests.app.test_told_keys import draft, key

TINY = replace(MODEL, name="tiny", made_for=("prose", "python"), most_words=12)
FIRST, SECOND = PLACES["story.txt"]


def try_it(house: House) -> MarkedPlaces:
    """Open the sample with the marked places."""
    house.window.show()
    house.window.open_welcome()
    buttons = house.window.welcome.findChildren(QPushButton)
    next(button for button in buttons if button.text().startswith("Try It")).click()
    return house.tab.editor.findChildren(MarkedPlaces)[0]


def marked(house: House) -> list[str]:
    selections = house.tab.editor.marks._by_name[NAME]
    return [selection.cursor.selectedText() for selection in selections]


def test_two_places_are_marked_and_the_first_is_selected(house: House) -> None:
    places = try_it(house)
    assert house.tab.document.title == "story.txt"
    assert places.phrases == (FIRST, SECOND)
    assert marked(house) == [FIRST, SECOND]
    assert house.tab.editor.textCursor().selectedText() == FIRST


def test_a_click_selects_a_place_as_a_whole(qtbot: QtBot, house: House) -> None:
    try_it(house)
    editor = house.tab.editor
    cursor = editor.document().find(SECOND)
    cursor.setPosition(cursor.selectionStart() + 2)
    place = editor.cursorRect(cursor).center()
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editor.textCursor().selectedText() == SECOND


def test_a_place_that_was_rewritten_is_none_any_more(house: House) -> None:
    places = try_it(house)
    QTextCursor(house.tab.editor.textCursor()).insertText("a man came")
    assert places.phrases == (SECOND,)
    assert marked(house) == [SECOND]


def test_the_button_tells_the_key_of_now(house: House) -> None:
    house.window.shortcuts.set_keys("rewrite", key("F9"))
    texts = [button.text() for button in house.window.welcome.findChildren(QPushButton)]
    assert "Try It: Press F9 at Two Marked Places" in texts


def test_the_very_first_draft_tells_four_keys_once(house: House) -> None:
    house.window.show()
    strip = house.window.first_draft
    assert not strip.isVisible()
    draft(house)
    assert strip.isVisible()
    keys = [cap.accessibleName() for cap in strip.findChildren(KeyCap)]
    assert keys == ["Enter", "Esc", "Ctrl+Enter", "Space"]
    house.tab.session.accepting.accept()
    assert not strip.isVisible()
    draft(house)
    assert not strip.isVisible()
    assert Settings(house.settings.path).was_draft_explained


def test_beside_it_stands_what_the_model_is_good_for(house: House) -> None:
    house.window.show()
    house.window.start_engine(resource_path("model"), "cpu")
    load_id = house.services[0].requests[-1].job_id
    house.services[0].emit(Ready(job_id=load_id, model=TINY))
    draft(house)
    strip = house.window.first_draft
    told = (
        "tiny is small: good for words and phrases, up to 12 words, and for a line of Python. It "
        "knows little and makes things up."
    )
    assert told in [label.text() for label in strip.findChildren(QLabel)]
    assert strip.models.isVisible()
    strip.models.click()
    assert house.window.popups.show_models().isVisible()


def test_nothing_is_said_of_a_model_that_says_nothing_of_itself() -> None:
    assert about(MODEL) == ""
