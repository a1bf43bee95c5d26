"""Attention's faster form against torch's own operation, and both against the definition."""

import pytest
import torch

from kernels.attention import attention_in_parts, attention_torch

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
    queries, keys, values = arguments
    whole, cut = (
        [(keys, values)],
        [(keys[:, :, i:j], values[:, :, i:j]) for i, j in ((0, 3), (3, seen))],
    )
    found = [attention_in_parts(queries, parts) for parts in (whole, cut)]
    for out in (attention_torch(*arguments, None), *found):
        error = (out.double() - expected).abs().max().item()
        print(f"max abs error {error:.2e}")
        assert out.shape == expected.shape
        assert error <= TOLERANCE[dtype] * expected.abs().max()


@pytest.mark.parametrize(("heads", "kv_heads", "rows", "seen", "size"), SHAPES)
def test_a_part_of_one_sequence_belongs_to_all(heads, kv_heads, rows, seen, size) -> None:
    queries, keys, values = inputs(heads, kv_heads, rows, seen, size, torch.float32)
    trunk = (keys[:1, :, :4], values[:1, :, :4])
    parts = [trunk, (keys[:, :, 4:], values[:, :, 4:])]
    seen_keys, seen_values = (
        torch.cat((one.expand(2, -1, -1, -1), own), dim=2) for one, own in zip(*parts, strict=True)
    )
    mask = torch.rand(rows, seen, generator=torch.Generator().manual_seed(1)) < 0.6
    mask[:, 0] = True  # a row that may look nowhere has no answer
    for shown in (None, mask):
        expected = attention_torch(queries, seen_keys, seen_values, shown)
        out = attention_in_parts(queries, parts, shown)
        torch.testing.assert_close(out, expected, rtol=1e-5, atol=1e-5)


def test_a_part_without_rows_changes_nothing() -> None:
    queries, keys, values = inputs(4, 2, 3, 6, 8, torch.float32)
    nothing = (keys[:1, :, :0], values[:1, :, :0])
    out = attention_in_parts(queries, [nothing, (keys, values)])
    torch.testing.assert_close(out, attention_torch(queries, keys, values), rtol=1e-5, atol=1e-5)


def test_a_mask_hides_rows() -> None:
    queries, keys, values = inputs(4, 2, 3, 6, 8, torch.bfloat16)
    mask = torch.tensor([True] * 4 + [False] * 2).expand(3, 6)
    shown = attention_torch(queries, keys[:, :, :4], values[:, :, :4])
    hidden = attention_torch(queries, keys, values, mask)
    torch.testing.assert_close(hidden, shown, rtol=3e-2, atol=3e-2)


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_mask_of_the_last_rows_leaves_those_before_them_to_all(is_shared: bool) -> None:
    # Without a preference among keys each row finds the mean of the values it may look at.
    queries = torch.zeros(2, 2, 2, 1)
    trunk = torch.tensor([10.0, 20.0]).view(1, 1, 2, 1)
    own = torch.tensor([[30.0, 60.0], [0.0, 6.0]]).view(2, 1, 2, 1)
    before = trunk if is_shared else trunk.expand(2, -1, -1, -1)
    parts = [(before, before), (own, own)]
    mask = torch.tensor([[True, False], [True, True]])
    found = attention_in_parts(queries, parts, mask)
    # (10+20+30)/3 and (10+20+30+60)/4; (10+20+0)/3 and (10+20+0+6)/4
    expected = torch.tensor([[20.0, 30.0], [10.0, 9.0]])
    torch.testing.assert_close(found, expected.view(2, 1, 2, 1).expand(2, 2, 2, 1))
