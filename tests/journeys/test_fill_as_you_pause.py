"""A fill that offers itself in a pause: seen, taken by its own keys, gone by any other."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from resources import resource_path
from tests.journeys.driver import Journey
from tests.journeys.proposal_hands import ALT, pictures

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening. Outside "
    "the wind went round the house.\n\nIn the morning"
)


def test_it_is_switched_on_in_the_status_line_and_offers_itself(qapp: object) -> None:
    with Journey(resource_path("model"), STORY) as j:
        j.wait_ready()
        switch = j.window.status_line.pauses
        assert switch.text() == "Fills: off"
        j.put_caret("In the morning")
        j.editor.setFocus()
        QTest.keyClicks(j.editor, " the")
        QTest.qWait(1200)
        assert j.session.pause_fill.draft is None  # off as it comes
        switch.click()
        assert switch.text() == "Fills: on"
        j.editor.setFocus()
        QTest.keyClicks(j.editor, " old")
        fill = j.session.pause_fill
        j.wait(lambda: fill.draft is not None and not fill._is_running)
        before, offered = j.text, fill.draft.document_text.text
        pictures(j, "pause-1-offered")
        assert "\n" not in offered
        j.press(Qt.Key.Key_K, ALT)
        assert before < j.text
        assert j.text.startswith(before)
        pictures(j, "pause-2-a-word-taken")
        if fill.draft is not None:
            j.press(Qt.Key.Key_Return, ALT)
        assert j.text == before + offered
        QTest.keyClicks(j.editor, ".")
        j.wait(lambda: fill.draft is not None)
        QTest.keyClick(j.editor, Qt.Key.Key_Tab)
        assert fill.draft is None
        assert j.text.rstrip(" ") == f"{before}{offered}."
        assert j.text.endswith(" ")
        j.choose("Never Fill in This File")
        assert switch.text() == "Fills: private"
        QTest.keyClicks(j.editor, "x")
        QTest.qWait(1500)
        assert fill.draft is None
