"""Elements behind the two thousand millionth are found: offsets are 64 bits wide.

The tensors are zeros that take memory only where they are touched.
"""

import math

import numpy
import pytest
import torch

from kernels.experts import experts
from kernels.heads import append_cache
from kernels.norms import embed
from kernels.packed import pointers
from kernels.quantized import Int4Group, Int8Channel
from kernels.routing import Routing
from kernels.vocabulary import _logits_kernel
from tests.kernels.runs import ONE_RUN, assert_near, normal

FAR = 1 << 31  # elements; the last rows of every tensor lie behind these


@pytest.fixture(autouse=True)
def untouched_memory(monkeypatch) -> None:
    """Keep the interpreter from copying tensors onto themselves, page by page."""
    copy = torch.UntypedStorage.copy_

    def only_elsewhere(self: torch.UntypedStorage, source: torch.UntypedStorage, *rest: object):
        return self if self.data_ptr() == source.data_ptr() else copy(self, source, *rest)

    monkeypatch.setattr(torch.UntypedStorage, "copy_", only_elsewhere)


def zeros(*shape: int, dtype: torch.dtype, device: str) -> torch.Tensor:
    """Return zeros, on a CPU in memory that is not there until it is touched."""
    if device == "cpu":
        size = math.prod(shape) * dtype.itemsize
        return torch.from_numpy(numpy.zeros(size, numpy.uint8)).view(dtype).view(shape)
    if torch.cuda.mem_get_info()[0] < 16 << 30:
        pytest.skip("less than 16 GiB are free on the card")
    return torch.zeros(shape, dtype=dtype, device=device)


@ONE_RUN
def test_the_last_row_of_an_embedding(device, dtype) -> None:
    codes = zeros(FAR // 2048 + 7, 2048, dtype=torch.int8, device=device)
    assert codes.numel() > FAR
    codes[-1, :3] = 5
    weight = Int8Channel(codes, torch.ones(len(codes), device=device))
    ids = torch.tensor([len(codes) - 1], dtype=torch.int32, device=device)
    assert embed.kernel(ids, weight, 2.0, dtype)[0, :4].tolist() == [10, 10, 10, 0]


@ONE_RUN
def test_the_last_token_of_a_vocabulary(device, dtype) -> None:
    size, chunk = 2048, 64
    codes = zeros(FAR // size + chunk, size, dtype=torch.int8, device=device)
    codes[-2] = 1
    assert codes.numel() > FAR
    weight = Int8Channel(codes, torch.full((len(codes),), 0.5 / size, device=device))
    states, logits = torch.ones(1, size, device=device).to(dtype), torch.zeros(1, chunk)
    logits, unused = logits.to(device), torch.zeros(1, dtype=torch.int32, device=device)
    _logits_kernel[(1,)](
        states, *pointers(weight)[:2], torch.ones(1, device=device), unused, unused, logits, 1,
        len(codes) - chunk, 30.0, V=len(codes), M=size, CHUNK=chunk, FORMAT=1, HAS_RULES=False,
        BLOCK_T=16, BLOCK_N=chunk, BLOCK_K=64, num_warps=4, num_stages=3,
    )  # fmt: skip
    assert logits[0, -2].item() == pytest.approx(0.5, abs=1e-3)
    assert logits.count_nonzero() == 1


@ONE_RUN
def test_the_last_expert(device, dtype) -> None:
    size, inner, num = 64, 32, FAR // (64 * 32) + 3
    small = [normal(1, *shape, seed=7) / 8 for shape in ((2 * inner, size), (size, inner))]
    packed = [Int4Group.quantize(weight.to(device)) for weight in small]
    large = []
    for weight in packed:
        _, rows, columns = weight.codes.shape
        codes = zeros(num, rows, columns, dtype=torch.uint8, device=device)
        scales = zeros(num, *weight.scales.shape[1:], dtype=torch.bfloat16, device=device)
        codes[-1], scales[-1] = weight.codes[0], weight.scales[0]
        large.append(Int4Group(codes, scales))
    assert large[0].codes.numel() > FAR
    x = normal(3, size).to(device, dtype)
    found = experts.kernel(x, *large, routing_to(num - 1, num, 3, device))
    assert_near(found, experts.twin(x, *packed, routing_to(0, 1, 3, device)), dtype)


def routing_to(expert: int, num_experts: int, tokens: int, device: str) -> Routing:
    """Return the routing of all tokens to one expert."""
    ids = torch.zeros(tokens, dtype=torch.int32, device=device)
    offsets = torch.zeros(num_experts + 1, dtype=torch.int32, device=device)
    offsets[expert + 1 :] = tokens
    return Routing(
        index=(ids + expert)[:, None],
        weights=torch.ones(tokens, 1, device=device),
        order=torch.arange(tokens, dtype=torch.int32, device=device),
        offsets=offsets,
        tile_expert=ids[:1] + expert,
        tile_start=ids[:1],
        block_tokens=16,
    )


@ONE_RUN
def test_the_last_row_of_a_ring(device, dtype) -> None:
    rows = FAR // 2048 + 5
    rings = [zeros(rows, 2, 1024, dtype=torch.float16, device=device) for _ in range(2)]
    assert rings[0].numel() > FAR
    new = normal(2, 1, 2, 1024).to(device, torch.float16)
    length = torch.tensor([3 * rows - 1], dtype=torch.int32, device=device)
    append_cache.kernel(new[0], new[1], *rings, length)
    for ring, row in zip(rings, new, strict=True):
        assert torch.equal(ring[-1], row[0])
        assert not ring[:2].any()
