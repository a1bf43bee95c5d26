"""The network's thread: what goes wrong in it reaches whoever waits."""

import pytest

from engine.hub.network_thread import answer


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_is_no_exception_does_not_leave_anybody_waiting(error) -> None:
    def ask() -> None:
        raise error("on purpose")

    looks = iter(range(100))  # ten seconds, should nobody say anything
    with pytest.raises(RuntimeError, match="on purpose"):
        answer(ask, lambda _: next(looks) == 99)
