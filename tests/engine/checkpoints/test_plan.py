"""The memory plan: the claims about cards, and its figures against what is really allocated."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.checkpoints import CachedReader, Conversion, Residency, convert, open_reader
from engine.checkpoints.plan import GIB, LADDER, plan, plan_for
from engine.checkpoints.resident import target_of, tensor_specs
from engine.checkpoints.shapes import ModelShapes
from engine.checkpoints.step_down import step_down, widened
from engine.kernel_step.context import ContextRings
from engine.loaders import load_checkpoint
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.on_kernels import put_on_kernels
from engine.model.quantized import install
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


@settings(max_examples=20)
@given(free=st.integers(14 << 30, 100 << 30), canvas=st.integers(1, 256))
def test_a_wider_plan_fits_in_the_same_formats_and_twice_as_much_does_not(
    free: int, canvas: int
) -> None:
    found = plan(free, 8192, canvas, RELEASED)
    wide = widened(found, RELEASED, 100_000)
    if found.fits:
        assert wide.fits
        assert wide.residency == found.residency
        assert 8192 <= wide.context <= 100_000
        twice = plan(free, 2 * wide.context, canvas, RELEASED, ladder=(wide.residency,))
        assert 2 * wide.context > 100_000 or not twice.fits


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
        convert(
            Conversion(reader=open_reader(source), residency=residency, threads=1),
            tmp_path / "cache",
        )
    )
    allocated = sum(_bytes(reader.record(entry.name)) for entry in reader.entries())
    shapes = ModelShapes.of(ModelConfig.from_json(open_reader(source).config()))
    assert shapes.weight_bytes(residency) == pytest.approx(allocated, rel=0.03)


def test_an_adapter_is_planned_as_it_is_converted(tmp_path) -> None:
    source = layouts.bf16_folder(tmp_path / "source")
    modules = {"model.decoder.layers.0.self_attn.q_proj": (32, 64)}
    reader = open_reader(source, layouts.lora_folder(tmp_path / "lora", modules))
    converted = convert(
        Conversion(reader=reader, residency=LADDER[-1], threads=1), tmp_path / "cache"
    )
    copy = CachedReader(converted)
    allocated = sum(_bytes(copy.record(entry.name)) for entry in copy.entries())
    shapes = ModelShapes.stored(reader)
    assert shapes.weight_bytes(LADDER[-1]) == pytest.approx(allocated, rel=1e-3)
    assert allocated > ModelShapes.stored(open_reader(source)).weight_bytes(LADDER[-1])
    assert plan(GIB, 64, 24, shapes, ladder=LADDER[-1:]).lines[1].choice == "int8"


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


@pytest.mark.slow
@pytest.mark.parametrize("residency", [DEFAULT, LADDER[-1]], ids=str)
def test_the_planned_total_is_what_the_released_model_allocates_within_3_percent(residency) -> None:
    """Everything that stays on the card, allocated where it takes no memory."""
    found = plan(100 * GIB, 8192, 256, RELEASED, ladder=(residency,))
    model = meta_model(residency)
    weights = put_on_kernels(model)
    rings = ContextRings(model.config, torch.bfloat16, model.device)
    cache = KVCache(model.config)
    for _ in range(32):  # pieces, as they are encoded
        for index, layer in enumerate(model.config.layers):
            shape = (1, layer.num_key_value_heads, 256, layer.head_dim)
            cache.append(index, *torch.empty(2, *shape, dtype=torch.bfloat16, device="meta"))
        cache.length += 256
    rings.load(cache)
    sizes: dict[int, int] = {}
    for tensor in tensors_in([*model.state_dict().values(), weights, cache._rows, rings.rings]):
        sizes[tensor.untyped_storage()._cdata] = tensor.untyped_storage().nbytes()
    estimated = {"one step", "runtime"}
    planned = sum(line.num_bytes for line in found.lines if line.what not in estimated)
    assert planned == pytest.approx(sum(sizes.values()), rel=0.03)


def meta_model(residency: Residency) -> DiffusionGemma:
    """Return the released model in its resident formats, without memory."""
    with torch.device("meta"):
        model = DiffusionGemma(RELEASED.config).to(torch.bfloat16)
    records = {}
    for name, shape in RELEASED.weights.items():
        target = target_of(RELEASED._entry(name, shape), residency)
        if target is not None:
            parts = tensor_specs(shape, target).items()
            records[name] = target(
                **{f: torch.empty(size, dtype=dtype, device="meta") for f, (dtype, size) in parts}
            )
    install(model, records)
    return model


def tensors_in(what: object) -> Iterator[torch.Tensor]:
    if isinstance(what, torch.Tensor):
        yield what
    elif isinstance(what, list | tuple):
        for one in what:
            yield from tensors_in(one)
    elif is_dataclass(what):
        yield from tensors_in([getattr(what, field.name) for field in fields(what)])


def test_the_table_names_every_share() -> None:
    table = plan(18 * GB, 8192, 256, RELEASED).table()
    for word in ("experts", "attention", "embedding", "8,192 tokens", "together", "fits:"):
        assert word in table


def test_nvfp4_costs_what_int4_does() -> None:
    assert Nvfp4.quantize(torch.ones(64, 2816)).num_bytes == pytest.approx(
        RELEASED.weight_bytes(DEFAULT, "experts") * 64 * 2816 / (128 * 3 * 704 * 2816 * 30),
        rel=1e-4,
    )
