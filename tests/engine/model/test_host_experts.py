"""Experts in the host's memory: the same results, and never more than two layers' on the device."""

import copy

import pytest
import torch

from engine.denoise_step import Clamp
from engine.kernel_step import KernelStepper, use_kernels
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.host_experts import HostExperts
from engine.model.on_kernels import KernelLayer, put_on_kernels
from engine.model.quantized import install
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from tests.engine.kernel_step.test_stepper import SAMPLER, asked_of, generators, initial_state
from tests.tiny import VOCAB_SIZE, config_json, random_model

LAYERS = 7


def model_of(kind: type | None, device: str = "cpu") -> DiffusionGemma:
    """Return a model of seven layers whose experts are packed, on a card in bfloat16."""
    types = ["sliding_attention"] * (LAYERS - 1) + ["full_attention"]
    sizes = {"head_dim": 16, "global_head_dim": 32, "moe_intermediate_size": 32}
    config = config_json(num_hidden_layers=LAYERS, layer_types=types, **sizes)
    model = random_model(ModelConfig.from_json(config))
    if device != "cpu":
        model = model.to(device, torch.bfloat16)
    if kind is not None:
        weights = model.state_dict()
        names = [name for name in weights if ".experts." in name]
        install(model, {name: kind.quantize(weights[name]) for name in names}, model.dtype)
    return model


def passes(model: DiffusionGemma, stepper: KernelStepper) -> list[torch.Tensor]:
    """Encode two pieces of text, and take three steps behind them."""
    numbers, device = torch.Generator().manual_seed(2), model.device
    ids, cache = torch.randint(VOCAB_SIZE, (1, 23), generator=numbers), KVCache(model.config)
    found = [model.encode(piece.to(device), cache) for piece in torch.split(ids, 12, dim=1)]
    known = torch.randint(VOCAB_SIZE, (2, 16), generator=numbers).to(device)
    free = torch.ones(2, 16, dtype=torch.bool, device=device)
    clamp = Clamp(known=known, slots=torch.arange(16, device=device), free=free)
    seeds = generators(2) if device.type == "cpu" else [torch.Generator(device) for _ in range(2)]
    state = initial_state(model, clamp, SAMPLER, seeds)
    for _ in range(3):
        output = stepper.step(asked_of(cache, state, clamp, 0.6, seeds))
        state = output.state
        found += [output.draft, output.entropy, state.canvas, state.soft_embeddings]
    return found


@torch.inference_mode()
@pytest.mark.parametrize(
    ("kind", "device"),
    [
        (None, "cpu"),
        (Int8Channel, "cpu"),
        (Int4Group, "cpu"),
        (Nvfp4, "cpu"),
        pytest.param(Nvfp4, "cuda", marks=pytest.mark.gpu),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 3, 6, 7])
def test_nothing_changes_but_where_the_experts_lie(kind, count, device) -> None:
    """On a card the first step is launched, the second is recorded, both are played."""
    plain = model_of(kind, device)
    away = copy.deepcopy(plain)
    own, other = use_kernels(plain), use_kernels(away, host_layers=count)
    for found, expected in zip(passes(away, other), passes(plain, own), strict=True):
        assert torch.equal(found, expected)


@torch.inference_mode()
def test_a_pass_that_broke_off_leaves_nothing_behind(monkeypatch) -> None:
    plain, away = model_of(Nvfp4), model_of(Nvfp4)
    own, other = use_kernels(plain), use_kernels(away, host_layers=5)
    expected, forward = passes(plain, own), KernelLayer.forward

    def broken(self, *args: object, **options: object):
        if self is away.layers[4]:
            raise RuntimeError("out of memory")
        return forward(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(KernelLayer, "forward", broken)
        with pytest.raises(RuntimeError):
            passes(away, other)
    for found, same in zip(passes(away, other), expected, strict=True):
        assert torch.equal(found, same)


def test_the_device_holds_two_layers_experts_and_the_host_the_rest() -> None:
    weights = put_on_kernels(model_of(Int4Group), host_layers=5)
    places = [layer.experts_gate_up.codes.data_ptr() for layer in weights.layers]
    assert len(set(places[:2])) == 2  # these live on the device
    assert places[2::2] == [places[2]] * 3
    assert places[3::2] == [places[3]] * 2
    assert len(set(places)) == 4


def test_a_layer_s_experts_are_fetched_while_the_one_before_computes(monkeypatch) -> None:
    model, seen = model_of(Nvfp4), []
    for name in ("begin", "wait", "release", "_fetch"):
        call = getattr(HostExperts, name)

        def noted(self, *args: int, name: str = name, call=call) -> None:
            seen.append((name.removeprefix("_"), *args))
            call(self, *args)

        monkeypatch.setattr(HostExperts, name, noted)
    use_kernels(model, host_layers=4)
    model.encode(torch.tensor([[1, 2]]), KVCache(model.config))
    assert seen == [
        ("begin",), ("fetch", 0), ("fetch", 1),
        ("wait", 0), ("release", 0), ("fetch", 2),
        ("wait", 1), ("release", 1), ("fetch", 3),
        ("wait", 2), ("release", 2), ("wait", 3), ("release", 3),
    ]  # fmt: skip


def test_layers_whose_experts_differ_are_refused() -> None:
    first, other = (put_on_kernels(model_of(kind)).layers[0] for kind in (Nvfp4, Int4Group))
    experts = HostExperts(torch.device("cpu"))
    experts.keep(first)
    with pytest.raises(ValueError, match="differ"):
        experts.keep(other)
