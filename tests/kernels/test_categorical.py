"""Sampling against `torch.multinomial`: the same numbers, and the generator left the same."""

import pytest
import torch

from kernels.categorical import argmax, categorical, categorical_quick, categorical_torch

# rows, categories, sharpness of the logits
SHAPES = [
    pytest.param(1, 1, 1.0, id="one category"),
    pytest.param(3, 7, 0.0, id="uniform"),
    pytest.param(5, 97, 1.0, id="a prime number of categories"),
    pytest.param(64, 4096, 0.3, id="nearly uniform, large"),
    pytest.param(64, 4096, 4.0, id="mixed, large"),
    pytest.param(16, 300, 60.0, id="all mass on one, the rest underflows to zero"),
]


@pytest.mark.parametrize(("rows", "categories", "sharpness"), SHAPES)
def test_it_draws_what_multinomial_draws(rows, categories, sharpness) -> None:
    for seed in range(30):
        logits = torch.randn(rows, categories, generator=torch.Generator().manual_seed(seed))
        probs = (logits * sharpness).softmax(dim=-1)
        ours, theirs = (torch.Generator().manual_seed(seed + 7) for _ in range(2))
        expected = torch.multinomial(probs, 1, generator=theirs).squeeze(1)
        assert torch.equal(categorical(probs, ours), expected)
        assert torch.equal(ours.get_state(), theirs.get_state())


def test_zero_probabilities_are_never_drawn() -> None:
    probs = torch.tensor([[0.0, 0.5, 0.0, 0.5]]).repeat(2000, 1)
    drawn = categorical_torch(probs, torch.Generator().manual_seed(0))
    assert set(drawn.tolist()) == {1, 3}


def test_inverting_draws_each_category_as_often_as_it_is_likely() -> None:
    probs = torch.tensor([0.5, 0.0, 0.125, 0.375, 0.0]).repeat(40_000, 1)
    uniform = torch.rand(len(probs), generator=torch.Generator().manual_seed(3))
    shares = torch.bincount(categorical_quick(probs, uniform), minlength=5) / len(probs)
    torch.testing.assert_close(shares, probs[0], atol=0.01, rtol=0)
    assert shares[1] == shares[4] == 0


@pytest.mark.parametrize("uniform", [0.0, 0.25, 1 - 2**-24])
def test_the_extreme_numbers_draw_possible_categories(uniform) -> None:
    rng = torch.Generator().manual_seed(0)
    probs = torch.rand(64, 1000, generator=rng) * (torch.rand(64, 1000, generator=rng) < 0.1)
    drawn = categorical_quick(probs, torch.full((64,), uniform))
    assert (probs[torch.arange(64), drawn] > 0).all()


@pytest.mark.parametrize("categories", [1, 97, 1000, 4096])
def test_the_greatest_is_the_first_of_equals(categories) -> None:
    rng = torch.Generator().manual_seed(categories)
    few = torch.randint(3, (2, 50, categories), generator=rng).float()  # full of ties
    for x in (few, torch.randn(2, 50, categories, generator=rng)):
        assert torch.equal(argmax(x), x.argmax(dim=-1))
    few[:, ::2] = -1e30
    assert torch.equal(argmax(few), few.argmax(dim=-1))
