"""Counter-based random numbers: the published test vectors, and what a row's numbers hang on."""

import pytest
import torch

from kernels.philox import (
    Draws,
    exponential_torch,
    noise_ids_torch,
    random_words_torch,
    token_exponentials_torch,
)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        # Of the authors' Random123 distribution, `kat_vectors`, philox4x32 with 10 rounds.
        ((0, 0, 0, 0), 0, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            0x299F31D0_A4093822,
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_words_are_the_published_ones(counter, key, words) -> None:
    index, position, step = (torch.tensor([c]) for c in counter[:3])
    out = random_words_torch(torch.tensor([key]), index, position, step, counter[3])
    assert tuple(int(word) for word in out) == words


def test_exponentials_have_mean_and_variance_one() -> None:
    words = random_words_torch(
        torch.tensor([7]), torch.arange(50_000), torch.tensor([1]), torch.tensor([2]), 0
    )
    numbers = exponential_torch(torch.cat(words)).double()
    assert abs(numbers.mean().item() - 1) < 0.02
    assert abs(numbers.var().item() - 1) < 0.05


def test_exponentials_are_positive_and_finite_for_extreme_words() -> None:
    numbers = exponential_torch(torch.tensor([0, 1, 4294967, 2**32 - 1]))
    assert (numbers > 0).all()
    assert numbers.isfinite().all()


def test_a_row_s_numbers_do_not_hang_on_the_rows_beside_it() -> None:
    step = torch.tensor([5]).int()
    both = Draws(torch.tensor([3, 9]), torch.tensor([11, 12]).int(), step)
    alone = Draws(torch.tensor([9]), torch.tensor([12]).int(), step)
    whole = token_exponentials_torch(both, slice(None), 10)
    assert torch.equal(whole[1], token_exponentials_torch(alone, slice(None), 10)[0])
    assert torch.equal(whole[:, :6], token_exponentials_torch(both, slice(None), 6))
    assert noise_ids_torch(both, 1000)[1] == noise_ids_torch(alone, 1000)[0]


def test_noise_is_uniform_and_within_the_vocabulary() -> None:
    rows = 20_000
    draws = Draws(torch.full((rows,), 1), torch.arange(rows).int(), torch.tensor([0]).int())
    counts = torch.bincount(noise_ids_torch(draws, 10).long(), minlength=10)
    assert len(counts) == 10
    assert ((counts - rows / 10).abs() < 5 * (rows / 10) ** 0.5).all()
