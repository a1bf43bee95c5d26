"""The one registry of shapes, and random weights of them, made on the device in their packing."""

from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.canvas_step import CanvasStep, StepShape
from kernels.model_pass import ConditioningWeights, LayerContext, LayerWeights, ModelWeights
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from kernels.step import StepRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """One model's sizes."""

    name: str
    hidden: int
    dense: int
    vocab: int
    num_experts: int
    inner: int
    top_k: int
    heads: int
    sliding: tuple[int, int]  # key heads, head size
    full: tuple[int, int]
    window: int
    num_layers: int
    full_every: int
    canvases: tuple[int, ...]
    contexts: tuple[int, ...]

    def is_full(self, layer: int) -> bool:
        """Return True for layers without a window."""
        return (layer + 1) % self.full_every == 0


LARGE = Shapes(
    name="DiffusionGemma 26B-A4B", hidden=2816, dense=2112, vocab=262_144, num_experts=128,
    inner=704, top_k=8, heads=16, sliding=(8, 256), full=(2, 512), window=1024, num_layers=30,
    full_every=6, canvases=(256, 64), contexts=(1024, 8192),
)  # fmt: skip
# Runs on a CPU with the twins, to see that the benchmark itself works.
TINY = Shapes(
    name="tiny", hidden=64, dense=32, vocab=128, num_experts=4, inner=32, top_k=2, heads=4,
    sliding=(2, 16), full=(1, 16), window=8, num_layers=2, full_every=2, canvases=(8,),
    contexts=(20,),
)  # fmt: skip


class Maker:
    """Makes random tensors on one device; weights have the spread of trained ones."""

    def __init__(self, device: torch.device, dtype: torch.dtype, experts: str) -> None:
        """Choose where, the activations' dtype, and the experts' format: nvfp4 or int4."""
        self.device, self.dtype, self.experts = device, dtype, experts

    def normal(self, *shape: int) -> Tensor:
        """Return standard normal activations."""
        return torch.randn(shape, device=self.device).to(self.dtype)

    def norm(self, size: int) -> Tensor:
        """Return a norm's weight."""
        return torch.rand(size, device=self.device).add_(0.5).to(self.dtype)

    def int8(self, out: int, inputs: int) -> Int8Channel:
        """Return 8-bit weights with outputs of order 1."""
        codes = torch.randint(-127, 128, (out, inputs), dtype=torch.int8, device=self.device)
        scale = inputs**-0.5 / 73
        return Int8Channel(codes, torch.full((out,), scale, device=self.device))

    def four_bit(self, num: int, out: int, inputs: int) -> Nvfp4 | Int4Group:
        """Return `num` experts with outputs of order 1."""
        shape, size = (num, out, inputs // 2), inputs**-0.5
        codes = torch.randint(0, 256, shape, dtype=torch.uint8, device=self.device)
        if self.experts == "int4":
            scales = torch.full((num, out, inputs // 32), size / 4.6, device=self.device)
            return Int4Group(codes, scales.bfloat16())
        bits = torch.randint(0x50, 0x60, (num, out, inputs // 16), device=self.device)
        scales = bits.to(torch.uint8).view(torch.float8_e4m3fn)  # 8 to 30
        return Nvfp4(codes, scales, torch.full((num,), size / 50, device=self.device))

    def layer(self, shapes: Shapes, index: int) -> LayerWeights:
        """Return one layer."""
        is_full = shapes.is_full(index)
        groups, size = shapes.full if is_full else shapes.sliding
        width = shapes.heads + groups * (1 if is_full else 2)
        norms = {
            name: self.norm(shapes.hidden)
            for name in (
                "input_norm", "post_attention", "pre_dense", "pre_experts", "post_dense",
                "post_experts", "post_feed_forward",
            )
        }  # fmt: skip
        hidden = shapes.hidden
        return LayerWeights(
            qkv=self.int8(width * size, hidden),
            out=self.int8(hidden, shapes.heads * size),
            query_norm=self.norm(size) * size**-0.25,
            key_norm=self.norm(size) * size**-0.25,
            num_kv_heads=groups,
            has_values=not is_full,
            dense_gate_up=self.int8(2 * shapes.dense, hidden),
            dense_down=self.int8(hidden, shapes.dense),
            router=self.normal(shapes.num_experts, hidden) * hidden**-0.5,
            expert_scale=torch.ones(shapes.num_experts, device=self.device),
            experts_gate_up=self.four_bit(shapes.num_experts, 2 * shapes.inner, hidden),
            experts_down=self.four_bit(shapes.num_experts, hidden, shapes.inner),
            scalar=torch.ones(1, device=self.device),
            encoder_scalar=torch.ones(1, device=self.device),
            top_k=shapes.top_k,
            eps=1e-6,
            **norms,
        )

    def model(self, shapes: Shapes) -> ModelWeights:
        """Return the whole denoiser."""
        return ModelWeights(
            embedding=self.int8(shapes.vocab, shapes.hidden),
            layers=tuple(self.layer(shapes, index) for index in range(shapes.num_layers)),
            final_norm=self.norm(shapes.hidden),
            conditioning=ConditioningWeights(
                norm=self.norm(shapes.hidden),
                gate_up=self.int8(2 * shapes.dense, shapes.hidden),
                down=self.int8(shapes.hidden, shapes.dense),
                eps=1e-6,
            ),
            eps=1e-6,
            cap=30.0,
        )

    def contexts(self, shapes: Shapes, length: int, rows: int) -> list[LayerContext]:
        """Return what `length` committed positions leave in each layer's ring."""
        return [self.context(shapes, i, length, rows) for i in range(shapes.num_layers)]

    def context(self, shapes: Shapes, layer: int, length: int, rows: int) -> LayerContext:
        """Return the same of one layer."""
        groups, size = shapes.full if shapes.is_full(layer) else shapes.sliding
        kept = length if shapes.is_full(layer) else shapes.window - 1
        angles = torch.rand(rows, size // 2, device=self.device).repeat(1, 2)
        rings = self.normal(kept, groups, size), self.normal(kept, groups, size)
        return LayerContext(*rings, angles.cos().to(self.dtype), angles.sin().to(self.dtype))

    def step(self, shapes: Shapes, model: ModelWeights, rows: int, length: int) -> CanvasStep:
        """Return a denoising step of one canvas without known rows."""
        rules = StepRules(
            vocab=shapes.vocab, max_steps=10**6, t_min=0.4, t_max=0.8, bound=0.1, stability=1,
            confidence=-1.0,
        )  # fmt: skip
        committed = torch.tensor([length], dtype=torch.int32, device=self.device)
        shape = StepShape(batch=1, rows=rows, slots=rows)
        contexts = self.contexts(shapes, length, rows)
        step = CanvasStep(model, contexts, committed, shape, rules)
        step.state.canvas.random_(shapes.vocab)
        return step
