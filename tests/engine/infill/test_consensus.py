"""What drafts agree on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.infill.consensus import Consensus

TEXTS = st.lists(st.text(max_size=20), min_size=1, max_size=6)


def test_the_text_that_is_like_the_others_wins_over_a_slightly_likelier_stranger() -> None:
    texts = ["the old man", "the old men", "an old man", "zebra"]
    consensus = Consensus(texts, [-1.0, -1.0, -1.0, -0.99])
    agreement = {text: consensus.of(text) for text in texts}
    assert max(agreement, key=agreement.__getitem__) == "the old man"
    assert min(agreement, key=agreement.__getitem__) == "zebra"


def test_one_draft_far_ahead_decides_alone() -> None:
    consensus = Consensus(["this", "that", "than"], [0.0, -4.0, -4.0])
    assert consensus.of("this") == pytest.approx(1.0)
    assert consensus.of("that") == pytest.approx(consensus.of("than"), abs=0.3)


def test_stretches_count_as_often_as_they_stand() -> None:
    """Of "aa" and "a": "a" three times, "aa" once; of these "a" in both, once."""
    assert Consensus(["aa"], [0.0]).of("a") == pytest.approx(2 / 4)


def test_nothing_is_all_that_nothing_is_like() -> None:
    assert Consensus([""], [0.0]).of("") == 1.0
    assert Consensus([""], [0.0]).of("a") == 0.0


@given(TEXTS, st.data())
def test_agreement_is_a_share_and_whole_only_with_what_all_are(texts, data) -> None:
    scores = data.draw(st.lists(st.floats(-9, 9), min_size=len(texts), max_size=len(texts)))
    consensus = Consensus(texts, scores)
    for text in texts:
        assert 0.0 <= consensus.of(text) <= 1.0 + 1e-9
    if len(set(texts)) == 1:
        assert consensus.of(texts[0]) == pytest.approx(1.0)
