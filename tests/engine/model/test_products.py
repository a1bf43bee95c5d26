"""Products with fixed weights: each format against numbers worked out by hand."""

import pytest
import torch

from engine.model import products
from engine.model.products import Changed, FourBits, Halves, Product, tall_product

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
    assert Product(WEIGHT.bfloat16()).is_packed
    assert not Product(WEIGHT).is_packed


def test_without_packing_products_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_packs", lambda dtype: False)
    product = Product(WEIGHT.bfloat16())
    assert not product.is_packed
    assert product(ROWS.bfloat16()).float().tolist() == FOUND.tolist()


def has_halves() -> bool:
    try:
        Halves(WEIGHT)
    except RuntimeError:
        return False
    return True


@pytest.mark.skipif(not has_halves(), reason="torch has no such products for this processor")
@torch.inference_mode()
def test_of_halves_the_weights_alone_are_rounded() -> None:
    # float16 has 11 bits, float32 has 24: 1 + 2^-12 is 1 there, and 1 + 2^-20 is itself here.
    weight = torch.cat((WEIGHT, torch.tensor([[1 + 2**-12, 0.0]])))
    product = Product(weight, in_halves=True)
    fine = torch.tensor([[1 + 2**-20, 0.0]])
    found = product(ROWS)
    assert found.dtype is torch.float32
    assert found[..., :3].tolist() == FOUND.tolist()
    assert found[..., 3].tolist() == [[1.0, 2.0]]
    assert product(fine)[0, 3].item() == 1 + 2**-20
    assert (product.num_weights, product.num_bytes) == (8, 16)


@pytest.mark.skipif(not has_halves(), reason="torch has no such products for this processor")
@pytest.mark.parametrize("rows", [1, 5, 64])
@torch.inference_mode()
def test_halves_come_out_as_float32_does(rows: int) -> None:
    torch.manual_seed(0)
    weight, inputs = torch.randn(97, 576), torch.randn(rows, 576)
    exact = inputs @ weight.half().float().T
    assert torch.allclose(Product(weight, in_halves=True)(inputs), exact, atol=1e-4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_change_is_added_and_its_base_stays(dtype: torch.dtype) -> None:
    base = Product(WEIGHT.to(dtype))
    a, b = torch.tensor([[1.0, -1.0]]), torch.tensor([[2.0], [0.0], [-1.0]])
    changed = Changed(base, Product(a.to(dtype)), Product(b.to(dtype)))
    # x · aᵀ is 0 and 4: the second row gains (8, 0, -4).
    expected = [[[3.0, 7.0, -0.5], [6.0, -2.0, -7.0]]]
    assert changed(ROWS.to(dtype)).float().tolist() == expected
    assert base(ROWS.to(dtype)).float().tolist() == FOUND.tolist()
    assert changed.num_weights == 2 + 3


# Two groups a row: codes 0..15 twice, then the same from 100 on in steps of 2.
LEVELS = torch.arange(16.0).repeat(2)
STORED = torch.cat((LEVELS, 100 + 2 * LEVELS)).repeat(32, 1)  # [32, 64]


def one_hot(place: int, size: int = 64) -> torch.Tensor:
    return torch.nn.functional.one_hot(torch.tensor([place]), size).bfloat16()


@torch.inference_mode()
def test_weights_that_were_stored_in_four_bits_are_read_in_four_bits() -> None:
    gain = torch.ones(64)
    gain[35] = 0.5
    plain, gained = FourBits.found_in(STORED), FourBits.found_in(STORED, gain)
    assert plain is not None
    assert gained is not None
    assert plain(one_hot(5)).tolist() == [[5.0] * 32]
    assert plain(one_hot(35)).tolist() == [[106.0] * 32]  # 100 + 2 · 3
    assert gained(one_hot(35)[None]).tolist() == [[[53.0] * 32]]
    assert plain.num_bytes == 32 * 64 // 2 + 32 * 2 * 2 * 2  # two bfloat16 numbers a group


def test_weights_that_were_not_are_left_as_they_are() -> None:
    between = STORED.clone()
    between[7, 3] = 3.4
    assert FourBits.found_in(between) is None
    assert FourBits.found_in(torch.zeros(3, 64)) is None
    assert FourBits.found_in(torch.zeros(32, 48)) is None


@torch.inference_mode()
def test_four_bits_are_for_a_few_rows() -> None:
    product = Product(torch.zeros(32, 64, dtype=torch.bfloat16), FourBits.found_in(STORED))
    few, many = product(one_hot(5).repeat(2, 2, 1)), product(one_hot(5).repeat(5, 1))
    assert few.shape == (2, 2, 32)
    assert few.unique().tolist() == [5.0]
    assert many.unique().tolist() == [0.0]


@torch.inference_mode()
def test_few_rows_come_out_as_many_do() -> None:
    torch.manual_seed(0)
    steps, lows = torch.rand(96, 18, 1) + 0.1, torch.randn(96, 18, 1)
    codes = torch.randint(0, 16, (96, 18, 32)).float()
    codes[..., :2] = torch.tensor([0.0, 15.0])  # as in a file, where a group uses its range
    weight, rows = (codes * steps + lows).view(96, 576), torch.randn(4, 576)
    few = FourBits.found_in(weight)
    assert few is not None
    product, exact = Product(weight.bfloat16(), few), rows @ weight.T
    errors = [
        ((found.float() - exact).norm() / exact.norm()).item()
        for found in (product(rows.bfloat16()), product(rows.repeat(2, 1).bfloat16())[:4])
    ]
    assert max(errors) < 6e-3  # bfloat16 has 8 bits: 2^-8 of each factor at most, less on average


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows", [1, 2, 64, 65, 130])  # one, few, one piece, and several pieces
@torch.inference_mode()
def test_a_tall_product_is_the_weights(dtype: torch.dtype, rows: int) -> None:
    counts = [row % 50 for row in range(rows)]
    numbers = torch.tensor([[float(count), 0.0] for count in counts], dtype=dtype)
    found = tall_product(WEIGHT.to(dtype), numbers[None])
    assert found.dtype is dtype
    expected = [[[1.0 * count, 3.0 * count, -1.0 * count] for count in counts]]
    assert found.float().tolist() == expected


@pytest.fixture
def took(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What products are found to take, in ms, by the name of their format."""
    times = {"float32": 2.0, "bfloat16": 1.0, "4 bits": 0.4, "one": 0.5, "halves": 3.0}

    def measured(product: object, dtype: torch.dtype, rows: tuple[int, ...] = (1, 16)) -> float:
        if isinstance(product, FourBits):
            return times["4 bits"]
        if product == "halves":
            return times["halves"]
        return times["one" if rows == (1,) else str(dtype).removeprefix("torch.")]

    monkeypatch.setattr(products, "_packs", lambda dtype: dtype is torch.bfloat16)
    monkeypatch.setattr(products, "Product", lambda weight: weight)
    monkeypatch.setattr(products, "Halves", lambda weight: "halves")
    monkeypatch.setattr(products, "_measured_ms", measured)
    return times


@pytest.mark.parametrize(
    ("float32_ms", "wanted"), [(2.0, torch.bfloat16), (0.9, torch.bfloat16), (0.5, torch.float32)]
)
def test_float32_is_chosen_where_it_takes_much_less_time(
    took: dict[str, float], float32_ms: float, wanted: torch.dtype
) -> None:
    took["float32"] = float32_ms
    choice = products.fastest.__wrapped__()
    assert choice.dtype is wanted
    assert f"float32 {float32_ms:.2f} ms, bfloat16 1.00 ms" in choice.reason


@pytest.mark.parametrize(
    ("four_bits_ms", "wanted", "said"),
    [(0.4, True, "4 bits 0.40 ms (used for up to 4)"), (0.6, False, "4 bits 0.60 ms (not used)")],
)
def test_four_bits_are_chosen_where_one_row_takes_less_time(
    took: dict[str, float], four_bits_ms: float, wanted: bool, said: str
) -> None:
    took["4 bits"] = four_bits_ms
    choice = products.fastest.__wrapped__()
    assert choice.has_four_bits is wanted
    assert choice.reason.endswith(f"of one row bfloat16 0.50 ms, {said}")


@pytest.mark.parametrize(("halves_ms", "wanted"), [(1.9, True), (2.1, False)])
def test_without_bfloat16_products_weights_are_float32_or_halves_of_it(
    halves_ms: float, wanted: bool, took: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "_packs", lambda dtype: False)
    took["halves"] = halves_ms
    choice = products.fastest.__wrapped__()
    assert (choice.dtype, choice.has_four_bits, choice.in_halves) == (torch.float32, False, wanted)
    assert f"float32 2.00 ms, float32 from float16 {halves_ms:.2f} ms" in choice.reason


def test_where_torch_has_no_halves_weights_stay_float32(
    took: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(weight: torch.Tensor) -> None:
        raise RuntimeError("Didn't find engine for operation")

    monkeypatch.setattr(products, "_packs", lambda dtype: False)
    monkeypatch.setattr(products, "Halves", refuse)
    choice = products.fastest.__wrapped__()
    assert (choice.dtype, choice.in_halves) == (torch.float32, False)
