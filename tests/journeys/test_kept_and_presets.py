"""What is for one run and what is kept, and presets: from the user's side."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.widgets import dialogs
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey
from tests.journeys.proposal_hands import ALT, SHIFT, pictures, widgets

pytestmark = [pytest.mark.journey, pytest.mark.slow]

STORY = (
    "# The Lamp\n\nThe old woman lit the lamp, and the room was warm again in the evening. Outside "
    "the wind went round the house, and nobody came along the road before the morning.\n"
)


@pytest.fixture
def journey(qapp: object) -> Journey:
    """The window on a short story, with the embedded model."""
    return Journey(resource_path("model"), STORY)


def test_a_pattern_is_for_one_run_and_a_number_of_versions_stays(journey: Journey) -> None:
    with journey as j:
        j.wait_ready()
        j.select("and the room was warm again")
        j.press(Qt.Key.Key_Return, CONTROL | SHIFT)
        bar = widgets(j).bar
        bar.fields.candidates.setValue(3)
        bar.fold.click()
        QTest.keyClicks(bar.more.pattern, "and .*")
        QTest.keyClick(bar, Qt.Key.Key_Return)
        j.wait_done()
        assert j.session.proposal.draft.text.startswith("and ")
        pictures(j, "kept-1-three-versions")
        j.press(Qt.Key.Key_Escape)
        j.select("went round the house")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        settings = j.session.proposal.place.request.settings
        assert settings.constraints.pattern == ""
        assert settings.candidates == 3
        chips = widgets(j).panel.chips.chips
        assert [chip.text() for chip in chips] == ["3 versions  ✕"]
        chips[0].click()
        pictures(j, "kept-2-as-usual")
        j.press(Qt.Key.Key_Escape)
        j.select("lit the lamp")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        assert j.session.proposal.place.request.settings.candidates == 1


def test_settings_are_kept_under_a_name_and_run_by_a_key(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "ask_name", lambda *_: "Two short ones")
    with journey as j:
        j.wait_ready()
        j.select("went round the house")
        j.press(Qt.Key.Key_Return, CONTROL | SHIFT)
        bar = widgets(j).bar
        bar.fields.candidates.setValue(2)
        bar.fields.length.setCurrentIndex(1)
        bar.fields.length.activated.emit(1)
        bar.presets.menu().aboutToShow.emit()
        bar.presets.menu().actions()[-1].trigger()
        bar.presets.menu().aboutToShow.emit()
        assert bar.presets.menu().actions()[0].text() == "Two short ones\tAlt+1"
        pictures(j, "presets-1-bar")
        bar.fields.candidates.setValue(1)
        bar.fields.length.setCurrentIndex(0)
        bar.fields.length.activated.emit(0)
        QTest.keyClick(bar, Qt.Key.Key_Escape)
        j.select("went round the house")
        QTest.keyClick(j.window, Qt.Key.Key_1, ALT)
        j.wait_done()
        settings = j.session.proposal.place.request.settings
        assert (settings.candidates, settings.length.mode.value) == (2, "shorter")
        assert widgets(j).panel.chips.isHidden()
        pictures(j, "presets-2-run")
        assert j.text == STORY
