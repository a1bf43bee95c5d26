"""A thread that computes gives way to a key with its frame, and is never starved."""

import pytest

from app.editor.highlighter import lexer_for
from app.editor.lexing import ROOT, LexerInput, LineLexer
from app.editor.theme import LIGHT
from app.system import turns
from app.system.turns import INTERFACE, InterfaceWork, Turns

TEXT = "x = 1\n" * 50


class Clock:
    """A clock that goes on while somebody sleeps, and only then."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sleeps = 0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps += 1
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(turns, "time", made)
    return made


def test_a_thread_goes_on_for_a_turn_while_nobody_else_works(clock: Clock) -> None:
    own = Turns(InterfaceWork())
    own.step()
    clock.now += 0.001
    own.step()
    assert clock.sleeps == 0
    clock.now += 0.0015  # 2.5 ms since it began: longer than its 2 ms
    own.step()
    assert clock.sleeps == 1


def test_a_thread_stops_at_once_while_the_interface_works(clock: Clock) -> None:
    interface = InterfaceWork()
    own = Turns(interface)
    interface.note()
    own.step()
    assert not interface.is_on
    assert clock.now == pytest.approx(100.010, abs=0.003)


def test_an_interface_that_never_rests_does_not_starve_a_thread(clock: Clock) -> None:
    class NeverResting(InterfaceWork):
        @property
        def is_on(self) -> bool:
            return True

    own = Turns(NeverResting())
    own.step()
    assert clock.now == pytest.approx(100.060, abs=0.003)
    waits = clock.sleeps
    own.step()  # a whole turn is due then
    clock.now += 0.001
    own.step()
    assert clock.sleeps == waits
    clock.now += 0.0015
    own.step()
    assert clock.sleeps > waits


def test_reading_colours_stops_between_two_lines_for_a_key(clock: Clock) -> None:
    lexer = lexer_for("a.py")
    assert lexer is not None
    piece = LexerInput(text=TEXT, start=0, stop=len(TEXT), stack=ROOT)
    lines = LineLexer(lexer, LIGHT.syntax).read(piece, Turns())
    next(lines)
    assert clock.sleeps == 0
    INTERFACE.note()
    next(lines)
    assert clock.sleeps > 0
