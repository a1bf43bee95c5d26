"""What a screen reader sees and hears of a draft, on the real accessibility bus."""

import pytest

from tests.journeys.bus import watch

pytestmark = [pytest.mark.journey, pytest.mark.slow]

BUTTONS = {"Before", "Again", "Live", "Options", "Reject", "Accept"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list]:
    """Rewrite a word over the bus, and return what was shown and said."""
    home, text = tmp_path_factory.mktemp("home"), "The quiet road went down to the sea.\n"
    found: dict[str, list] = watch("draft_listener.py", text, home, 280, "openbox", "xdotool")
    assert found["controls"] is not None, "the editor never came to the bus"
    return found


def test_every_change_of_its_state_is_said(told: dict[str, list]) -> None:
    heard = told["heard"]
    assert heard[0] == "Drafting"
    assert heard[1].startswith(("Draft settled: ", "Draft not quite settled: "))
    assert "Old text: quiet" in heard
    assert any(text.startswith("Step ") for text in heard)
    assert heard[-1] == "Draft accepted"


def test_its_controls_have_names_roles_and_say_what_they_do(told: dict[str, list]) -> None:
    named = {name: (role, tip) for role, name, tip in told["controls"]}
    assert set(named) >= BUTTONS
    assert {named[name][0] for name in BUTTONS} <= {"push button", "check box"}
    assert all(named[name][1] for name in BUTTONS)
    assert named["Timeline of denoising steps"][0] == "slider"
