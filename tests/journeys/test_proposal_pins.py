"""Words pinned before the run stay, through the real window with the real model."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from resources import resource_path
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import ALT, LEFT, NONE, SHIFT, draft, pictures, widgets

pytestmark = pytest.mark.journey

STORY = "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening.\n"
WORDS = "lit the lamp, and the room was warm"


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def place_of(j: Journey, word: str) -> QPoint:
    start = WORDS.index(word)
    (box,) = widgets(j).selection_words._boxes((start, start + len(word)))
    return box.center().toPoint()


def test_words_pinned_before_the_run_are_in_every_frame_and_in_the_text(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        j.press(Qt.Key.Key_Return, CONTROL | SHIFT)  # the bar
        QTest.mouseClick(j.editor.viewport(), LEFT, NONE, place_of(j, "lamp"))
        QTest.mouseClick(j.editor.viewport(), LEFT, NONE, place_of(j, "room"))
        assert widgets(j).bar.note.text() == "2 words stay as they are"
        pictures(j, "pins-1-before")
        widgets(j).bar.go.click()
        assert j.session.proposal.place.request.pinned == ((8, 12), (22, 26))
        j.wait_done()
        pictures(j, "pins-2-done")
        frames = [frame.text for frame in j.session.proposal.candidates.frames]
        assert frames
        for text in (*frames, draft(j)):
            assert " lamp" in text
            assert " room" in text[text.index(" lamp") :]
        first = draft(j)
        j.press(Qt.Key.Key_Return, CONTROL)  # once more: they stay
        j.wait_done()
        assert " lamp" in draft(j)
        assert " room" in draft(j)
        assert {candidate.draft.text for candidate in j.session.proposal.candidates} >= {first}
        text = draft(j)
        j.press(Qt.Key.Key_Return)
        assert j.text == STORY.replace(WORDS, text)
        j.press(Qt.Key.Key_Z, CONTROL)
        assert j.text == STORY


def test_a_word_is_pinned_with_keys_alone(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select(WORDS)
        for _ in range(3):
            j.press(Qt.Key.Key_Right, ALT | SHIFT)
        j.press(Qt.Key.Key_P, ALT)
        assert j.text == STORY
        assert widgets(j).announcer.last == "lamp, pinned"
        j.picture("pins-3-keys")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        assert " lamp" in draft(j)
