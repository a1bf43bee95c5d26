"""What the loaded model was made for: told before it runs, and nothing else is invited to."""

import pytest
from PySide6.QtWidgets import QPushButton

from app.appearance import Appearance
from resources import resource_path
from tests.journeys.driver import Journey

pytestmark = pytest.mark.journey

DRAWING = resource_path("samples/drawing.svg").read_text("utf-8")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("look", [Appearance.LIGHT, Appearance.DARK])
def test_a_shape_of_a_drawing_is_nothing_for_the_smallest_model(look: Appearance) -> None:
    with Journey(resource_path("model"), DRAWING, "drawing.svg") as j:
        j.look(look)
        j.wait_ready()
        j.select('<rect x="70" y="74" width="60" height="46" fill="#b0613e"/>')
        line = j.window.status_line
        j.wait(line.caution.isVisible)
        assert line.caution.text() == (
            "Not made for XML: a draft by inlay-tiny will hardly be of use"
        )
        j.picture(f"made-for-{look.value}")
        j.put_caret("</svg>")
        j.wait(line.proposal.isVisible)
        j.window.open_welcome()
        names = [button.text() for button in j.window.welcome.findChildren(QPushButton)]
        drawing = j.window.welcome.findChildren(QPushButton)[names.index("SVG drawing")]
        assert not drawing.isVisible()
        j.picture(f"made-for-welcome-{look.value}")
