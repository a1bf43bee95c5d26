"""Presets are kept as text, and whatever stands in the file is read safely."""

import json

import pytest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.model.presets import MAX_PRESETS, Preset, Presets
from engine.api import Length, LengthMode, RunSettings
from tests.app.fakes import FakeEngine
from tests.app.proposal.model.test_session import TEXT, select

POEM = Preset(
    name="Poem",
    instruction="as a poem",
    strength=0.5,
    length=Length(mode=LengthMode.WORDS, count=12),
    candidates=3,
)
RAW = {
    "name": "Poem",
    "instruction": "as a poem",
    "strength": 0.5,
    "length": "words",
    "count": 12,
    "candidates": 3,
}


def test_they_are_kept_as_json_that_one_can_read() -> None:
    presets = Presets()
    presets.keep(POEM)
    assert json.loads(presets.as_text()) == [RAW]
    assert Presets(presets.as_text()).all == (POEM,)


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"strength": 0},
        {"strength": 1.5},
        {"strength": float("nan")},
        {"length": "endless"},
        {"length": "paragraph"},
        {"count": 0},
        {"count": 10**9},
        {"candidates": 0},
        {"candidates": 1000},
        {"instruction": None, "name": None, "count": "many"},
    ],
)
def test_what_no_run_could_have_is_left_out(change: dict[str, object]) -> None:
    good = {**RAW, "name": "Good"}
    assert [one.name for one in Presets(json.dumps([{**RAW, **change}, good])).all] == ["Good"]


@pytest.mark.parametrize("text", ["", "{", "[", "7", "[7, null]", '{"name": 1}', "[[]]", "\x00"])
def test_a_damaged_file_holds_none(text: str) -> None:
    assert Presets(text).all == ()


def test_there_are_nine_at_most_and_one_of_a_name() -> None:
    presets = Presets(json.dumps([{**RAW, "name": f"{number}"} for number in range(20)]))
    assert len(presets.all) == MAX_PRESETS
    assert presets.is_full
    presets.keep(Preset(name="one too many"), instead_of=8)
    assert [one.name for one in presets.all] == [*"01234567", "one too many"]
    presets.keep(Preset(name="3", instruction="other"))
    assert presets.all[3].instruction == "other"
    assert not presets.rename(3, "4")  # another one's
    assert presets.all[3].name == "3"
    presets.remove(0)
    assert presets.all[0].name == "1"


def test_a_preset_is_run_as_it_says_and_changes_no_setting(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.options.notify_model(True, 24)
    session.options.change(soft_edge=1)
    select(editor, "two")
    session.run_preset(POEM)
    expected = RunSettings(
        instruction="as a poem",
        strength=0.5,
        length=POEM.length,
        candidates=3,
        soft_edge=1,
        seed=engine.job.seed,
    )
    assert engine.job.settings == expected
    assert session.options.settings == RunSettings(soft_edge=1)


def test_a_model_without_instructions_says_so(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(TEXT)
    session.options.notify_model(False, 24)
    said: list[str] = []
    session.failed.connect(said.append)
    select(editor, "two")
    session.run_preset(POEM)
    assert said == ["The model in use takes no instructions."]
    assert engine.requests == []
