"""The resident formats: bits and bytes exactly, errors within each format's bound."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kernels.quantized import E2M1_VALUES, Int4Group, Int8Channel, Nvfp4

FORMATS = [Nvfp4, Int4Group, Int8Channel]
SHAPES = [
    pytest.param((1, 32), id="one row, one group"),
    pytest.param((5, 96), id="odd rows, a number of groups that is no power of two"),
    pytest.param((3, 7, 64), id="experts"),
    pytest.param((2, 3, 4, 32), id="two lead dimensions"),
    pytest.param((700, 2816), id="more rows than one chunk"),
]
# Relative root mean square error on normal weights.
EXPECTED_ERROR = {Nvfp4: 0.105, Int4Group: 0.105, Int8Channel: 0.012}


def weight(shape: tuple[int, ...], seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 0.02


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_sizes_and_error_are_as_stated(kind, shape) -> None:
    original = weight(shape)
    packed = kind.quantize(original)
    back = packed.dequantize()
    assert packed.shape == back.shape == original.shape
    assert packed.num_bytes == sum(t.nbytes for t in packed.tensors().values())
    error = ((back - original).square().mean() / original.square().mean()).sqrt().item()
    print(f"relative error {error:.4f}")
    assert error <= EXPECTED_ERROR[kind]


@pytest.mark.parametrize("kind", FORMATS)
def test_one_expert_is_quantized_as_if_alone(kind) -> None:
    original = weight((3, 5, 64))
    whole, alone = kind.quantize(original), kind.quantize(original[1])
    for name, tensor in whole.tensors().items():
        assert torch.equal(tensor[1].float(), alone.tensors()[name].float()), name


def test_the_even_input_is_in_the_low_nibble() -> None:
    row = torch.zeros(1, 32)
    row[0, 0], row[0, 1], row[0, 3] = 6.0, -3.0, 0.5
    packed = Nvfp4.quantize(row)
    assert packed.codes[0, :2].tolist() == [0xD7, 0x10]
    row = torch.full((1, 32), -8.0)
    row[0, :2] = torch.tensor([7.0, 1.0])
    packed = Int4Group.quantize(row)
    assert packed.codes[0, :2].tolist() == [0x9F, 0x00]
    assert packed.scales.tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.25, 0.0), (0.75, 1.0), (1.25, 1.0), (1.75, 2.0), (2.5, 2.0), (3.5, 4.0), (5.0, 4.0)],
)
def test_e2m1_ties_go_to_even(value: float, rounded: float) -> None:
    up, down = (torch.tensor(value).nextafter(torch.tensor(end)) for end in (9.0, 0.0))
    row = torch.zeros(1, 32)
    row[0, :5] = torch.tensor([6.0, value, up, -value, down])
    low = max(v for v in E2M1_VALUES if v < value)
    high = min(v for v in E2M1_VALUES if v > value)
    expected = [6.0, rounded, high, -rounded, low]
    # A scale of 448 · (6 / 2688) is one only to rounding, so the codes are compared.
    codes = Nvfp4.quantize(row * 448).codes[0]
    found = [int(codes[i // 2] >> 4 * (i % 2)) & 15 for i in range(5)]
    sign_of = [0, 0, 0, 8, 0]
    assert found == [E2M1_VALUES.index(abs(v)) + s for v, s in zip(expected, sign_of, strict=True)]


@pytest.mark.parametrize("kind", FORMATS)
def test_zeros_stay_zeros(kind) -> None:
    original = weight((4, 64))
    original[1] = 0
    original[2, :32] = 0
    back = kind.quantize(original).dequantize()
    assert not back[1].any()
    assert not back[2, :32].any()
    assert not kind.quantize(torch.zeros(2, 32)).dequantize().any()


@pytest.mark.parametrize("kind", [Nvfp4, Int4Group])
@pytest.mark.parametrize("shape", [(4, 48), (32,), (3, 16)])
def test_an_input_size_without_whole_groups_is_named(kind, shape) -> None:
    with pytest.raises(ValueError, match=rf"{list(shape)}".replace("[", r"\[")):
        kind.quantize(torch.zeros(shape))


@given(
    values=st.lists(st.floats(-1e4, 1e4, width=32), min_size=64, max_size=64),
    kind=st.sampled_from(FORMATS),
)
def test_quantizing_again_changes_nothing_and_signs_survive(values: list[float], kind) -> None:
    original = torch.tensor(values).view(2, 32)
    back = kind.quantize(original).dequantize()
    assert back.isfinite().all()
    assert (back * original >= 0).all()
    assert back.abs().max() <= original.abs().max() * 1.07


@given(st.lists(st.floats(-100, 100, width=32), min_size=32, max_size=32))
def test_int8_is_within_half_a_step(values: list[float]) -> None:
    original = torch.tensor(values).view(1, 32)
    packed = Int8Channel.quantize(original)
    step = packed.scales[0]
    assert (packed.dequantize() - original).abs().max() <= step * 0.50001 + 1e-30


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_dequantizing_rounds_once(kind, dtype) -> None:
    packed = kind.quantize(weight((4, 64)).bfloat16())
    assert torch.equal(packed.dequantize(dtype), packed.dequantize().to(dtype))
