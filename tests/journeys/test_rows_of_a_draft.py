"""A long paragraph with a draft in it, gone through by keys and mouse in the real window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from resources import resource_path
from tests.app.fakes import view_of
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import LEFT, SHIFT, pictures, widgets

pytestmark = [pytest.mark.journey, pytest.mark.slow]

PARAGRAPH = (
    "The old woman lit the lamp, and the room was warm again in the evening. Outside the wind went "
    "round the house, and nobody came along the road before the morning. "
)
TALL = PARAGRAPH * 24
HEBREW = "בוקר אחד קמה האישה הזקנה והדליקה את המנורה, והחדר היה שוב חם בערב. " * 6


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a paragraph taller than it, and one in Hebrew, with the embedded model."""
    return Journey(resource_path("model"), f"{HEBREW}\n\n{TALL}\n\nThe end.\n")


def test_who_edits_beside_a_draft_goes_by_what_is_seen(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select("lit the lamp, and the room was warm")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        panel = widgets(j).panel
        assert panel.isVisible()
        assert j.editor.viewport().rect().contains(panel.geometry())
        pictures(j, "rows-1-panel")
        j.put_caret("Outside")
        before = j.editor.cursorRect()
        j.press(Qt.Key.Key_Home)
        home = j.editor.cursorRect()
        assert home.top() == before.top()
        assert home.left() == pytest.approx(j.editor.document().documentMargin(), abs=1)
        j.press(Qt.Key.Key_End, SHIFT)
        assert j.editor.cursorRect().top() == before.top()
        pictures(j, "rows-2-selected")
        selected = j.editor.textCursor().selectedText()
        assert selected
        assert selected in view_of(j.session).layout.text
        QTest.mouseDClick(j.editor.viewport(), LEFT, pos=before.center())
        assert j.editor.textCursor().selectedText() == "Outside"
        # An edit of the draft's own text, taken back.
        proposal = j.session.proposal
        start, end = proposal.place.ends
        cursor = j.editor.textCursor()
        cursor.setPosition(start - 4)
        cursor.setPosition(end + 4, cursor.MoveMode.KeepAnchor)
        j.editor.setTextCursor(cursor)
        j.press(Qt.Key.Key_Delete)
        assert proposal.is_stale
        pictures(j, "rows-3-parked")
        j.press(Qt.Key.Key_Z, CONTROL)
        assert not proposal.is_stale
        assert proposal.can_accept
        assert not proposal.is_outdated


def test_a_region_that_waits_and_hebrew_are_seen_as_they_should(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        for words in ("האישה הזקנה", "והחדר היה שוב", "lit the lamp", "went round the house"):
            j.select(words)
            j.press(Qt.Key.Key_Return, CONTROL)
        assert len(j.session.queue) == 3
        pictures(j, "rows-4-waiting")
        j.wait(lambda: j.session.proposals.running is None)
        pictures(j, "rows-5-done")
        right = j.editor.viewport().width() - j.editor.document().documentMargin()
        (first, *_) = j.session.proposals
        assert first.place.old_text == "האישה הזקנה"
        cursor = j.editor.textCursor()
        cursor.setPosition(0)
        j.editor.setTextCursor(cursor)
        assert j.editor.cursorRect().left() == pytest.approx(right, abs=1)
        cursor.setPosition(len(HEBREW) - 3)  # a row without a draft
        j.editor.setTextCursor(cursor)
        j.press(Qt.Key.Key_Home)
        assert j.editor.cursorRect().left() == pytest.approx(right, abs=1)
        pictures(j, "rows-6-hebrew")
