"""Texts that are nearly the same are found, by a figure that is checked against whole sets."""

import random

import pytest

from engine.texts.duplicates import ALIKE, groups, pairs, resemblance, shares_in, sketch


def words(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choices("abcdefgh", k=5)) for _ in range(count)]


def shingles(text: str) -> set[tuple[str, ...]]:
    parts = text.split()
    return {tuple(parts[at : at + 5]) for at in range(len(parts) - 4)}


@pytest.mark.parametrize("changed", [0, 5, 20, 60])
def test_the_estimate_is_near_the_share_of_common_shingles(changed: int) -> None:
    one = words(2000, seed=1)
    other = list(one)
    for at in random.Random(2).sample(range(len(one)), changed * 5):
        other[at] = "changed"
    left, right = " ".join(one), " ".join(other)
    exact = len(shingles(left) & shingles(right)) / len(shingles(left) | shingles(right))
    # Three deviations of a share of 128 draws.
    assert resemblance(sketch(left), sketch(right)) == pytest.approx(exact, abs=0.13)


def test_copies_make_pairs_and_others_do_not() -> None:
    story, other = words(500, seed=3), words(500, seed=4)
    texts = [" ".join(story), " ".join(other), " ".join([*story[:-5], "and", "so", "on"])]
    assert pairs([sketch(text) for text in texts], ALIKE) == [(0, 2)]


def test_groups_go_on_over_third_texts() -> None:
    first, middle, last, alone = (words(300, seed) for seed in range(10, 14))
    chain = [first + middle, middle + last, alone, last + words(200, 20)]
    numbers = groups([sketch(" ".join(text)) for text in chain], 0.25)
    assert numbers[0] == numbers[1] == numbers[3] != numbers[2]


@pytest.mark.parametrize("text", ["", "one", "a b c d e", "\ud800 half"])
def test_any_text_has_a_sketch(text: str) -> None:
    assert resemblance(sketch(text), sketch(text)) == 1.0


def test_how_much_of_a_text_stands_in_others_is_told_as_whole_sets_have_it() -> None:
    texts = [words(60, seed) for seed in range(3)]
    book = texts[0] + words(2000, 7) + texts[1][:30]
    wanted = [
        len(shingles(" ".join(own)) & shingles(" ".join(book))) / len(shingles(" ".join(own)))
        for own in texts
    ]
    others = [" ".join(words(50, 8)), " ".join(book)]
    assert shares_in([" ".join(own) for own in texts], others) == pytest.approx(wanted)
    assert wanted[0] == 1.0 > wanted[1] > 0.4 > wanted[2] == 0.0
    assert shares_in([], others) == []
    assert shares_in(["a b c d e f"], []) == [0.0]
