"""Uninitialised memory is visible in this folder."""

import pytest
import torch


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float8_e4m3fn])
def test_unwritten_floats_are_nan(dtype: torch.dtype) -> None:
    like = torch.zeros(3, dtype=dtype)
    for tensor in (torch.empty(3, dtype=dtype), torch.empty_like(like), like.new_empty((3,))):
        assert tensor.float().isnan().all()


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int32, torch.int64])
def test_unwritten_integers_are_as_large_as_can_be(dtype: torch.dtype) -> None:
    assert (torch.empty(3, dtype=dtype) == torch.iinfo(dtype).max).all()
