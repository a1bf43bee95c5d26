"""Products with fixed weights: each format against numbers worked out by hand."""

import pytest
import torch

from engine.model import products
from engine.model.products import Changed, Product

WEIGHT = torch.tensor([[1.0, 2.0], [3.0, 4.0], [-1.0, 0.5]])
ROWS = torch.tensor([[[1.0, 1.0], [2.0, -2.0]]])  # [1, 2, 2]
FOUND = torch.tensor([[[3.0, 7.0, -0.5], [-2.0, -2.0, -3.0]]])
DTYPES = (torch.float32, torch.bfloat16)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_product_is_the_weights(dtype: torch.dtype) -> None:
    with torch.inference_mode():
        found = Product(WEIGHT.to(dtype))(ROWS.to(dtype))
    assert found.dtype is dtype
    assert found.float().tolist() == FOUND.tolist()


def test_bfloat16_is_laid_out_once_and_not_at_every_product() -> None:
    ops = torch.ops.mkldnn
    if not hasattr(ops, "_is_mkldnn_bf16_supported") or not ops._is_mkldnn_bf16_supported():
        pytest.skip("oneDNN has no bfloat16 products here")
    assert Product(WEIGHT.bfloat16()).is_copy
    assert not Product(WEIGHT).is_copy


def test_without_packing_products_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_packs", lambda dtype: False)
    product = Product(WEIGHT.bfloat16())
    assert not product.is_copy
    assert product(ROWS.bfloat16()).float().tolist() == FOUND.tolist()


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_change_is_added_and_its_base_stays(dtype: torch.dtype) -> None:
    base = Product(WEIGHT.to(dtype))
    a, b = torch.tensor([[1.0, -1.0]]), torch.tensor([[2.0], [0.0], [-1.0]])
    changed = Changed(base, a.to(dtype), b.to(dtype))
    # x · aᵀ is 0 and 4: the second row gains (8, 0, -4).
    expected = [[[3.0, 7.0, -0.5], [6.0, -2.0, -7.0]]]
    assert changed(ROWS.to(dtype)).float().tolist() == expected
    assert base(ROWS.to(dtype)).float().tolist() == FOUND.tolist()
    assert changed.num_weights == 2 + 3


@pytest.mark.parametrize(
    ("float32_ms", "wanted"), [(2.0, torch.bfloat16), (0.9, torch.bfloat16), (0.5, torch.float32)]
)
def test_float32_is_chosen_where_it_takes_much_less_time(
    monkeypatch: pytest.MonkeyPatch, float32_ms: float, wanted: torch.dtype
) -> None:
    took = {torch.float32: float32_ms, torch.bfloat16: 1.0}
    monkeypatch.setattr(products, "_packs", lambda dtype: True)
    monkeypatch.setattr(products, "_measured_ms", took.__getitem__)
    choice = products.fastest.__wrapped__()
    assert choice.dtype is wanted
    assert f"float32 {float32_ms:.2f} ms, bfloat16 1.00 ms" in choice.reason


def test_without_bfloat16_products_weights_are_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_packs", lambda dtype: False)
    assert products.fastest.__wrapped__().dtype is torch.float32
