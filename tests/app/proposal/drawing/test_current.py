"""The current draft is told from the others, and whether keys mean it."""

import pytest
from PySide6.QtGui import QColor, QImage

from app.editor import Editor
from app.editor.theme import DARK, LIGHT, Theme, mix
from app.proposal import ProposalSession
from app.proposal.drawing.painter import PALE
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import select, select_range

TEXT = "one two three four five"


def columns_of(image: QImage, color: QColor, first_x: int) -> list[int]:
    """Return where a colour is in the text, which begins behind the gutter, from left to right."""
    return [
        x
        for x in range(first_x, image.width())
        if any(image.pixelColor(x, y) == color for y in range(image.height()))
    ]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_of_two_in_a_line_the_current_one_has_a_line_around_it(
    session: ProposalSession, editor: Editor, engine: FakeEngine, theme: Theme
) -> None:
    editor.set_theme(theme)
    editor.setPlainText(TEXT)
    for old in ("two", "four"):
        select(editor, old)
        session.regenerate()
        engine.finish("XX")

    def places(color: QColor) -> list[int]:
        return columns_of(editor.viewport().grab().toImage(), color, 0)

    session.go_to(1)
    assert session.proposal.place.old_text == "two"
    strong = places(theme.accent)
    assert strong
    session.go_to(1)
    assert session.proposal.place.old_text == "four"
    assert min(places(theme.accent)) > max(strong)
    select_range(editor, 0, 0)
    assert places(theme.accent) == []
    pale = mix(theme.tint, theme.accent, PALE)
    assert min(places(QColor(pale.name()))) > max(strong)


def luminance(color: QColor) -> float:
    """Return it as the WCAG reckon it."""
    shares = (color.redF(), color.greenF(), color.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_drafts_ground_is_seen_on_the_dark_page() -> None:
    ratio = (luminance(DARK.tint) + 0.05) / (luminance(DARK.base) + 0.05)
    assert ratio >= 1.5  # 1.23 was hardly to be seen
    assert (luminance(DARK.text) + 0.05) / (luminance(DARK.tint) + 0.05) >= 7.0  # and read on
