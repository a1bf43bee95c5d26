"""What holds for every run stands at the draft, and goes by a click."""

import pytest
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from engine.api import Length, LengthMode, Mode, RunSettings
from tests.app.fakes import FakeEngine


@pytest.mark.parametrize(
    ("settings", "texts"),
    [
        (RunSettings(), []),
        (RunSettings(instruction="as a poem", seed=3), []),  # for one run
        (RunSettings(strength=0.25), ["Strength 25 %"]),
        (RunSettings(length=Length(mode=LengthMode.SHORTER)), ["Shorter"]),
        (RunSettings(length=Length(mode=LengthMode.WORDS, count=5)), ["5 words"]),
        (
            RunSettings(candidates=3, soft_edge=2, mode=Mode.CAUSAL),
            ["3 versions", "Soft edge: 2 words", "Left to right"],
        ),
    ],
)
def test_each_setting_that_is_kept_is_a_chip(
    widgets: ProposalWidgets,
    session: ProposalSession,
    engine: FakeEngine,
    settings: RunSettings,
    texts: list[str],
) -> None:
    session.options.set_settings(settings)
    session.regenerate()
    engine.finish("zwei")
    panel = widgets.panel
    assert panel is not None
    assert [chip.text() for chip in panel.chips.chips] == [f"{text}  ✕" for text in texts]
    assert panel.chips.isVisible() == bool(texts)


def test_a_click_has_it_as_usual_again(
    qtbot: QtBot,
    widgets: ProposalWidgets,
    session: ProposalSession,
    editor: Editor,
    engine: FakeEngine,
) -> None:
    session.options.set_settings(RunSettings(strength=0.25, candidates=2))
    session.regenerate()
    engine.finish("zwei")
    assert widgets.panel is not None
    height = widgets.panel.wanted_height
    widgets.panel.chips.chips[0].click()
    assert session.options.settings == RunSettings(candidates=2)
    assert [chip.text() for chip in widgets.panel.chips.chips] == ["2 versions  ✕"]
    widgets.panel.chips.chips[0].click()
    assert session.options.settings == RunSettings()
    assert widgets.panel.wanted_height < height
