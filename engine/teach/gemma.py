"""Teaching DiffusionGemma: what is trained of a checkpoint, and on what.

LoRA (Hu et al. 2021, arXiv 2106.09685) beside attention and the dense MLP of every layer; experts
and router stay as they are. The objective is the one that NVIDIA publishes for this architecture
(NeMo AutoModel, "Fine-Tuning DiffusionGemma"): a share of a canvas, drawn evenly from all shares,
is replaced by tokens drawn evenly from the vocabulary; the canvas is denoised behind its context,
and the cross-entropy of all its rows counts, replaced or not. Half of the sequences are told what a
first pass believed. The context is learned as well, from left to right: the same weights read it.

Dimensions: B sequences, P rows of what stands before a text, T of context, L of the canvas.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.checkpoints.lora import PREFIX
from engine.model import DiffusionGemma, KVCache
from engine.model.kv_cache import KeyValue, Past
from engine.model.layers import Attention, Experts, Layer, Rope
from engine.model.quantized import QuantizedExperts, QuantizedLinear
from engine.teach.frozen import FrozenExperts, Taught
from engine.teach.vocabulary import Head

LEAST_NOISE: Final = 0.001  # share of a canvas's rows, as published
CONTEXT: Final = 256  # tokens in front of a canvas
SEQUENCES: Final = 8  # of a step, as published; on a card one after the other
TOLD_SHARE: Final = 0.5  # of sequences that are told what a first pass believed

# The products with a change.
CHANGED: Final = re.compile(r"layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)")
# In `transformers` encoder and decoder are two modules that share each weight: a change is written
# for the decoder alone, and once it is merged both have it. PEFT gets an expression, as the vision
# tower has modules of the same last words.
_MODEL: Final = "model.decoder."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """How large a change there is to learn."""

    rank: int = 16
    alpha: float = 32.0  # changes count alpha / rank
    seed: int = 0  # of the halves that do not begin at zero

    @property
    def scale(self) -> float:
        """The factor of a change."""
        return self.alpha / self.rank


class GemmaStudent:
    """A frozen DiffusionGemma, packed or not, with LoRA halves that are trained."""

    def __init__(
        self,
        model: DiffusionGemma,
        base: str,
        lora: Lora,
        opening: Sequence[int] = (),
        context: int = CONTEXT,
    ) -> None:
        """Put the halves into a loaded model, which is a student's from then on.

        Args:
            model: As `engine.loaders` returns it, before anything else was made of its layers.
            base: What the file calls the model: its repository or its folder.
            lora: The size of the change.
            opening: Token ids before every text, such as those of a conversation's turns.
            context: Tokens in front of a canvas.
        """
        self.model, self.lora, self.base = model, lora, base
        self.length = context + model.config.canvas_length
        self.trained = _install(model, lora)
        self._opening = torch.tensor(opening, dtype=torch.long, device=model.device)
        self._head = Head(model)

    def loss(self, ids: Tensor, random: torch.Generator) -> Tensor:
        """Return the loss of sequences [B, length], mean nats, a scalar.

        The mean of two: of the canvas's rows, and of the tokens that the context goes on with.

        Args:
            ids: Token ids of the user's text.
            random: Of the processor; decides everything that is drawn.
        """
        size, ids = self.model.config.canvas_length, ids.to(self.model.device)
        canvas = ids[:, -size:]
        before = torch.cat([self._opening.expand(len(ids), -1), ids[:, :-size]], dim=1)
        noisy, is_told = self._drawn(canvas, random)
        cache = KVCache(self.model.config)
        read = self.model.encode(before, cache)
        soft = self._believed(noisy, is_told, cache)
        seen = self.model.denoise(noisy, soft, cache)
        following = torch.cat([before[:, 1:], canvas[:, :1]], dim=1)
        # Nobody writes the opening.
        own = slice(max(len(self._opening) - 1, 0), None)
        causal = self._head.losses(read[:, own].flatten(0, 1), following[:, own].flatten())
        denoised = self._head.losses(seen.flatten(0, 1), canvas.flatten())
        return (causal.mean() + denoised.mean()) / 2

    def peft_config(self) -> dict[str, object]:
        """Return what `adapter_config.json` says."""
        return {
            "peft_type": "LORA",
            "base_model_name_or_path": self.base,
            "r": self.lora.rank,
            "lora_alpha": self.lora.alpha,
            "lora_dropout": 0.0,
            "bias": "none",
            "target_modules": re.escape(_MODEL) + CHANGED.pattern,
            "inference_mode": True,
        }

    def _drawn(self, canvas: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return canvases [B, L] with noise in them, and which of them are told something [B]."""
        count, vocab = len(canvas), self.model.config.vocab_size
        share = LEAST_NOISE + (1 - LEAST_NOISE) * torch.rand(count, 1, generator=random)
        is_noise = torch.rand(canvas.shape, generator=random) < share
        noise = torch.randint(vocab, canvas.shape, generator=random)
        is_told = torch.rand(count, generator=random) < TOLD_SHARE
        device = canvas.device
        return torch.where(is_noise.to(device), noise.to(device), canvas), is_told.to(device)

    @torch.no_grad()
    def _believed(self, noisy: Tensor, is_told: Tensor, cache: KVCache) -> Tensor | None:
        """Return what rows are told of a first pass [B, L, M]; None: nobody is told anything."""
        if not is_told.any():
            return None
        seen = self.model.denoise(noisy, None, cache)
        soft = self._head.beliefs(seen.flatten(0, 1)).view_as(seen)
        return soft * is_told[:, None, None]


class Checkpointed(nn.Module):
    """A layer, called as `Layer` is, that keeps its input and computes the rest again."""

    def __init__(self, layer: Layer) -> None:
        """Wrap a layer."""
        super().__init__()
        self.layer = layer

    def forward(
        self,
        x: Tensor,
        rope: Rope,
        past: Past = (),
        mask: Tensor | None = None,
        is_encoder: bool = False,
    ) -> tuple[Tensor, KeyValue]:
        """Map x [B, L, M] to [B, L, M]; the rest as in `Layer.forward`."""
        given = (x, rope, past, mask, is_encoder)
        # Nothing in a layer is drawn, and threads share the generator that would be put back.
        out: tuple[Tensor, KeyValue] = checkpoint(
            self._run, *given, use_reentrant=False, preserve_rng_state=False
        )
        return out

    def _run(
        self, x: Tensor, rope: Rope, past: Past, mask: Tensor | None, is_encoder: bool
    ) -> tuple[Tensor, KeyValue]:
        hidden, (keys, values) = self.layer(x, rope, past, mask, is_encoder)
        # Views of what they were cut out of, all heads' queries, would keep that as well.
        return hidden, (keys.contiguous(), values.contiguous())


def _install(model: DiffusionGemma, lora: Lora) -> dict[str, Tensor]:
    """Put a change beside each product that has one; return all halves by their names on disk."""
    random, halves = torch.Generator().manual_seed(lora.seed), dict[str, Tensor]()
    for name, module in list(model.named_modules()):
        if isinstance(module, Attention):
            module.unpack()
        elif isinstance(module, Experts | QuantizedExperts):
            model.set_submodule(name, FrozenExperts(module))
        elif CHANGED.fullmatch(name):
            outputs, inputs = _shape(module)
            # As PEFT begins: a change of nothing at all.
            a = (torch.rand(lora.rank, inputs, generator=random) * 2 - 1) / sqrt(inputs)
            pair = [a, torch.zeros(outputs, lora.rank)]
            a, b = (half.to(model.device).requires_grad_() for half in pair)
            place = f"{PREFIX}{_MODEL}{name}.lora_"
            halves |= {f"{place}A.weight": a, f"{place}B.weight": b}
            model.set_submodule(name, Taught(module, a, b, lora.scale))
    model.rebuild(lambda _, layer: Checkpointed(layer), lambda own: own)
    return halves


def _shape(linear: nn.Module) -> tuple[int, int]:
    """Return the outputs and inputs of a product, without unpacking it."""
    weight = linear.record if isinstance(linear, QuantizedLinear) else linear.weight
    outputs, inputs = weight.shape  # type: ignore[misc]
    return outputs, inputs
