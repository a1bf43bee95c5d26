"""The first two minutes of a new user, with both embedded models."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.appearance import Appearance
from engine.hub.embedded import default_model, small_model, smallest_model
from tests.journeys.driver import CONTROL, Journey

pytestmark = pytest.mark.journey

LOOKS = (Appearance.LIGHT, Appearance.DARK)
# A draft that fits is a few plain words, and the model finds them likely; nonsense is at -5 nats.
FITTING = re.compile(r"[A-Za-z]+(?: [A-Za-z]+){0,6}")
LIKELY = -4.0  # nats a token


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["tiny", "small"])
def test_the_marked_places_come_out_well_and_the_keys_are_told(name: str) -> None:
    if name == "small" and default_model() != small_model():
        pytest.skip("the base of Inlay Small is not on this machine")
    model = small_model() if name == "small" else smallest_model()
    with Journey(model, "Mine.\n") as j:
        j.wait_ready()
        j.window.open_welcome()
        for look in LOOKS:
            j.look(look)
            j.picture(f"first-{name}-1-welcome-{look.value}")
        buttons = j.window.welcome.findChildren(QPushButton)
        next(button for button in buttons if button.text().startswith("Try It")).click()
        for look in LOOKS:
            j.look(look)
            j.picture(f"first-{name}-2-marked-{look.value}")
        strip = j.window.first_draft
        assert not strip.isVisible()
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait(strip.isVisible)
        j.wait_done()
        check(j)
        for look in LOOKS:
            j.look(look)
            j.picture(f"first-{name}-3-draft-{look.value}")
        j.press(Qt.Key.Key_Return)
        assert not strip.isVisible()
        j.select("laughed")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait_done()
        check(j)
        j.picture(f"first-{name}-4-second")
        assert not strip.isVisible()


def check(j: Journey) -> None:
    candidate = j.session.proposal.candidate
    assert candidate.draft is not None
    assert candidate.score is not None
    assert FITTING.fullmatch(candidate.draft.text), candidate.draft.text
    assert candidate.score.log_likelihood > LIKELY
