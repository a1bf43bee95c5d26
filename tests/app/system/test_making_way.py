"""A run waits from the first sign of a draft until some time after its end."""

import pytest
from pytestqt.qtbot import QtBot

from app.system import making_way
from app.system.child import Child
from app.system.making_way import MakingWay
from engine.api import Finished, FinishReason, Started


def test_it_gives_way_while_a_draft_is_made(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    ways = []
    monkeypatch.setattr(Child, "give_way", lambda self, *, is_wanted: ways.append(is_wanted))
    monkeypatch.setattr(making_way, "QUIET_MS", 50)
    child = Child()
    way = MakingWay(child)
    end = Finished(
        job_id=1, reason=FinishReason.CONVERGED, text="", spans=(), steps=1, tokens=1, ms=1.0
    )
    way.take(Started(job_id=1, num_slots=1, max_steps=1, encode_ms=1.0))
    qtbot.wait(150)  # as for a long step
    assert ways == [True]
    way.take(end)
    assert ways == [True]
    qtbot.waitUntil(lambda: ways == [True, False])
