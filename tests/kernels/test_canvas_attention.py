"""Canvas attention: kernel against twin, twin against attention over a plain cache."""

import pytest
import torch
from torch.nn import functional as F

from kernels.canvas_attention import canvas_attention
from kernels.heads import append_cache
from tests.kernels.runs import RUNS, assert_near, normal

# rows, heads, key heads, head size, ring, committed, splits
SHAPES = [
    pytest.param(5, 4, 2, 16, 7, 0, None, id="empty cache"),
    pytest.param(37, 4, 2, 32, 40, 33, 1, id="tails, ring partly written"),
    pytest.param(37, 4, 2, 32, 15, 100, 2, id="ring full, keys split"),
    pytest.param(3, 8, 1, 16, 64, 50, 5, id="one key head for all, more parts than tiles"),
    pytest.param(33, 2, 2, 16, 33, 33, 2, id="a key head for each query"),
]


def inputs(rows, heads, key_heads, size, ring, committed, device, dtype) -> list[torch.Tensor]:
    """Return queries to length; rows of the ring that were never written are NaN."""
    queries = normal(rows, heads, size) / size**0.25
    keys, values = normal(2, rows, key_heads, size, seed=1)
    cache = normal(2, ring, key_heads, size, seed=2)
    cache[:, committed:] = torch.nan
    tensors = [t.to(device, dtype) for t in (queries, keys, values, *cache)]
    return [*tensors, torch.tensor([committed], dtype=torch.int32, device=device)]


@RUNS
@pytest.mark.parametrize(
    ("rows", "heads", "key_heads", "size", "ring", "committed", "splits"), SHAPES
)
def test_the_kernel_matches_the_twin(
    device, dtype, rows, heads, key_heads, size, ring, committed, splits
) -> None:
    tensors = inputs(rows, heads, key_heads, size, ring, committed, device, dtype)
    for is_causal, window in ((False, None), (True, ring + 1)):
        out = canvas_attention.kernel(*tensors, is_causal, window, splits)
        assert_near(out, canvas_attention.twin(*tensors, is_causal, window, splits), dtype)


@RUNS
@pytest.mark.parametrize("splits", [1, 3])
def test_canvases_see_neither_each_other_nor_rows_that_only_fill_up(device, dtype, splits) -> None:
    queries, keys, values, *cache = inputs(3 * 21, 4, 2, 16, 40, 33, device, dtype)
    live = torch.tensor([18], dtype=torch.int32, device=device)
    out = canvas_attention.kernel(
        queries, keys, values, *cache, splits=splits, canvases=3, live=live
    )
    twin = canvas_attention.twin(queries, keys, values, *cache, canvases=3, live=live)
    assert_near(out, twin, dtype)
    for first in (0, 21, 42):
        rows = slice(first, first + 18)
        alone = canvas_attention.twin(queries[rows], keys[rows], values[rows], *cache)
        assert_near(twin[rows], alone, dtype)


@pytest.mark.parametrize("committed", [0, 6, 7, 8, 30])
def test_every_canvas_row_sees_the_ring_and_the_whole_canvas(committed) -> None:
    window = 8
    history = normal(2, committed, 1, 16, seed=3)
    ring = torch.full((2, window - 1, 1, 16), torch.nan)
    for position in range(committed):
        new, length = history[:, position : position + 1], torch.tensor([position]).int()
        append_cache(new[0], new[1], ring[0], ring[1], length)
    queries, keys, values = normal(5, 2, 16), *normal(2, 5, 1, 16, seed=4)
    out = canvas_attention(
        queries, keys, values, *ring, torch.tensor([committed], dtype=torch.int32)
    )
    seen_keys, seen_values = (
        torch.cat((past[-(window - 1) :], new)).transpose(0, 1).expand(2, -1, -1)
        for past, new in zip(history, (keys, values), strict=True)
    )
    expected = F.scaled_dot_product_attention(
        queries.transpose(0, 1), seen_keys, seen_values, scale=1.0
    )
    torch.testing.assert_close(out, expected.transpose(0, 1), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("window", [4, 9])
def test_causal_rows_in_pieces_are_causal_rows_at_once(window) -> None:
    queries, (keys, values) = normal(20, 2, 16), normal(2, 20, 1, 16, seed=5)
    rows = torch.arange(20)
    mask = (rows <= rows[:, None]) & (rows > rows[:, None] - window)
    expected = F.scaled_dot_product_attention(
        queries.transpose(0, 1), keys.transpose(0, 1), values.transpose(0, 1), mask, scale=1.0
    ).transpose(0, 1)
    ring = torch.full((2, window - 1, 1, 16), torch.nan)
    for start, end in ((0, 3), (3, 11), (11, 12), (12, 20)):
        new, length = (keys[start:end], values[start:end]), torch.tensor([start]).int()
        out = canvas_attention(queries[start:end], *new, *ring, length, True, window)
        torch.testing.assert_close(out, expected[start:end], rtol=1e-5, atol=1e-5)
        append_cache(*new, *ring, length)
