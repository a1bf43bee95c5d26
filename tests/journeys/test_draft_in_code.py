"""A draft in code, and in code within prose, looks as the document around it does."""

import pytest
from PySide6.QtCore import Qt

from app.appearance import Appearance
from resources import resource_path
from tests.journeys.driver import CONTROL, Journey

pytestmark = pytest.mark.journey

CODE = (
    "def mean(values):\n"
    '    """Return the mean of some numbers."""\n'
    "    total = 0\n"
    "    for value in values:\n"
    "        total += value\n"
    "    return total / len(values)\n"
)
PROSE = f"# The mean\n\nThis is how the *mean* is found:\n\n```python\n{CODE}```\n\nSo it is.\n"
LOOKS = (Appearance.LIGHT, Appearance.DARK)


@pytest.mark.parametrize(
    ("text", "name"), [(CODE, "mean.py"), (PROSE, "mean.md")], ids=["code", "prose"]
)
def test_a_draft_has_the_colours_of_its_language(qapp: object, text: str, name: str) -> None:
    with Journey(resource_path("model"), text, name) as j:
        j.wait_ready()
        j.wait(lambda: j.editor.highlighter.is_settled)
        for look in LOOKS:
            j.look(look)
            j.picture(f"{name}-before-{look.value}")
        j.select("    for value in values:\n        total += value\n")
        j.press(Qt.Key.Key_Return, CONTROL)
        j.wait(lambda: j.session.status.num_frames >= 1)
        j.picture(f"{name}-running")
        j.wait_done()
        for look in LOOKS:
            j.look(look)
            j.picture(f"{name}-draft-{look.value}")
        j.press(Qt.Key.Key_Return)
        j.wait(lambda: j.editor.highlighter.is_settled)
        j.picture(f"{name}-accepted")
