"""Measure a model folder on validation text: `python packaging/model/evaluate.py --show 10`.

Everything is filled by the engine itself. Writes `evaluation.json` beside the weights and prints it
as tables; prose and code stand apart.
"""

import argparse
import json
import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
import torch
from batches import TokenStream
from recipe import EOS, FILLER, KINDS, Recipe
from tasks import (
    Cut,
    TextTask,
    TokenTask,
    cut_line,
    cut_passage,
    cut_sentence,
    text_tasks,
    token_tasks,
)

from engine.api import Generate, SamplerOptions
from engine.infill import CandidateDone, ContextCache, InfillEngine, InfillJob, InfillPlan
from engine.infill.lane import Lane
from engine.infill.ranking import likelihoods
from engine.loading import LoadedModel, load_model
from engine.model import KVCache

GAPS: Final = (1, 2, 4, 8, 16, 32)  # tokens
SURPLUS_SHARE: Final = 0.5  # of a gap's length, where the length is not given
Row = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """What is counted over the tasks of one row."""

    exact: list[bool] = field(default_factory=list)
    similarity: list[float] = field(default_factory=list)
    length_error: list[int] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)  # per slot
    sureness: list[float] = field(default_factory=list)  # per slot, exp(−entropy)
    steps: list[int] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def row(self, length: int) -> Row:
        """Return the figures of gaps of `length` tokens."""
        return {
            "tasks": len(self.exact),
            "exact": round(fmean(self.exact), 3),
            "similarity": round(fmean(self.similarity), 3),
            "token_accuracy": round(fmean(self.right), 3),
            "calibration_error": round(_calibration_error(self.sureness, self.right), 3),
            "length_error": round(fmean(self.length_error), 2),
            "steps": round(fmean(self.steps), 1),
            "tokens_per_step": round(length / fmean(self.steps), 2),
            "ms": round(fmean(self.ms), 1),
        }


def _calibration_error(sureness: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Return the mean distance of exp(−entropy) and accuracy over ten bins, by their size."""
    pairs = sorted(zip(sureness, right, strict=True))
    parts = [pairs[len(pairs) * i // bins : len(pairs) * (i + 1) // bins] for i in range(bins)]
    gaps = [
        abs(fmean(s for s, _ in part) - fmean(r for _, r in part)) * len(part)
        for part in parts
        if part
    ]
    return sum(gaps) / max(len(pairs), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How gaps are filled."""

    drafted: bool = False  # as the editor does, from drafts of the causal pass; else from noise
    sees_after: bool = True
    length: str = "given"  # or "surplus": more slots than needed, or "unknown": the engine finds it


MODES: Final = {
    "": Mode(),
    "_drafted": Mode(drafted=True),
    "_surplus": Mode(length="surplus"),
    "_drafted_length_unknown": Mode(drafted=True, length="unknown"),
    "_left_only": Mode(sees_after=False),
}


def _engine(loaded: LoadedModel, *, drafted: bool) -> InfillEngine:
    engine = loaded.engine(SamplerOptions())
    return replace(engine, profile=replace(engine.profile, drafts_causally=drafted))


def fill_tokens(
    loaded: LoadedModel, task: TokenTask, seed: int, mode: Mode
) -> tuple[Lane, list[int], float]:
    """Fill a gap; return its lane, the tokens found and the milliseconds it took."""
    engine, gap = _engine(loaded, drafted=mode.drafted), len(task.gap)
    slots = gap + max(3, round(SURPLUS_SHARE * gap)) if mode.length == "surplus" else gap
    plan = InfillPlan(
        prefix=tuple(task.before),
        old=(),
        suffix=tuple(task.after) if mode.sees_after else (),
        canvas_length=engine.canvas_length,
        blocks=(slots,),
    )
    given = None if mode.length == "unknown" else slots
    request = Generate(
        job_id=0, revision=0, before="", region="", after="", seed=seed, num_slots=given
    )
    start = time.perf_counter()
    context = ContextCache().encode(engine.model, plan.prefix)
    job = InfillJob.laid_out(engine, request, plan, context)
    if mode.length == "surplus":
        job.lanes[0].takes_filler = True
    *_, done = job.run()
    seen = job.seen(0, done.steps) if isinstance(done, CandidateDone) else None
    assert seen is not None
    ms = (time.perf_counter() - start) * 1e3
    return seen[0], [token for token in seen[1].draft if token != FILLER], ms


def evaluate_gap(loaded: LoadedModel, stream: TokenStream, gap: int, count: int, mode: Mode) -> Row:
    """Return the figures of one gap length."""
    tally, canvas = Tally(), loaded.checkpoint.config.canvas_length
    context = loaded.profile.context_length or 128
    for seed, task in enumerate(token_tasks(stream, gap, count, context, canvas)):
        lane, ids, ms = fill_tokens(loaded, task, seed, mode)
        _count(tally, loaded, task.gap, ids)
        tally.right += [a == b for a, b in zip(ids, task.gap, strict=False)]
        tally.sureness += [math.exp(-nats) for nats in lane.last.entropy[: len(ids)]][:gap]
        tally.steps.append(len(lane.frames))
        tally.ms.append(ms)
    return tally.row(gap)


def _count(tally: Tally, loaded: LoadedModel, wanted: list[int], found: list[int]) -> None:
    texts = [loaded.codec.decode(ids, errors="ignore") for ids in (wanted, found)]
    tally.exact.append(texts[0] == texts[1])
    tally.similarity.append(similarity(*texts))
    tally.length_error.append(abs(len(found) - len(wanted)))


def similarity(one: str, other: str) -> float:
    """Return how much of two texts is the same, 0..1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


@torch.inference_mode()
def causal_fill(loaded: LoadedModel, stream: TokenStream, gap: int, count: int) -> Row:
    """Fill gaps with the same weights from the left, the likeliest token each time."""
    model, tally = loaded.checkpoint.model, Tally()
    context = loaded.profile.context_length or 128
    canvas = loaded.checkpoint.config.canvas_length
    forbidden = [*loaded.profile.forbidden_token_ids, FILLER]
    for task in token_tasks(stream, gap, count, context, canvas):
        start = time.perf_counter()
        cache, given, ids = KVCache(model.config), task.before, []
        for _ in range(gap):
            hidden = model.encode(torch.tensor([given]), cache)
            logits = model.logits(hidden[:, -1])
            logits[:, forbidden] = -torch.inf
            given = [int(logits.argmax())]
            ids += given
        tally.ms.append((time.perf_counter() - start) * 1e3)
        _count(tally, loaded, task.gap, ids)
        tally.right += [a == b for a, b in zip(ids, task.gap, strict=True)]
    row = {"tasks": len(tally.exact), "exact": round(fmean(tally.exact), 3)}
    row["token_accuracy"] = round(fmean(tally.right), 3)
    row["similarity"] = round(fmean(tally.similarity), 3)
    return row | {"ms": round(fmean(tally.ms), 1)}


@torch.inference_mode()
def causal_accuracy(loaded: LoadedModel, stream: TokenStream, count: int) -> float:
    """Return the share of next tokens the encoder ranks first, with the second half as targets."""
    context = loaded.profile.context_length or 128
    rows = torch.from_numpy(stream.rows(count, context + 1, np.random.default_rng(0)))
    hits = []
    for row in rows:
        cache = KVCache(loaded.checkpoint.config)
        hidden = loaded.checkpoint.model.encode(row[None, :-1], cache)[0, context // 2 :]
        best = loaded.checkpoint.model.logits(hidden).argmax(-1)
        targets = row[context // 2 + 1 :]
        hits.append((best == targets)[targets != EOS].float().mean().item())
    return round(fmean(hits), 3)


def fill_text(
    loaded: LoadedModel,
    task: TextTask,
    kind: str,
    seed: int,
    region: str = "",
    drafted: bool = True,
) -> tuple[str, float]:
    """Fill a text's gap as the editor would; return text and ms.

    At a caret, its length not known, or with the old text in `region`. As many candidates as an
    editor shows, the best by score.
    """
    request = Generate(
        job_id=0,
        revision=0,
        before=task.before,
        region=region,
        after=task.after,
        seed=seed,
        candidates=4,
        language="python" if kind == "code" else "",
    )
    start = time.perf_counter()
    job = InfillJob.planned(_engine(loaded, drafted=drafted), request, ContextCache())
    done = [item for item in job.run() if isinstance(item, CandidateDone)]
    best = max(done, key=lambda one: one.score.total)
    return best.draft.text, (time.perf_counter() - start) * 1e3


def evaluate_lines(loaded: LoadedModel, data: Path, count: int) -> Row:
    """Return the figures of whole lines of Python removed, four candidates ranked."""
    exact, similar, right, ms = [], [], [], []
    for seed, task in enumerate(text_tasks(data, "code", cut_line, count)):
        text, took = fill_text(loaded, task, "code", seed)
        exact.append(text.strip() == task.region)
        similar.append(similarity(text, task.region))
        right.append(task.parses_with(text))
        ms.append(took)
    return {
        "tasks": len(exact),
        "exact": round(fmean(exact), 3),
        "similarity": round(fmean(similar), 3),
        "parses": round(fmean(right), 3),
        "ms": round(fmean(ms), 1),
    }


@torch.inference_mode()
def evaluate_passages(
    loaded: LoadedModel, data: Path, kind: str, cut: Cut, count: int, drafted: bool = True
) -> Row:
    """Return the figures of passages rewritten, with the causal score of both texts.

    A sentence is removed; of a longer passage the engine is told the old text, as in the editor.
    """
    similar, scores, ms = [], [], []
    codec, model = loaded.codec, loaded.checkpoint.model
    for seed, task in enumerate(text_tasks(data, kind, cut, count)):
        region = task.region if cut is cut_passage else ""
        text, took = fill_text(loaded, task, kind, seed, region, drafted)
        similar.append(similarity(text, task.region))
        ms.append(took)
        before = codec.encode(task.before)[-(loaded.profile.context_length or 128) :]
        cache, _ = ContextCache().encode(model, before[:-1])
        texts = [codec.encode(one) for one in (text, task.region)]
        found = likelihoods(model, cache, before[-1], texts, codec.encode(task.after[:200]))
        scores.append([one.mean for one in found])
    return {
        "tasks": len(similar),
        "similarity": round(fmean(similar), 3),
        "log_likelihood": round(fmean(own for own, _ in scores), 3),
        "log_likelihood_of_original": round(fmean(original for _, original in scores), 3),
        "ms": round(fmean(ms), 1),
    }


def evaluate(
    loaded: LoadedModel,
    data: Path,
    kinds: Sequence[str],
    count: int,
    long_count: int,
    only: re.Pattern[str],
) -> Row:
    """Return the figures of the rows whose names match `only`.

    `count` tasks for gaps of up to four tokens whose length is given, and for single tokens with
    the right side hidden; `long_count` for the other rows, which take most of the time.
    """
    results: Row = {}
    for kind in kinds:
        stream = TokenStream(data, "validation", kind)
        row: Row = {"causal_accuracy": causal_accuracy(loaded, stream, count)}
        parts: dict[str, Callable[[], Row]] = {}
        for gap in GAPS:
            parts |= _gap_rows(loaded, stream, gap, count, long_count)
        if kind == "code":
            parts["line"] = partial(evaluate_lines, loaded, data, long_count)
        else:
            parts["sentence"] = partial(
                evaluate_passages, loaded, data, kind, cut_sentence, long_count
            )
        passages = partial(evaluate_passages, loaded, data, kind, cut_passage, long_count // 5)
        parts |= {"passage": passages, "passage_from_noise": partial(passages, drafted=False)}
        for name, part in parts.items():
            if not only.search(name):
                continue
            row[name] = part()
            print(f"{kind:<6}{name:<24}{json.dumps(row[name])}", flush=True)
        results[kind] = row
    return results


def _gap_rows(
    loaded: LoadedModel, stream: TokenStream, gap: int, count: int, long_count: int
) -> dict[str, Callable[[], Row]]:
    rows: dict[str, Callable[[], Row]] = {}
    for name, mode in MODES.items():
        if gap > 8 and not mode.sees_after:
            continue
        is_main = mode.length == "given" and (mode.sees_after or gap == 1)
        tasks = count if is_main and gap <= 4 else long_count
        rows[f"gap_{gap}{name}"] = partial(evaluate_gap, loaded, stream, gap, tasks, mode)
    rows[f"gap_{gap}_causal"] = partial(causal_fill, loaded, stream, gap, long_count)
    return rows


def show(loaded: LoadedModel, data: Path, count: int) -> None:
    """Print fills of validation text beside what stood there."""
    for kind in KINDS:
        stream = TokenStream(data, "validation", kind)
        context, canvas = loaded.profile.context_length or 128, 128
        for place in range(count // 2):
            gap = (1, 2, 3, 4, 6)[place % 5]
            task = list(token_tasks(stream, gap, 3 + place, context, canvas))[place]
            _, ids, _ = fill_tokens(loaded, task, place, Mode(drafted=True))
            decode = loaded.codec.decode
            found = decode(ids, errors="ignore")
            print(f"{kind} …{decode(task.before)[-60:]!r}")
            print(f"   was {decode(task.gap)!r}  became {found!r}  {decode(task.after)[:40]!r}…")


def main() -> None:
    """Evaluate a model folder."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(recipe.model_folder))
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    parser.add_argument("--out", type=Path, default=Path(recipe.data_folder) / "evaluation.json")
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--long-tasks", type=int, default=500)
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="rows, by pattern")
    parser.add_argument("--show", type=int, default=0)
    arguments = parser.parse_args()
    loaded = load_model(arguments.model, "cpu")
    show(loaded, arguments.data, arguments.show)
    if arguments.tasks:
        results = evaluate(
            loaded,
            arguments.data,
            arguments.kinds,
            arguments.tasks,
            arguments.long_tasks,
            arguments.only,
        )
        arguments.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
