"""From a regular expression to a deterministic automaton over bytes.

The library is outlines-core: Rust's regex-automata, bounded by nothing but memory, so expressions
of users are worked out elsewhere (`worked_out`). `interegular`, written in Python, is slow and
knows characters only; `llguidance` tells what may follow a text and has no states that could be
gone through backwards.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from outlines_core import Index, Vocabulary

from engine.patterns import PatternError

DEAD: Final = 0  # the state from which nothing matches any more
MAX_STATES: Final = 4_096
# The library stops at the first match it prefers, and of `a|ab` would never see the second: so what
# it looks for ends in a NUL, which no text of a document holds.
_END = r"\x00"
_NO_BYTE = 256  # the library wants a token that ends a text


@dataclass(frozen=True, slots=True, eq=False)
class ByteAutomaton:
    """A deterministic automaton: which state a byte leads to from which."""

    table: NDArray[np.int32]  # [states, 256]; state 0 is dead
    start: int
    is_final: NDArray[np.bool_]  # [states]

    @classmethod
    def of(cls, pattern: str) -> "ByteAutomaton":
        """Work out the automaton of an expression, in this process.

        Raises:
            PatternError: If it is none, matches nothing, or has too many states.
        """
        alphabet = Vocabulary(_NO_BYTE, {bytes([byte]): [byte] for byte in range(256)})
        try:
            index = Index(f"(?s:{_without_anchors(pattern)}){_END}", alphabet)
        except (ValueError, OverflowError) as error:
            raise PatternError(pattern, _reason(str(error))) from error
        transitions: dict[int, dict[int, int]] = index.get_transitions()
        ends: set[int] = index.get_final_states()
        number = {state: place for place, state in enumerate(transitions, 1)}
        if len(number) >= MAX_STATES:
            raise PatternError(pattern, f"it takes more than {MAX_STATES:,} states")
        table = np.zeros((len(number) + 1, 256), dtype=np.int32)
        is_final = np.zeros(len(number) + 1, dtype=np.bool_)
        for state, row in transitions.items():
            is_final[number[state]] = row.get(0) in ends
            for byte, target in row.items():
                if byte not in (0, _NO_BYTE):
                    table[number[state], byte] = number[target]
        start: int = index.get_initial_state()
        return _trimmed(cls(table, number[start], is_final), pattern)

    def behind(self, prefix: bytes) -> "ByteAutomaton":
        """Return the automaton of the same texts with `prefix` before each."""
        if not prefix:
            return self
        states = len(self.table)
        table = np.zeros((states + len(prefix), 256), dtype=np.int32)
        table[:states] = self.table
        for place, byte in enumerate(prefix):
            is_last = place == len(prefix) - 1
            table[states + place, byte] = self.start if is_last else states + place + 1
        is_final = np.concatenate((self.is_final, np.zeros(len(prefix), dtype=np.bool_)))
        return ByteAutomaton(table, states, is_final)

    def meeting(self, other: "ByteAutomaton") -> "ByteAutomaton":
        """Return the automaton of the texts that both have."""
        number, waiting = {(self.start, other.start): 1}, [(self.start, other.start)]
        rows: list[NDArray[np.int32]] = [np.zeros(256, dtype=np.int32)]
        finals = [False]
        while waiting:
            own, theirs = waiting.pop(0)
            row = np.zeros(256, dtype=np.int32)
            for byte in np.nonzero((self.table[own] != DEAD) & (other.table[theirs] != DEAD))[0]:
                pair = int(self.table[own, byte]), int(other.table[theirs, byte])
                if pair not in number:
                    number[pair] = len(number) + 1
                    waiting.append(pair)
                row[byte] = number[pair]
            rows.append(row)
            finals.append(bool(self.is_final[own] and other.is_final[theirs]))
        return _trimmed(ByteAutomaton(np.stack(rows), 1, np.array(finals)), "")

    def accepts(self, data: bytes) -> bool:
        """Whether a whole text, in UTF-8, matches."""
        state = self.start
        for byte in data:
            state = int(self.table[state, byte])
        return bool(self.is_final[state])


def _trimmed(automaton: ByteAutomaton, pattern: str) -> ByteAutomaton:
    """Return an automaton without the states from which no match is reached."""
    lives = automaton.is_final.copy()
    while True:
        reaches = lives | lives[automaton.table].any(axis=1)
        reaches[DEAD] = False
        if (reaches == lives).all():
            break
        lives = reaches
    if not lives[automaton.start]:
        raise PatternError(pattern, "no text matches it")
    table = np.where(lives[automaton.table], automaton.table, DEAD).astype(np.int32)
    return ByteAutomaton(table, automaton.start, automaton.is_final)


def _without_anchors(pattern: str) -> str:
    """Leave out what many write around an expression, or its alternatives, of a whole text."""
    return "|".join(map(_bare, _alternatives(pattern)))


def _bare(pattern: str) -> str:
    pattern = pattern.removeprefix("^")
    backslashes = len(pattern[:-1]) - len(pattern[:-1].rstrip("\\"))
    return pattern[:-1] if pattern.endswith("$") and backslashes % 2 == 0 else pattern


def _alternatives(pattern: str) -> list[str]:
    """Split an expression where it has a choice that no group is around."""
    found, start, depth = [], 0, 0
    for token in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", pattern, re.DOTALL):
        depth += (token[0] == "(") - (token[0] == ")")
        if token[0] == "|" and depth == 0:
            found.append(pattern[start : token.start()])
            start = token.end()
    return [*found, pattern[start:]]


def _reason(message: str) -> str:
    """Say what the library's message means."""
    if "NFA" in message:
        return "it looks ahead or behind, or back to what it has matched; a form cannot"
    if "anchored" in message:
        return "^ and $ have no place in it: a form is of the whole text"
    return f"no automaton can be made of it ({message})"
