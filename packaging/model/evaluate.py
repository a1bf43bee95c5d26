"""Measure a model folder on validation text: `python packaging/model/evaluate.py --show 10`.

Gaps of known length are filled by the engine itself, with the text on both sides and with the text
on the left alone; the causal figure is the same weights' next-token accuracy as an encoder.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from batches import TokenStream
from recipe import EOS, KINDS, Recipe

from engine.infill import InfillPlan, InfillStep, infill
from engine.infill.infill import encode_context
from engine.model import KVCache
from engine.runtime import LoadedModel, load_model
from engine.sampler import Sampler

GAPS: Final = (1, 2, 4, 8)  # tokens
Result = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A stretch of validation text with a gap."""

    before: list[int]
    gap: list[int]
    after: list[int]


def tasks(stream: TokenStream, gap: int, count: int, loaded: LoadedModel) -> Iterator[Task]:
    """Draw `count` tasks, the same ones for every model."""
    context = loaded.profile.context_length or 128
    canvas = loaded.checkpoint.config.canvas_length
    rows = stream.rows(2 * count, context + canvas, np.random.default_rng(gap))
    inside = [row for row in rows.tolist() if EOS not in row[context - 8 : context + gap + 8]]
    for row in inside[:count]:
        middle = context + gap
        yield Task(before=row[:context], gap=row[context:middle], after=row[middle:])


def fill(loaded: LoadedModel, task: Task, slots: int, sees_after: bool, seed: int) -> InfillStep:
    """Fill a gap of `slots` slots and return the last step."""
    plan = InfillPlan(
        prefix=tuple(task.before),
        num_slots=slots,
        suffix=tuple(task.after[: loaded.checkpoint.config.canvas_length - slots])
        if sees_after
        else (),
        blocks=(slots,),
    )
    model = loaded.checkpoint.model
    sampler = Sampler.from_config(loaded.checkpoint.generation)
    generator = torch.Generator().manual_seed(seed)
    cache = encode_context(model, plan)
    *_, last = infill(model, loaded.codec, loaded.profile, plan, sampler, generator, cache)
    return last


def evaluate_gap(
    loaded: LoadedModel, stream: TokenStream, gap: int, count: int, sees_after: bool
) -> Result:
    """Return the figures of one gap length, the length given."""
    exact, similar, steps, done = 0, 0.0, 0, 0
    for seed, task in enumerate(tasks(stream, gap, count, loaded)):
        last = fill(loaded, task, gap, sees_after, seed)
        text = loaded.codec.decode(task.gap, errors="ignore")
        exact += last.draft.text == text
        similar += SequenceMatcher(None, last.draft.text, text, autojunk=False).ratio()
        steps += last.step
        done += 1
    return {
        "tasks": done,
        "exact": round(exact / done, 3),
        "similarity": round(similar / done, 3),
        "steps": round(steps / done, 1),
    }


@torch.inference_mode()
def causal_accuracy(loaded: LoadedModel, stream: TokenStream, count: int) -> float:
    """Return the share of next tokens the encoder ranks first, with the second half as targets."""
    context = loaded.profile.context_length or 128
    rows = torch.from_numpy(stream.rows(count, context + 1, np.random.default_rng(0)))
    hits = 0.0
    for row in rows:
        cache = KVCache(loaded.checkpoint.config)
        hidden = loaded.checkpoint.model.encode(row[None, :-1], cache)[0, context // 2 :]
        best = loaded.checkpoint.model.logits(hidden).argmax(-1)
        hits += (best == row[context // 2 + 1 :]).float().mean().item()
    return round(hits / count, 3)


def evaluate(loaded: LoadedModel, data: Path, count: int) -> Result:
    """Return every figure, prose and code apart."""
    results: Result = {}
    for kind in KINDS:
        stream = TokenStream(data, "validation", kind)
        row: Result = {"causal_accuracy": causal_accuracy(loaded, stream, count)}
        for gap in GAPS:
            row[f"gap_{gap}"] = evaluate_gap(loaded, stream, gap, count, sees_after=True)
        row["gap_1_left_only"] = evaluate_gap(loaded, stream, 1, count, sees_after=False)
        results[kind] = row
    return results


def show(loaded: LoadedModel, data: Path, count: int) -> None:
    """Print fills of validation text beside what stood there."""
    for kind in KINDS:
        stream = TokenStream(data, "validation", kind)
        for place, gap in enumerate((1, 2, 3, 4, 6)[:count]):
            task = next(tasks(stream, gap, 3, loaded))
            draft = fill(loaded, task, gap, sees_after=True, seed=place).draft
            decode = loaded.codec.decode
            print(f"{kind} …{decode(task.before)[-60:]!r}")
            print(
                f"   was {decode(task.gap)!r}  became {draft.text!r}  {decode(task.after)[:40]!r}…"
            )


def main() -> None:
    """Evaluate a model folder."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(recipe.model_folder))
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    parser.add_argument("--out", type=Path, default=Path(recipe.data_folder) / "evaluation.json")
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    loaded = load_model(arguments.model, "cpu")
    show(loaded, arguments.data, arguments.show)
    results = evaluate(loaded, arguments.data, arguments.tasks)
    arguments.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
