"""How well regions fit: `python packaging/model/bench_infill.py --out build/bench_infill.json`.

One to four words, or pieces of code, are cut out of validation documents and filled again: with
their true length, with a length the engine has to find, without ranking, and without the text
behind. The drafts that a fill starts from are ranked, and its three candidates are again. "First
candidate" goes without the second of these, "not ranked" without both: a draft is taken by chance.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, Final
from unittest.mock import patch

import torch
from recipe import KINDS, Recipe
from tasks import TextTask, text_tasks

from engine.api import Generate, Length, RunSettings, SamplerOptions
from engine.infill import CandidateDone, ContextCache, InfillJob, make_plan
from engine.infill.beam_search import CausalDraft
from engine.infill.drafting import Drafts
from engine.infill.plan import healed_slots
from engine.loading import LoadedModel, load_model
from engine.measure.cuts import cut_words
from engine.measure.outcome import similarity
from engine.region.region import Region
from engine.region.seams import seam_errors

CANDIDATES: Final = 3
ROWS: Final = (
    "true length",
    "auto",
    "auto, first candidate",
    "auto, not ranked",
    "true length, left only",
)
Sample = dict[str, float]


def run(
    loaded: LoadedModel, task: TextTask, kind: str, seed: int, options: dict[str, Any]
) -> tuple[list[CandidateDone], float]:
    """Fill a task's gap; return the candidates in the order of their seeds, and the time."""
    after = options.get("after", task.after)
    settings = {name: value for name, value in options.items() if name != "after"}
    request = Generate(
        job_id=0,
        revision=0,
        before=task.before,
        region="",
        after=after,
        language="python" if kind == "code" else "",
        settings=RunSettings(candidates=CANDIDATES, seed=seed, **settings),
    )
    start = time.perf_counter()
    job = InfillJob.planned(loaded.engine(SamplerOptions()), request, ContextCache())
    done = [item for item in job.run() if isinstance(item, CandidateDone)]
    done.sort(key=lambda one: one.candidate)
    return done, (time.perf_counter() - start) * 1e3


def sample(loaded: LoadedModel, task: TextTask, one: CandidateDone, kind: str, ms: float) -> Sample:
    """Return the figures of one fill."""
    text, wanted, encode = one.draft.text, task.region, loaded.codec.encode
    result = {
        "exact": float(text == wanted),
        "similarity": similarity(text, wanted),
        "length_error": float(abs(len(encode(text)) - len(encode(wanted)))),
        "seam_errors": float(seam_errors(task.before, text, task.after, wanted)),
        "steps": float(one.steps),
        "ms": ms,
    }
    if kind == "code":
        result["parses"] = float(task.parses_with(text))
    return result


def true_slots(loaded: LoadedModel, task: TextTask) -> int:
    """Return how many slots the old text takes, without those that healed text takes for itself."""
    engine = loaded.engine(SamplerOptions())
    request = Generate(
        job_id=0, revision=0, before=task.before, region=task.region, after=task.after
    )
    plan = make_plan(engine, Region.of(request))
    old = len(plan.old) or plan.num_slots
    return max(1, old - healed_slots(loaded.codec, plan.healed))


def _by_chance(drafts: Drafts, generators: Sequence[torch.Generator]) -> list[CausalDraft]:
    count = (len(drafts.scored),)
    places = [torch.randint(*count, (1,), generator=one) for one in generators]
    return [drafts.scored[int(place)] for place in places]


def bench(
    loaded: LoadedModel, data: Path, kinds: Sequence[str], count: int, rows: Sequence[str]
) -> dict[str, Any]:
    """Return the rows asked for, prose and code apart."""
    table: dict[str, Any] = {}
    for kind in kinds:
        samples: dict[str, list[Sample]] = defaultdict(list)
        for seed, task in enumerate(text_tasks(data, kind, cut_words, count)):
            true = true_slots(loaded, task)
            variants: dict[str, dict[str, Any]] = {
                "true length": {"num_slots": true},
                "auto": {"length": Length()},
                "auto, not ranked": {"length": Length(), "candidates": 1},
                "true length, left only": {"num_slots": true, "after": ""},
            }
            for name, options in variants.items():
                if name not in rows:
                    continue
                drawn = _by_chance if name == "auto, not ranked" else Drafts.drawn
                with patch.object(Drafts, "drawn", drawn):
                    done, ms = run(loaded, task, kind, seed, options)
                best = max(done, key=lambda one: one.score.total)
                samples[name].append(sample(loaded, task, best, kind, ms))
                if name == "auto":
                    first = sample(loaded, task, done[0], kind, ms)
                    samples["auto, first candidate"].append(first)
        table[kind] = {name: _means(samples[name]) for name in ROWS if samples[name]}
        for name, row in table[kind].items():
            print(f"{kind:<6}{name:<24}{json.dumps(row)}", flush=True)
    return table


def _means(samples: list[Sample]) -> dict[str, float]:
    return {"tasks": len(samples)} | {
        name: round(fmean(one[name] for one in samples), 3) for name in samples[0]
    }


def main() -> None:
    """Bench a model folder."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(recipe.model_folder))
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    parser.add_argument("--out", type=Path, default=Path("build/bench_infill.json"))
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--tasks", type=int, default=300)
    parser.add_argument("--rows", nargs="+", default=ROWS, choices=ROWS)
    arguments = parser.parse_args()
    if not (arguments.data / "validation_code.jsonl").exists():
        print(f"skipped: {arguments.data} holds no validation text; prepare it with `make model`")
        return
    loaded = load_model(arguments.model, "cpu")
    table = bench(loaded, arguments.data, arguments.kinds, arguments.tasks, arguments.rows)
    arguments.out.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
