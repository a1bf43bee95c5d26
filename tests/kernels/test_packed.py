"""How packed weights are decoded: the instructions written by hand, which no interpreter runs."""

import re

import pytest
import torch

from kernels import packed
from kernels.quantized import E2M1_VALUES, Int4Group, Nvfp4

_TABLE = torch.tensor([*E2M1_VALUES, *(-v for v in E2M1_VALUES)])


def run(assembly: str, four_bytes: int) -> list[int]:
    """Run the few PTX instructions there are; return the four result registers."""
    registers = {"$4": four_bytes}
    for line in re.findall(r"^\s+(\w.*);$", assembly, re.MULTILINE):
        name, *operands = re.split(r"[ ,]+", line)
        target, sources = operands[0], [value_of(o, registers) for o in operands[1:]]
        registers[target] = OPERATIONS[name](*sources) & 0xFFFFFFFF
    return [registers[f"${n}"] for n in range(4)]


def value_of(operand: str, registers: dict[str, int]) -> int:
    return registers[operand] if operand in registers else int(operand, 0)


def prmt(a: int, b: int, selector: int) -> int:
    octets = (b << 32 | a).to_bytes(8, "little")
    return int.from_bytes(bytes(octets[selector >> 4 * n & 7] for n in range(4)), "little")


def lop3(a: int, b: int, c: int, table: int) -> int:
    assert table == 0xEA
    return (a & b) | c


OPERATIONS = {
    "prmt.b32": prmt,
    "lop3.b32": lop3,
    "and.b32": lambda a, b: a & b,
    "mul.lo.u32": lambda a, b: a * b,
    "shr.u32": lambda a, b: a >> b,
}


def decoded(assembly: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return what all 256 bytes become: first and second results, bfloat16 as float64."""
    first, second = [], []
    for start in range(0, 256, 4):
        four = int.from_bytes(bytes(range(start, start + 4)), "little")
        results = run(assembly, four)
        for target, pair in ((first, results[:2]), (second, results[2:])):
            target += [half for word in pair for half in (word & 0xFFFF, word >> 16)]
    return tuple(
        torch.tensor(bits, dtype=torch.int32).to(torch.int16).view(torch.bfloat16).double()
        for bits in (first, second)
    )


def test_e2m1_codes_become_bfloat16() -> None:
    low, high = decoded(packed.E2M1_TO_BFLOAT16.value)
    codes = torch.arange(256)
    assert torch.equal(low * 2.0**126, _TABLE[codes & 15].double())
    assert torch.equal(high * 2.0**126, _TABLE[codes >> 4].double())


def test_int4_codes_become_bfloat16() -> None:
    low, high = decoded(packed.INT4_TO_BFLOAT16.value)
    codes = torch.arange(256)
    assert torch.equal(low - 136, (codes & 15).double() - 8)
    assert torch.equal(high - 136, (codes >> 4).double() - 8)


def test_int8_codes_become_bfloat16() -> None:
    size, offset = decoded(packed.INT8_TO_BFLOAT16.value)
    assert torch.equal(
        size - offset, torch.arange(256, dtype=torch.uint8).view(torch.int8).double()
    )


@pytest.mark.parametrize("kind", [Nvfp4, Int4Group])
def test_an_expert_is_selected_as_a_view(kind) -> None:
    weight = kind.quantize(torch.randn(3, 4, 32, generator=torch.Generator().manual_seed(0)))
    one = packed.select(weight, 1)
    assert torch.equal(one.dequantize(), weight.dequantize()[1])
    assert one.codes.data_ptr() == weight.codes[1].data_ptr()
