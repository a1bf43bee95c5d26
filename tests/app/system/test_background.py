"""The thread beside the interface outlives whatever fails in it."""

import pytest
from pytestqt.qtbot import QtBot

from app.system.background import Background


@pytest.mark.parametrize("error", [KeyError, SystemExit, KeyboardInterrupt, GeneratorExit])
def test_work_is_done_after_work_that_has_failed_in_any_way(qtbot: QtBot, error) -> None:
    background, said = Background(), []

    def fail() -> None:
        raise error("on purpose")

    background.run(fail, said.append, lambda failure: said.append(str(failure)))
    background.run(lambda: "done", said.append)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert "on purpose" in said[0]
    assert said[1] == "done"
