"""Attention's faster form against torch's own operation, and both against the definition."""

import pytest
import torch

from kernels.attention import attention_grouped, attention_torch

# query heads, key heads, rows, rows seen, head size
SHAPES = [
    pytest.param(4, 2, 5, 9, 8, id="two queries a key"),
    pytest.param(3, 3, 7, 7, 4, id="a key for each query"),
    pytest.param(8, 1, 1, 13, 16, id="one key for all, one row"),
]
TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 3e-2}


def inputs(heads: int, kv_heads: int, rows: int, seen: int, size: int, dtype: torch.dtype):
    """Return queries, keys and values, seeded."""
    rng = torch.Generator().manual_seed(heads + rows)
    shapes = ((2, heads, rows, size), (2, kv_heads, seen, size), (2, kv_heads, seen, size))
    return [torch.randn(shape, generator=rng).to(dtype) for shape in shapes]


def definition(queries, keys, values) -> torch.Tensor:
    """Compute softmax(q kᵀ) v head by head, in float64."""
    repeat = queries.shape[1] // keys.shape[1]
    keys, values = (t.double().repeat_interleave(repeat, dim=1) for t in (keys, values))
    return (queries.double() @ keys.mT).softmax(dim=-1) @ values


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(("heads", "kv_heads", "rows", "seen", "size"), SHAPES)
def test_both_forms_match_the_definition(heads, kv_heads, rows, seen, size, dtype) -> None:
    arguments = inputs(heads, kv_heads, rows, seen, size, dtype)
    expected = definition(*arguments)
    for out in (attention_torch(*arguments, None), attention_grouped(*arguments)):
        error = (out.double() - expected).abs().max().item()
        print(f"max abs error {error:.2e}")
        assert out.shape == expected.shape
        assert error <= TOLERANCE[dtype] * expected.abs().max()


def test_a_mask_hides_rows() -> None:
    queries, keys, values = inputs(4, 2, 3, 6, 8, torch.bfloat16)
    mask = torch.tensor([True] * 4 + [False] * 2).expand(3, 6)
    shown = attention_torch(queries, keys[:, :, :4], values[:, :, :4])
    hidden = attention_torch(queries, keys, values, mask)
    torch.testing.assert_close(hidden, shown, rtol=3e-2, atol=3e-2)
