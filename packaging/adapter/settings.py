"""Every setting of Inlay Small's denoising adapter: data, objective, optimizer."""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

import torch

from engine.teach.canvases import Drawing

KINDS: Final = ("prose", "code")
# The token between documents in the base's own training; here also what stands before a text.
DOCUMENT_BORDER: Final = 0

NO_BASE: Final = "the base is not here; `make setup` brings it, or name its file with --base"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings(Drawing):
    """Every number that decides what the adapter becomes."""

    folder: str = "build/adapter"
    seed: int = 20261129

    # The adapter: LoRA (arXiv 2106.09685) on every linear layer; the base is never changed.
    rank: int = 32
    scale: float = 2.0

    # A batch: sequences that are encoded once, causally; canvases begin anywhere in them.
    sequences: int = 8  # half prose, half code
    reuse: int = 3  # optimizer steps on one encoded batch, with other canvases

    learning_rate: float = 1e-3
    warmup_steps: int = 50
    total_steps: int = 6000
    minutes: float | None = None  # the training's whole time, if it ends before its last step
    decay_share: float = 0.4  # of steps or minutes, at the end, linear to zero
    clip: float = 1.0
    average: float = 0.996  # of the weights from step to step; what is probed and shipped


# What a card of this decade does in ten minutes. More context, because what a canvas looks back on
# costs a card little.
ON_A_CARD: Final = Settings(
    sequences=96,
    length=576,
    windows=(16, 64, 160, 256, 448),
    window_shares=(1, 3, 4, 3, 2),
    canvases=6,
    reuse=2,
    learning_rate=1.5e-3,
    warmup_steps=100,
    total_steps=100_000,
    minutes=8.0,
    average=0.998,
)


def read_settings(text: str) -> Settings:
    """Return the settings with those in a JSON object instead, as `--settings` has them."""
    values: dict[str, Any] = json.loads(text)
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return replace(default_settings(), **{**values, **lists})


def default_settings() -> Settings:
    """Return the settings that suit this machine."""
    return ON_A_CARD if torch.cuda.is_available() else Settings()
