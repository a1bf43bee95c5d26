"""What can be measured: models in their ways of writing, what was taught, a server."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.measure import choices
from app.measure.choices import find_choices, of_server
from engine.adapters import Card, Condition, Taught
from engine.api import Mode
from engine.hub.embedded import smallest_model
from engine.measure.subject import Subject
from tests.app.house import MODEL


def test_every_model_is_there_in_all_its_ways(tmp_path: Path) -> None:
    found = find_choices(tmp_path, (), tmp_path / "models")
    tiny = [one.subject.mode for one in found if one.subject.model == str(smallest_model())]
    assert tiny == [Mode.BOTH, Mode.CAUSAL, Mode.DIFFUSION]
    assert len({one.title for one in found}) == len(found)


def test_what_was_taught_stands_beside_its_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught = [
        Taught(name="logbook", folder=tmp_path / "logbook", condition=Condition.READY),
        Taught(
            name="gemma",
            folder=tmp_path / "gemma",
            condition=Condition.READY,
            card=Card(opens_as_model=True),
        ),
        Taught(name="broken", folder=tmp_path / "broken", condition=Condition.DAMAGED),
    ]
    monkeypatch.setattr(choices, "list_adapters", lambda: taught)
    monkeypatch.setattr(choices, "small_model", smallest_model)
    found = find_choices(tmp_path, (), tmp_path / "models")
    (one,) = [choice for choice in found if choice.subject.adapter]
    assert one.title.endswith(" + logbook")
    assert one.subject.adapter == str(tmp_path / "logbook")


def test_a_server_is_asked_by_its_address() -> None:
    served = replace(MODEL, server="http://localhost:8000")
    choice = of_server(served)
    assert choice.title == "toy on http://localhost:8000"
    assert choice.subject == Subject(model="toy", server="http://localhost:8000")
