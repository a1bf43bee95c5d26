"""Sorting piece by piece gives what sorting gives, and lets others go first on the way."""

import random

from app.system import sorting
from app.system.sorting import sort_in_turns
from app.system.turns import Turns


class Counted(Turns):
    """Counts instead of waiting."""

    steps = 0

    def step(self) -> None:
        self.steps += 1


def test_it_gives_what_sorting_gives() -> None:
    draw = random.Random(1)
    for count in (0, 1, 1999, 2000, 2001, 9000):
        words = [draw.choice("aAbB") + str(draw.randrange(50)) for _ in range(count)]
        turns = Counted()
        # Equal keys, as of "a1" and "A1", stay in their order.
        assert sort_in_turns(words, str.casefold, turns) == sorted(words, key=str.casefold)
        assert turns.steps >= count // sorting.PIECE
