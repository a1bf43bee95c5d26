"""Measure a model folder on validation text: `python packaging/model/evaluate.py --show 10`.

Everything is filled by the engine itself, prose and code apart. Each row is kept in
`evaluation.json` beside the weights as soon as it is done (`--only` says which are measured again),
and all of them are printed as tables.
"""

import argparse
import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Final

import torch
from batches import TokenStream
from figures import Row, Tally, keep
from from_left import LINE_END, SENTENCE_END, causal_accuracy, causal_gaps, write_text
from recipe import KINDS, Recipe
from tables import GAPS, print_tables
from tasks import TextTask, TokenTask, text_tasks, token_tasks

from engine.api import Generate, RunSettings, SamplerOptions
from engine.api import Mode as RunMode
from engine.infill import (
    CandidateDone,
    ContextCache,
    InfillEngine,
    InfillJob,
    InfillPlan,
    InfillTask,
    plan_job,
)
from engine.infill.hypotheses import make_hypotheses
from engine.infill.hypothesis import Hypothesis
from engine.infill.job import Beginning
from engine.infill.ranking import likelihoods
from engine.loading import LoadedModel, load_model
from engine.measure.cuts import Cut, cut_line, cut_passage, cut_sentence, cut_words
from engine.measure.outcome import similarity
from engine.region.region import Region

SURPLUS_SHARE: Final = 0.5  # of a gap's length, where the length is not given
Fill = Callable[[TextTask, int], tuple[str, float]]  # task and seed to text and ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How gaps are filled."""

    drafted: bool = False  # as the editor does, from drafts of the causal pass; else from noise
    from_left: bool = False  # what the causal pass writes stands
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
) -> tuple[Hypothesis, list[int], float]:
    """Fill a gap; return its hypothesis, the tokens found and the milliseconds it took."""
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
    way = RunMode.CAUSAL if mode.from_left else RunMode.BOTH
    request = Generate(
        job_id=0,
        revision=0,
        before="",
        region="",
        after="",
        settings=RunSettings(seed=seed, num_slots=given, mode=way),
    )
    start = time.perf_counter()
    laid_out = InfillTask.of(engine, Region.of(request), plan).encoded(ContextCache())
    found = make_hypotheses(laid_out)
    if mode.length == "surplus":
        found = [replace(one, takes_filler=True) for one in found]
    job = InfillJob(laid_out, Beginning(hypotheses=found))
    *_, done = job.run()
    seen = job.seen(0, done.steps) if isinstance(done, CandidateDone) else None
    assert seen is not None
    ms = (time.perf_counter() - start) * 1e3
    filler = loaded.profile.filler_token_id
    return seen[0], [token for token in seen[1].draft if token != filler], ms


def evaluate_gap(loaded: LoadedModel, stream: TokenStream, gap: int, count: int, mode: Mode) -> Row:
    """Return the figures of one gap length."""
    tally, canvas = Tally(), loaded.checkpoint.config.canvas_length
    context = loaded.profile.context_length or 128
    for seed, task in enumerate(token_tasks(stream, gap, count, context, canvas)):
        hypothesis, ids, ms = fill_tokens(loaded, task, seed, mode)
        tally.count(loaded.codec, task.gap, ids)
        tally.sureness += [math.exp(-nats) for nats in hypothesis.last.entropy[: len(ids)]][:gap]
        tally.steps.append(len(hypothesis.frames))
        tally.ms.append(ms)
    return tally.denoising_row(gap)


def fill_text(
    loaded: LoadedModel,
    kind: str,
    task: TextTask,
    seed: int,
    *,
    is_known: bool = False,
    drafted: bool = True,
    candidates: int = 4,
    sees_after: bool = True,
    num_slots: int | None = None,
) -> tuple[str, float]:
    """Fill a text's gap as the editor would; return text and ms.

    At a caret, its length not known unless `num_slots` says it, or over the old text if that
    `is_known`. As many candidates as an editor shows, the best by score.
    """
    request = Generate(
        job_id=0,
        revision=0,
        before=task.before,
        region=task.region if is_known else "",
        after=task.after if sees_after else "",
        language="python" if kind == "code" else "",
        settings=RunSettings(seed=seed, candidates=candidates, num_slots=num_slots),
    )
    return run(_engine(loaded, drafted=drafted), request)


def run(engine: InfillEngine, request: Generate) -> tuple[str, float]:
    """Return the best candidate's text, and the ms it took."""
    start = time.perf_counter()
    job = plan_job(engine, request, ContextCache())
    done = [item for item in job.run() if isinstance(item, CandidateDone)]
    best = max(done, key=lambda one: one.score.total)
    return best.draft.text, (time.perf_counter() - start) * 1e3


def evaluate_lines(data: Path, count: int, fill: Fill) -> Row:
    """Return the figures of whole lines of Python removed."""
    exact, similar, right, ms = [], [], [], []
    for seed, task in enumerate(text_tasks(data, "code", cut_line, count)):
        text, took = fill(task, seed)
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
    loaded: LoadedModel, data: Path, kind: str, cut: Cut, count: int, fill: Fill
) -> Row:
    """Return the figures of sentences or longer passages, with the causal score of both texts."""
    similar, scores, ms = [], [], []
    codec, model = loaded.codec, loaded.checkpoint.model
    for seed, task in enumerate(text_tasks(data, kind, cut, count)):
        text, took = fill(task, seed)
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


def rows_of(loaded: LoadedModel, data: Path, kind: str, count: int) -> dict[str, Callable[[], Row]]:
    """Return every row of a kind and how it is measured, `count` tasks each."""
    stream = TokenStream(data, "validation", kind)
    rows: dict[str, Callable[[], Row]] = {}
    for gap in GAPS:
        rows |= _gap_rows(loaded, stream, gap, count)
    rows |= _text_rows(loaded, data, kind, count)
    rows["next_token"] = partial(causal_accuracy, loaded, stream, count)
    return rows


def _gap_rows(
    loaded: LoadedModel, stream: TokenStream, gap: int, count: int
) -> dict[str, Callable[[], Row]]:
    modes = {name: mode for name, mode in MODES.items() if mode.sees_after or gap <= 8}
    rows: dict[str, Callable[[], Row]] = {
        f"gap_{gap}{name}": partial(evaluate_gap, loaded, stream, gap, count, mode)
        for name, mode in modes.items()
    }
    rows[f"gap_{gap}_causal"] = partial(causal_gaps, loaded, stream, gap, count)
    return rows


def _text_rows(
    loaded: LoadedModel, data: Path, kind: str, count: int
) -> dict[str, Callable[[], Row]]:
    """Return the rows of lines, sentences and passages; a passage's old text is known."""
    fill = partial(fill_text, loaded, kind)
    rows: dict[str, Callable[[], Row]]
    if kind == "code":
        rows = {
            "line": partial(evaluate_lines, data, count, fill),
            "line_causal": partial(
                evaluate_lines, data, count, partial(write_text, loaded, LINE_END)
            ),
        }
    else:
        sentences = partial(evaluate_passages, loaded, data, kind, cut_sentence, count)
        rows = {
            "sentence": partial(sentences, fill),
            "sentence_causal": partial(sentences, partial(write_text, loaded, SENTENCE_END)),
        }
    passages = partial(evaluate_passages, loaded, data, kind, cut_passage, count // 5)
    rows["passage"] = partial(passages, partial(fill, is_known=True))
    rows["passage_from_noise"] = partial(passages, partial(fill, is_known=True, drafted=False))
    return rows


def show(loaded: LoadedModel, data: Path, count: int) -> None:
    """Print one to four words of validation text rewritten, beside what stood there."""
    for kind in KINDS:
        for seed, task in enumerate(text_tasks(data, kind, cut_words, count // 2)):
            text, _ = fill_text(loaded, kind, task, seed, is_known=True)
            print(f"{kind:<6}…{task.before[-60:]!r}")
            print(f"      was {task.region!r}  became {text!r}  {task.after[:40]!r}…")


def main() -> None:
    """Evaluate a model folder."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(recipe.model_folder))
    parser.add_argument("--data", type=Path, default=Path(recipe.data_folder))
    parser.add_argument("--out", type=Path, help="MODEL/evaluation.json unless given")
    # All rows take about five hours of one core: two processes, one a kind, take half of it.
    parser.add_argument("--kinds", nargs="+", default=KINDS)
    parser.add_argument("--tasks", type=int, default=500, help="of each row; passages a fifth")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), help="rows, by pattern")
    parser.add_argument("--show", type=int, default=0, help="so many fills, as text")
    arguments = parser.parse_args()
    loaded = load_model(arguments.model, "cpu")
    show(loaded, arguments.data, arguments.show)
    for kind in arguments.kinds if arguments.tasks else ():
        rows = rows_of(loaded, arguments.data, kind, arguments.tasks)
        for name in filter(arguments.only.search, rows):
            row = rows[name]()
            print(f"{kind:<6}{name:<24}{json.dumps(row)}", flush=True)
            keep(arguments.out or arguments.model / "evaluation.json", (kind, name), row)
    if arguments.tasks and not arguments.out:
        print_tables(arguments.model)


if __name__ == "__main__":
    main()
