"""What follows for slots of a form, against every text that there could be, one by one."""

import itertools
import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.forms.byte_automaton import ByteAutomaton
from engine.forms.chain import Chain
from engine.forms.token_automaton import TokenAutomaton

VOCABULARY = [b"", b"a", b"b", b"ab", b"ba", b"aa", b"1", b"12", b"-", b"."]
PATTERNS = ["ab*", "(ab|ba)+", "[ab]*1", "-?[12]+", "a|ab|aab", "(a|b|1)*", "[^.]*[.]"]


def all_texts(pattern: str, slots: int, prefix: bytes = b"") -> list[tuple[int, ...]]:
    """Return every row of tokens whose text matches, found by trying all of them."""
    found = []
    for row in itertools.product(range(1, len(VOCABULARY)), repeat=slots):
        data = b"".join(VOCABULARY[token] for token in row)
        begins_well = VOCABULARY[row[0]].startswith(prefix)
        if begins_well and re.fullmatch(pattern.encode(), data[len(prefix) :]):
            found.append(row)
    return found


def chain(pattern: str, logs: torch.Tensor, prefix: bytes = b"") -> Chain:
    automaton = TokenAutomaton.of(ByteAutomaton.of(pattern), VOCABULARY, prefix)
    return Chain.of(automaton, logs)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(("slots", "prefix"), [(1, b""), (2, b""), (4, b""), (3, b"a"), (2, b"ab")])
def test_beliefs_and_the_likeliest_are_those_of_all_texts(pattern, slots, prefix) -> None:
    logs = torch.randn(slots, len(VOCABULARY), generator=torch.Generator().manual_seed(slots)) * 3
    texts, own = all_texts(pattern, slots, prefix), chain(pattern, logs, prefix)
    assert own.is_possible == bool(texts)
    if not texts:
        return
    weights = [math.exp(sum(float(logs[i, t]) for i, t in enumerate(row))) for row in texts]
    expected = torch.zeros(slots, len(VOCABULARY))
    for row, weight in zip(texts, weights, strict=True):
        for slot, token in enumerate(row):
            expected[slot, token] += weight / sum(weights)
    torch.testing.assert_close(own.beliefs().softmax(dim=-1), expected, atol=1e-5, rtol=1e-4)
    assert tuple(own.likeliest().tolist()) == max(zip(weights, texts, strict=True))[1]


def test_draws_are_as_frequent_as_their_texts_are_likely() -> None:
    logs = torch.randn(3, len(VOCABULARY), generator=torch.Generator().manual_seed(5))
    texts, own = all_texts("(ab|ba)+", 3), chain("(ab|ba)+", logs)
    weights = [math.exp(sum(float(logs[i, t]) for i, t in enumerate(row))) for row in texts]
    generator, draws = torch.Generator().manual_seed(1), 4000
    counts = dict.fromkeys(texts, 0)
    for _ in range(draws):
        counts[tuple(own.drawn(torch.rand(3, generator=generator)).tolist())] += 1
    for row, weight in zip(texts, weights, strict=True):
        share = weight / sum(weights)
        # Four standard deviations of a share of so many draws.
        assert abs(counts[row] / draws - share) < 4 * math.sqrt(share * (1 - share) / draws) + 1e-9


@given(number=st.floats(0, 1, exclude_max=True), extreme=st.floats(-90, 90))
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_nearly_impossible_makes_it_stumble(number, extreme) -> None:
    logs = torch.zeros(3, len(VOCABULARY))
    logs[:, 1], logs[:, 6] = extreme, -1e30
    own = chain("[ab]*1", logs)
    # "12" fits no more than "1", which is forbidden in every slot.
    assert not own.is_possible
    logs[2, 6] = -80.0
    own = chain("[ab]*1", logs)
    assert own.is_possible
    text = b"".join(VOCABULARY[token] for token in own.drawn(torch.full((3,), number)).tolist())
    assert re.fullmatch(b"[ab]*1", text)
    assert own.likeliest()[2] == 6


def test_lengths_are_those_at_which_there_is_a_text() -> None:
    automaton = TokenAutomaton.of(ByteAutomaton.of("(aab){1,2}"), VOCABULARY)
    expected = [n for n in range(1, 7) if all_texts("(aab){1,2}", n)]
    assert automaton.lengths(6) == expected
    assert int(automaton.distances[automaton.start]) == min(expected)
