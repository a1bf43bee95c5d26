"""Measure what each part of the objective is worth: `python packaging/model/ablations.py`.

Trains a model on for a few steps, once for every part without that part, on the same text in the
same order, and probes what each has learned on validation text. The further the model it starts
from is behind the recipe, the more there is to see. What only shows from the start, as the causal
warm-up and the experts, is trained longer and from random weights. Resumable: what is done, or was
stopped, is taken up from its folder.
"""

import argparse
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import torch
from batches import BatchMaker
from figures import keep
from recipe import Recipe
from tokenizers import Tokenizer
from train import Trainer

log = logging.getLogger(__name__)

# Small batches, and no causal warm-up, which the model at the start has had.
BASE: Final = replace(Recipe(), batch_size=16, total_steps=60, causal_steps=0, warmup_steps=10)
VARIANTS: Final[dict[str, dict[str, Any]]] = {
    "as at the start": {"total_steps": 0},
    "everything": {},
    "everything, another seed": {"seed": 1},
    "one gap in a canvas": {"more_gaps_share": 0.0},
    "known rows not marked": {"marks_known_rows": False},
    "no causal loss beside": {"causal_weight": 0.0},
    "no self-conditioning": {"self_conditioning_share": 0.0},
    "noise levels all as likely": {"pure_noise_share": 0.0},
    "no whole canvases": {"whole_canvas_share": 0.0},
    "no surplus slots": {"exact_length_share": 1.0},
    "no ends inside words": {"cut_token_share": 0.0},
}
FROM_SCRATCH: Final[dict[str, dict[str, Any]]] = {
    "from scratch": {},
    "from scratch, no causal warm-up": {"causal_steps": 0},
    # As many weights are used for a token: two experts of two instead of two of eight.
    "from scratch, two experts": {"num_experts": 2},
}
SCRATCH_STEPS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A kind of validation batch, as changes to the recipe: one gap at pure noise unless said."""

    lengths: tuple[int, int]  # tokens in the gap
    changes: dict[str, float]
    two_passes: bool = False  # the second with the beliefs of the first

    def recipe(self, recipe: Recipe) -> Recipe:
        """Return the recipe whose batches are this probe's."""
        gap: dict[str, Any] = {
            "seed": 0,
            "span_lengths": (self.lengths,),
            "span_shares": (1.0,),
            "more_gaps_share": 0.0,
            "whole_canvas_share": 0.0,
            "exact_length_share": 1.0,
            "cut_token_share": 0.0,
            "pure_noise_share": 1.0,
        }
        return replace(recipe, **gap | self.changes)


PROBES: Final = {
    "single": Probe(lengths=(1, 1), changes={}),
    "four": Probe(lengths=(4, 4), changes={}),
    "four, second pass": Probe(lengths=(4, 4), changes={}, two_passes=True),
    "inside words": Probe(lengths=(1, 1), changes={"cut_token_share": 1.0}),
    "surplus": Probe(lengths=(2, 4), changes={"exact_length_share": 0.0}),
    "old text": Probe(lengths=(5, 12), changes={"pure_noise_share": 0.0}),
    "whole canvas": Probe(
        lengths=(1, 1), changes={"whole_canvas_share": 1.0, "pure_noise_share": 0.0}
    ),
}


@torch.no_grad()
def probe(trainer: Trainer, data: Path, batches: int) -> dict[str, float]:
    """Return the share of tokens that each probe's free rows rank first, and the causal share."""
    tokenizer = Tokenizer.from_file(str(data / "tokenizer.json"))
    figures: dict[str, float] = {}
    for name, one in PROBES.items():
        makers = BatchMaker(one.recipe(trainer.recipe), data, "validation", tokenizer)
        hits, causal = [], []
        for index in range(batches):
            batch = makers.denoising(index)
            generator = torch.Generator().manual_seed(index)
            with trainer.autocast():
                _, metrics = trainer.objective.denoising(batch, one.two_passes, generator)
            hits.append(metrics["denoising_accuracy"].item())
            causal.append(metrics["causal_accuracy"].item())
        figures |= {name: round(fmean(hits), 3), "causal": round(fmean(causal), 3)}
    return figures


def ablate(
    start_from: Path, data: Path, folder: Path, steps: int, batches: int, only: re.Pattern[str]
) -> Iterator[tuple[str, dict[str, float]]]:
    """Train and probe the variants whose names match; yields names and figures."""
    for name in filter(only.search, VARIANTS | FROM_SCRATCH):
        own = folder / name.replace(" ", "_").replace(",", "")
        own.mkdir(parents=True, exist_ok=True)
        for path in [*data.glob("*.npy"), data / "tokenizer.json"]:
            if not (own / path.name).exists():
                (own / path.name).symlink_to(path.resolve())
        if name in FROM_SCRATCH:
            length = {"total_steps": SCRATCH_STEPS, "causal_steps": SCRATCH_STEPS // 3}
            recipe = replace(BASE, **length | FROM_SCRATCH[name])
            trainer = Trainer(recipe, own, "cpu")
        else:
            recipe = replace(BASE, **{"total_steps": steps} | VARIANTS[name])
            trainer = Trainer(recipe, own, "cpu", start_from)
        trainer.run(checkpoint_every=20)
        figures = probe(trainer, data, batches)
        log.info("%s %s", name, figures)
        yield name, {"steps": recipe.total_steps, "seconds": round(trainer.seconds), **figures}


def main() -> None:
    """Run the ablations and write what came out after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--start-from", type=Path, default=Path(BASE.model_folder))
    parser.add_argument("--data", type=Path, default=Path(BASE.data_folder))
    parser.add_argument("--folder", type=Path, default=Path("build/ablations"))
    parser.add_argument("--out", type=Path, default=Path(BASE.model_folder) / "ablations.json")
    parser.add_argument("--steps", type=int, default=BASE.total_steps)
    parser.add_argument("--batches", type=int, default=24, help="of 16 sequences, for each probe")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="by pattern")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    places = (arguments.start_from, arguments.data, arguments.folder)
    for name, figures in ablate(*places, arguments.steps, arguments.batches, arguments.only):
        keep(arguments.out, (name,), figures)


if __name__ == "__main__":
    main()
