"""The memory plan: the claims about cards, and its figures against what is really allocated."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.checkpoints import CachedReader, Job, Residency, convert, open_reader
from engine.checkpoints.plan import GIB, LADDER, plan, plan_for, step_down
from engine.checkpoints.shapes import ModelShapes
from engine.model import KVCache, ModelConfig, load_checkpoint
from kernels.quantized import Nvfp4
from tests.engine.checkpoints import layouts

RELEASED = ModelShapes.released()
DEFAULT = Residency()
GB = 10**9


def test_the_released_shapes_are_the_released_parameters() -> None:
    sizes = {kind: RELEASED.weight_bytes(LADDER[0], kind) / 2e9 for kind in ("experts", "dense")}
    assert sizes["experts"] == pytest.approx(22.84, abs=0.01)  # billions of weights
    assert sizes["dense"] == pytest.approx(1.11 + 0.54 + 0.018, abs=0.01)
    assert RELEASED.weight_bytes(LADDER[0]) / 2e9 == pytest.approx(25.25, abs=0.01)


def test_a_16_gb_card_holds_8k_tokens_in_the_tightest_plan() -> None:
    found = plan(16 * GB, 8192, 256, RELEASED)
    assert found.fits
    assert found.residency == LADDER[-1]
    assert found.host_layers == 0


def test_18_gb_hold_the_default_plan() -> None:
    assert plan(18 * GB, 8192, 256, RELEASED).residency == DEFAULT


def test_a_large_card_takes_everything_as_it_is() -> None:
    assert plan(80 * GIB, 8192, 256, RELEASED).residency == LADDER[0]


def test_a_small_card_leaves_experts_in_host_memory_if_it_may() -> None:
    refused = plan(12 * GIB, 8192, 256, RELEASED)
    assert not refused.fits
    assert "lacks" in refused.reason
    found = plan(12 * GIB, 8192, 256, RELEASED, host_bytes=32 * GIB)
    assert found.fits
    assert found.host_layers > 2
    assert found.host_bytes == pytest.approx(
        found.host_layers / 30 * RELEASED.weight_bytes(LADDER[-1], "experts"), rel=1e-6
    )
    assert f"last {found.host_layers} layers" in found.table()


@given(
    free=st.integers(1 << 30, 100 << 30),
    context=st.integers(0, 262_144),
    canvas=st.integers(1, 256),
    host=st.integers(0, 64 << 30),
)
def test_a_plan_that_fits_does(free: int, context: int, canvas: int, host: int) -> None:
    found = plan(free, context, canvas, RELEASED, host)
    assert found.fits == (found.device_bytes <= free)
    assert found.host_bytes <= host
    assert found.reason


@given(st.integers(14 << 30, 60 << 30))
def test_more_memory_never_gives_a_worse_plan(free: int) -> None:
    less, more = (plan(size, 8192, 256, RELEASED) for size in (free, free + GIB))
    rank = {residency: place for place, residency in enumerate(LADDER)}
    assert rank[more.residency] <= rank[less.residency]


def test_stepping_down_ends() -> None:
    found = plan(80 * GIB, 8192, 256, RELEASED)
    seen = [found]
    while (found := step_down(seen[-1], RELEASED, 64 * GIB)) is not None:
        assert found.device_bytes < seen[-1].device_bytes
        seen.append(found)
    assert [one.residency for one in seen[: len(LADDER)]] == list(LADDER)
    assert seen[-1].host_layers > 0


def test_a_checkpoint_in_nvfp4_is_planned_as_what_it_is() -> None:
    experts = frozenset(name for name in RELEASED.weights if ".experts." in name)
    found = plan(18 * GB, 8192, 256, replace(RELEASED, nvfp4=experts))
    assert found.lines[0].choice == "nvfp4"
    weights = 128 * 3 * 704 * 2816 * 30
    assert found.lines[0].num_bytes == pytest.approx(weights * 4.5 / 8, rel=1e-3)


def test_a_folder_is_planned_by_what_it_holds(tmp_path) -> None:
    found = plan_for(layouts.modelopt_folder(tmp_path / "m"), 2 * GIB, context=512)
    assert found.fits
    assert found.canvas == 24
    assert found.lines[0].choice == "nvfp4"


@pytest.mark.parametrize("residency", LADDER, ids=str)
def test_planned_bytes_are_the_allocated_ones_within_3_percent(residency, tmp_path) -> None:
    source = layouts.bf16_folder(tmp_path / "source")
    reader = CachedReader(
        convert(Job(reader=open_reader(source), residency=residency, threads=1), tmp_path / "cache")
    )
    allocated = sum(_bytes(reader.record(entry.name)) for entry in reader.entries())
    shapes = ModelShapes.of(ModelConfig.from_json(open_reader(source).config()))
    assert shapes.weight_bytes(residency) == pytest.approx(allocated, rel=0.03)


def _bytes(weight) -> int:
    return weight.nbytes if isinstance(weight, torch.Tensor) else weight.num_bytes


@pytest.mark.parametrize("context", [5, 500, 3000])
def test_planned_cache_bytes_are_the_allocated_ones(context, tmp_path) -> None:
    model = load_checkpoint(layouts.bf16_folder(tmp_path / "m"), dtype=torch.bfloat16).model
    cache = KVCache(model.config)
    model.encode(torch.zeros(1, context, dtype=torch.long), cache)
    allocated = sum(
        tensor.numel() * tensor.element_size()
        for rows in cache._rows
        if rows is not None
        for tensor in rows
    )
    assert ModelShapes.of(model.config).cache_bytes(context) == allocated


def test_the_table_names_every_share() -> None:
    table = plan(18 * GB, 8192, 256, RELEASED).table()
    for word in ("experts", "attention", "embedding", "8,192 tokens", "together", "fits:"):
        assert word in table


def test_nvfp4_costs_what_int4_does() -> None:
    assert Nvfp4.quantize(torch.ones(64, 2816)).num_bytes == pytest.approx(
        RELEASED.weight_bytes(DEFAULT, "experts") * 64 * 2816 / (128 * 3 * 704 * 2816 * 30),
        rel=1e-4,
    )
