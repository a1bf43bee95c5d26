"""Inlay Small as a student: one low-rank change of its base, which both of its passes use.

The causal pass is the base and what is taught; the canvas pass is the base, the shipped adapter
and what is taught. What is learned of the text from the left so helps a draft of either kind.
"""

import math
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from engine.checkpoints.gguf_llama import LlamaFile
from engine.checkpoints.lora import PREFIX
from engine.hub.base import Base
from engine.loaders.llama_checkpoint import Adapter
from engine.model.llama import LlamaConfig
from engine.teach.canvases import Drawing, draw_canvases
from engine.teach.denoising import Change, Denoiser, Encoded, cross_entropy
from engine.teach.network import Factors, Network, Shape, products

RANK: Final = 16
SCALE: Final = 2.0
# One canvas a sequence: a quarter of the work. Gaps are those of words and lines, which are what
# the editor is mostly asked for.
_DRAWING: Final = Drawing(
    length=256,
    windows=(64, 128, 176),
    window_shares=(1, 2, 3),
    canvases=1,
    gap_lengths=(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20),
    gap_shares=(16, 14, 11, 10, 8, 8, 8, 7, 6, 4, 2),
    known_runs=(3, 12),
)


class SmallStudent:
    """See `engine.teach.student.Student`."""

    def __init__(
        self,
        folder: Path,
        device: torch.device,
        *,
        seed: int = 0,
        rank: int = RANK,
        drawing: Drawing = _DRAWING,
    ) -> None:
        """Read a model's base and shipped adapter.

        Args:
            folder: Of a model with a denoising adapter.
            device: Where it is trained.
            seed: Decides where the halves begin.
            rank: Of what is taught.
            drawing: The canvases it learns on.

        Raises:
            ModelFolderError: If anything is missing, damaged or belongs to another base.
        """
        base = Base.of(folder)
        file = LlamaFile(base.locate(folder))
        base.check(file.path)
        config = LlamaConfig(canvas_length=drawing.canvas, base=base.name, **file.config())
        self.base, self.device = base, device
        self._shape, self._rank, self._drawing = Shape.of(file.config()), rank, drawing
        self._network = Network(dict(file.weights()), self._shape, device, compiles=False)
        shipped = Adapter(folder, config)
        self._free = shipped.free.bfloat16().to(device)
        self._told = shipped.told.bfloat16().to(device)
        self._shipped = {
            name: self._halves(shipped, name, *sizes) for name, *sizes in self._parts()
        }
        self._untold = replace(drawing, drafted_share=0.0, believed_share=0.0)
        self.length = drawing.length
        self.trained = self._fresh(seed)

    def loss(self, ids: Tensor, random: torch.Generator) -> Tensor:
        """Return the mean loss of all tokens to be found, from the left and in canvases."""
        ids = ids.to(self.device)
        seed = int(torch.randint(2**62, (), generator=random))
        # What canvases are told hangs on how well the text is known from the left, and tokens told
        # rightly count less: looks at the loss are compared, and so have none of that.
        drawing = self._drawing if torch.is_grad_enabled() else self._untold
        canvases = draw_canvases(drawing, len(ids), np.random.default_rng(seed))
        taught, change = self._factors()
        text = Encoded(ids, *self._network.encode(ids, taught))
        states, targets = text.states[:, :-1].flatten(0, 1), ids[:, 1:].flatten()
        causal = cross_entropy(states, self._network.embedding, targets)
        denoiser = Denoiser(self._network, change, drawing)
        found = denoiser.loss(text, canvases.to(self.device), random)
        # Each token that is to be found counts the same, in a gap by the gap's length: with as much
        # weight on the few in canvases their chance drowned what all the others say.
        total = causal.sum() + (found.losses * found.weights).sum()
        return total / (len(causal) + found.weights.sum())

    def peft_config(self) -> dict[str, object]:
        """Return the configuration that PEFT reads."""
        names = {name.rpartition(".")[2] for name, *_ in self._parts()}
        return {
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": self.base.name,
            "r": self._rank,
            "lora_alpha": SCALE * self._rank,
            "target_modules": sorted(names),
            "lora_dropout": 0.0,
            "bias": "none",
            "fan_in_fan_out": False,
            "inference_mode": True,
        }

    def _parts(self) -> list[tuple[str, int, int]]:
        """Return every product's parts, by their names in `transformers`, with sizes out and in."""
        return [
            (f"layers.{layer}.{name}", width, size)
            for layer in range(self._shape.layers)
            for parts, size in products(self._shape).values()
            for name, width in parts
        ]

    def _fresh(self, seed: int) -> dict[str, Tensor]:
        """Return halves that change nothing yet."""
        random, found = torch.Generator().manual_seed(seed), dict[str, Tensor]()
        for name, width, size in self._parts():
            a = torch.randn(self._rank, size, generator=random) / math.sqrt(size)
            for letter, half in (("A", a), ("B", torch.zeros(width, self._rank))):
                leaf = half.to(self.device).requires_grad_()
                found[f"{PREFIX}model.{name}.lora_{letter}.weight"] = leaf
        return found

    def _halves(self, shipped: Adapter, name: str, width: int, size: int) -> tuple[Tensor, Tensor]:
        a, b = shipped.change(name, torch.Size((width, size)))
        return a.bfloat16().to(self.device), b.bfloat16().to(self.device)

    def _factors(self) -> tuple[list[list[Factors]], Change]:
        """Return the causal pass's factors, and what the canvas pass has, as they are now."""
        causal, canvas = list[list[Factors]](), list[list[Factors]]()
        for layer in range(self._shape.layers):
            own, both = list[Factors](), list[Factors]()
            for parts, _ in products(self._shape).values():
                names = [f"layers.{layer}.{name}" for name, _ in parts]
                taught = [self._taught(name) for name in names]
                shipped = [self._shipped[name] for name in names]
                own.append((torch.cat([a for a, _ in taught]), *(b for _, b in taught)))
                pairs = list(zip(shipped, taught, strict=True))
                a = torch.cat([half for one, other in pairs for half in (one[0], other[0])])
                both.append((a, *(torch.cat((one[1], other[1]), 1) for one, other in pairs)))
            causal.append(own)
            canvas.append(both)
        return causal, Change(canvas, self._free, self._told)

    def _taught(self, name: str) -> tuple[Tensor, Tensor]:
        a, b = (self.trained[f"{PREFIX}model.{name}.lora_{letter}.weight"] for letter in "AB")
        return a.bfloat16(), (b * SCALE).bfloat16()
