"""One small case of every operation, to be run against its twin on the machine at hand."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass

import torch
from torch import Tensor

from kernels.attention import attention_in_parts, attention_torch
from kernels.canvas_attention import canvas_attention
from kernels.dispatch import uses_twins
from kernels.experts import experts
from kernels.heads import append_cache, heads
from kernels.linear import gated_linear, linear
from kernels.moe import moe_quick, moe_torch
from kernels.norms import attention_end, embed, feed_forward_end, rms_norm
from kernels.packed import Weight
from kernels.philox import Draws
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from kernels.routing import route
from kernels.step import StepRules, StepState, advance
from kernels.vocabulary import Rules, vocabulary_pass

# Of the largest output: a twin computes in float32 and rounds once, a kernel rounds weights and
# intermediate results to the dtype as well.
TOLERANCE = {torch.float32: 1e-5, torch.float16: 3e-3, torch.bfloat16: 3e-2}

TOKENS, HIDDEN, INNER, EXPERTS, TOP_K, VOCAB = 19, 64, 32, 5, 2, 197
HEADS, KEY_HEADS, HEAD_DIM, RING, COMMITTED = 4, 2, 16, 15, 21
EPS = 1e-6

Arguments = tuple[object, ...]
Run = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How near an operation came to its twin."""

    detail: str
    problem: str = ""  # empty: all is well


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the same numbers on every machine, and puts them on a device."""

    device: torch.device
    dtype: torch.dtype

    @property
    def description(self) -> str:
        """Name the device, for the user."""
        if self.device.type == "cpu":
            return f"the processor, torch's threads: {torch.get_num_threads()}"
        major, minor = torch.cuda.get_device_capability(self.device)
        return f"{torch.cuda.get_device_name(self.device)}, compute capability {major}.{minor}"

    def normal(self, *shape: int, seed: int = 0) -> Tensor:
        """Return standard normal numbers in the case's dtype."""
        numbers = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
        return numbers.to(self.device, self.dtype)

    def positive(self, *shape: int, seed: int = 0) -> Tensor:
        """Return positive numbers around one, for norms."""
        return self.normal(*shape, seed=seed).abs() + 0.5

    def ids(self, *values: int) -> Tensor:
        """Return a list of int32."""
        return torch.tensor(values, dtype=torch.int32, device=self.device)

    def packed(
        self, kind: type[Int8Channel] | type[Int4Group] | type[Nvfp4], *shape: int
    ) -> Weight:
        """Return a quantized weight."""
        return kind.quantize(self.normal(*shape, seed=5).float() / shape[-1] ** 0.5)


@dataclass(frozen=True, slots=True)
class Case:
    """An operation on fixed inputs."""

    name: str
    run: Run
    twin: Run
    make: Callable[[Maker], Arguments]  # anew for each of the two: some change their inputs

    @torch.inference_mode()
    def compare(self, maker: Maker) -> Comparison:
        """Run the operation and its twin on equal inputs: integers equal, floats near."""
        found, expected = (_outputs(run, self.make(maker)) for run in (self.run, self.twin))
        errors = [_error(*pair) for pair in zip(found, expected, strict=True)]
        worst, allowed = max(errors), TOLERANCE[maker.dtype]
        if not all(error <= allowed for error in errors):  # NaN is not near
            return Comparison("", f"its results are {worst:.0e} off; {allowed:.0e} are allowed")
        if self.run is self.twin:
            return Comparison("runs as its torch twin")
        return Comparison(f"{worst:.0e} from its twin; {allowed:.0e} are allowed")


def cases(device: torch.device) -> Iterator[Case]:
    """Yield what the editor may run on a device: kernels on CUDA, else the twins themselves."""
    has_kernels = device.type == "cuda" and not uses_twins()
    for op, name, make in (
        (rms_norm, "", _norm),
        (attention_end, "", _attention_end),
        (feed_forward_end, "", _feed_forward_end),
        (embed, "", _embed),
        (heads, "", _heads),
        (append_cache, "", _append_cache),
        (canvas_attention, "", _canvas_attention),
        (linear, ", 8 bits", lambda maker: _linear(maker, Int8Channel)),
        (linear, ", 4 bits", lambda maker: _linear(maker, Int4Group)),
        (gated_linear, ", NVFP4", lambda maker: _linear(maker, Nvfp4)),
        (route, "", _route),
        (experts, ", 4 bits", lambda maker: _experts(maker, Int4Group)),
        (experts, ", NVFP4", lambda maker: _experts(maker, Nvfp4)),
        (vocabulary_pass, "", _vocabulary),
        (advance, "", _advance),
    ):
        yield Case(op.name + name, op.kernel if has_kernels else op.twin, op.twin, make)
    if device.type == "cpu":
        yield Case("attention, in parts", _in_parts, attention_torch, _attention)
        yield Case("moe, quick", _quick, moe_torch, _moe)


def _error(found: Tensor, expected: Tensor) -> float:
    """Return the largest error by the largest output; infinite where integers are not equal."""
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return math.inf
    if not expected.is_floating_point():
        return 0.0 if torch.equal(found, expected) else math.inf
    if not expected.isfinite().all():
        return math.nan
    size = max(expected.float().abs().max().item(), 1e-30)
    return (found.float() - expected.float()).abs().max().item() / size


def _outputs(run: Run, arguments: Arguments) -> list[Tensor]:
    """Return what an operation gives, or, if that is nothing, what it was given and changed."""
    result = run(*arguments)
    return list(_tensors(arguments if result is None else result))


def _tensors(value: object) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _tensors(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _tensors(getattr(value, field.name))


def _norm(maker: Maker) -> Arguments:
    return maker.normal(TOKENS, HIDDEN), maker.positive(HIDDEN, seed=1), EPS


def _attention_end(maker: Maker) -> Arguments:
    x, y = maker.normal(2, TOKENS, HIDDEN)
    return x, y, *maker.positive(3, HIDDEN, seed=1), EPS


def _feed_forward_end(maker: Maker) -> Arguments:
    x, dense = maker.normal(2, TOKENS, HIDDEN)
    slots = maker.normal(TOKENS, TOP_K, HIDDEN, seed=1)
    a, b, c, last = maker.positive(4, HIDDEN, seed=2)
    return x, dense, slots, a, b, c, torch.tensor([0.7], device=maker.device), last, EPS


def _embed(maker: Maker) -> Arguments:
    weight = maker.packed(Int8Channel, VOCAB, HIDDEN)
    return maker.ids(0, VOCAB - 1, 3, 3), weight, 8.0, maker.dtype, maker.normal(4, HIDDEN), EPS


def _heads(maker: Maker) -> Arguments:
    angles = torch.linspace(0, 3, TOKENS)[:, None] * torch.linspace(1, 0, HEAD_DIM // 2).repeat(2)
    norms = maker.positive(2, HEAD_DIM, seed=1).float()
    qkv = maker.normal(TOKENS, (HEADS + 2 * KEY_HEADS) * HEAD_DIM)
    cos, sin = angles.cos().to(maker.device), angles.sin().to(maker.device)
    return qkv, *norms, cos, sin, KEY_HEADS, True, EPS


def _append_cache(maker: Maker) -> Arguments:
    keys, values = maker.normal(2, TOKENS, KEY_HEADS, HEAD_DIM)
    rings = torch.zeros(2, RING, KEY_HEADS, HEAD_DIM, dtype=maker.dtype, device=maker.device)
    return keys, values, *rings, maker.ids(COMMITTED)


def _canvas_attention(maker: Maker) -> Arguments:
    queries = maker.normal(TOKENS, HEADS, HEAD_DIM) / HEAD_DIM**0.25
    new = maker.normal(2, TOKENS, KEY_HEADS, HEAD_DIM, seed=1)
    rings = maker.normal(2, RING, KEY_HEADS, HEAD_DIM, seed=2)
    return queries, *new, *rings, maker.ids(COMMITTED)


def _linear(maker: Maker, kind: type[Int8Channel] | type[Int4Group] | type[Nvfp4]) -> Arguments:
    return maker.normal(TOKENS, HIDDEN), maker.packed(kind, 2 * INNER, HIDDEN)


def _route(maker: Maker) -> Arguments:
    weight = maker.normal(EXPERTS, HIDDEN, seed=1) / HIDDEN**0.5
    scale = torch.linspace(0.5, 1.5, EXPERTS, device=maker.device)
    return maker.normal(TOKENS, HIDDEN), weight, scale, TOP_K, EPS, 16


def _experts(maker: Maker, kind: type[Int4Group] | type[Nvfp4]) -> Arguments:
    gate_up = maker.packed(kind, EXPERTS, 2 * INNER, HIDDEN)
    down = maker.packed(kind, EXPERTS, HIDDEN, INNER)
    return maker.normal(TOKENS, HIDDEN), gate_up, down, route.twin(*_route(maker))  # type: ignore[arg-type]


def _vocabulary(maker: Maker) -> Arguments:
    rows = torch.arange(TOKENS, dtype=torch.int32, device=maker.device)
    tokens = torch.arange(VOCAB, device=maker.device)
    draws = Draws((rows // 5 + 1).long() * 0x1234567_89ABCDEF, rows, maker.ids(3))
    rules = Rules((tokens % 2 == 0)[None], rows % 2 - 1)
    weight = maker.packed(Int8Channel, VOCAB, HIDDEN)
    temperature = torch.tensor([0.6], device=maker.device)
    return maker.normal(TOKENS, HIDDEN), weight, temperature, 30.0, 8.0, draws, rules


def _advance(maker: Maker) -> Arguments:
    batch, free = 2, TOKENS - 4
    rules = StepRules(
        vocab=VOCAB, max_steps=4, t_min=0.4, t_max=0.8, bound=1.0, stability=1, confidence=0.3
    )
    canvas = torch.arange(batch * TOKENS, dtype=torch.int32, device=maker.device) % VOCAB
    state = StepState.start(canvas.view(batch, TOKENS), free, rules)
    slots = maker.ids(*range(4, TOKENS))
    seeds = torch.arange(1, batch + 1, device=maker.device).repeat_interleave(free)
    draws = Draws(seeds, slots.repeat(batch), state.step[:1])
    found = torch.arange(batch * free, dtype=torch.int32, device=maker.device)
    entropy = torch.linspace(0, 0.5, batch * free, device=maker.device)
    return state, slots, found, found % 7, entropy, draws, rules


def _attention(maker: Maker) -> Arguments:
    queries = maker.normal(2, HEADS, TOKENS, HEAD_DIM)
    return queries, *maker.normal(2, 2, KEY_HEADS, RING, HEAD_DIM, seed=1)


def _in_parts(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Run `attention_in_parts` on rows cut in two."""
    halves = [(one[:, :, :1], one[:, :, 1:]) for one in (keys, values)]
    return attention_in_parts(queries, list(zip(*halves, strict=True)))


def _quick(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Run `moe_quick` on weights that lie as the definition's do."""
    return moe_quick(x, gate_up.mT.contiguous(), down.mT.contiguous(), index, weights)


def _moe(maker: Maker) -> Arguments:
    gate_up = maker.normal(EXPERTS, 2 * INNER, HIDDEN, seed=1) / HIDDEN**0.5
    down = maker.normal(EXPERTS, HIDDEN, INNER, seed=2) / INNER**0.5
    tokens = torch.arange(TOKENS, device=maker.device)[:, None]
    index = (tokens + torch.arange(TOP_K, device=maker.device)) % EXPERTS
    weights = torch.full((TOKENS, TOP_K), 1 / TOP_K, device=maker.device)
    return maker.normal(TOKENS, HIDDEN), gate_up, down, index, weights
