"""A region that waits is marked as plainly in a draft's lines as elsewhere."""

import pytest
from PySide6.QtGui import QColor

from app.editor import Editor, Theme
from app.editor.theme import DARK, LIGHT
from app.proposal import ProposalSession
from app.proposal.drawing.line_boxes import line_boxes
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import select_range

WORD = "e" * 50  # one fills a row
IN_LINES, ELSEWHERE = (51, 101), (153, 203)


@pytest.fixture
def waiting(editor: Editor, engine: FakeEngine, session: ProposalSession) -> ProposalSession:
    """A draft in the first row runs; the word below it waits, and one in another paragraph."""
    ProposalWidgets(session, views_of(session))
    editor.setPlainText(f"{WORD} {WORD}\n{WORD} {WORD}")
    for start, end in ((0, 50), IN_LINES, ELSEWHERE):
        select_range(editor, start, end)
        session.regenerate()
    engine.frame(WORD)
    select_range(editor, 102, 102)
    assert len(session.queue) == 2
    return session


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("region", [IN_LINES, ELSEWHERE])
def test_its_number_and_its_ground_are_seen(
    waiting: ProposalSession, editor: Editor, theme: Theme, region: tuple[int, int]
) -> None:
    editor.set_theme(theme)
    (box,) = line_boxes(editor, *region)
    shown = editor.viewport().grab().toImage()
    corner = box.topLeft().toPoint()
    for dx, dy in ((-5, -2), (3, -2), (-5, 4)):  # beside the figure, above and below the edge
        assert shown.pixelColor(corner.x() + dx, corner.y() + dy) == theme.accent
    # Behind the last letter, at half its height, there is nothing but the ground.
    ground = shown.pixelColor(round(box.right()), round(box.center().y()))
    assert ground != theme.base
    assert _is_between(ground, theme.base, theme.accent)


def _is_between(colour: QColor, one: QColor, other: QColor) -> bool:
    parts = zip(colour.getRgb(), one.getRgb(), other.getRgb(), strict=True)
    return all(min(a, b) <= part <= max(a, b) for part, a, b in parts)
