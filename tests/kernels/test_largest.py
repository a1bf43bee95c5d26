"""The largest numbers by groups are those of `torch.topk`."""

import pytest
import torch

from kernels.largest import largest

SIZE = 768 * 4  # groups of four


def check(x: torch.Tensor, k: int) -> None:
    values, indices = largest(x, k)
    assert values.tolist() == x.topk(k).values.tolist()
    assert x.gather(1, indices).tolist() == values.tolist()
    assert all(len(set(row)) == k for row in indices.tolist())


def test_by_hand_two_in_one_group_and_one_in_the_last() -> None:
    x = torch.zeros(1, SIZE)
    x[0, [5, 6, SIZE - 1, 100]] = torch.tensor([3.0, 7.0, 5.0, 4.0])
    values, indices = largest(x, 4)
    assert values.tolist() == [[7.0, 5.0, 4.0, 3.0]]
    assert indices.tolist() == [[6, SIZE - 1, 100, 5]]


@pytest.mark.parametrize("rows", [1, 16])
@pytest.mark.parametrize("k", [1, 16, 50])
def test_of_any_numbers(rows: int, k: int) -> None:
    check(torch.randn(rows, SIZE, generator=torch.Generator().manual_seed(k)), k)


@pytest.mark.parametrize("levels", [1, 2, 40])
def test_among_equal_numbers(levels: int) -> None:
    # bfloat16 logits are often equal; with one level all are, with forbidden ones among them.
    x = torch.randint(levels, (3, SIZE), generator=torch.Generator().manual_seed(0)).float()
    x[:, ::3] = -1e9
    check(x, 16)


@pytest.mark.parametrize(("size", "k"), [(SIZE - 1, 16), (20, 16), (SIZE, SIZE)])
def test_of_sizes_that_make_no_groups(size: int, k: int) -> None:
    check(torch.randn(2, size, generator=torch.Generator().manual_seed(1)), k)
