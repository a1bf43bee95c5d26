"""Measure Inlay Small: `make evaluate`, or `python packaging/adapter/evaluate_small.py`.

Validation text that training never saw, prose and code apart, and the passages that are rewritten
by instruction. Each row is kept in `evaluation.json` beside the adapter as soon as it is done; a
row that this adapter has there already, with as many tasks, is not measured again unless `--only`
names it. Shares and means come with 95 % intervals, as `NAME_95`. Everything is seeded.
"""

import argparse
import json
import re
from collections.abc import Callable
from functools import partial
from hashlib import file_digest
from pathlib import Path
from statistics import fmean
from typing import Final

import torch
from batches import TokenStream
from bench_infill import true_slots
from evaluate import Mode, fill_text, fill_tokens, run
from figures import Row, keep
from rewriting import Rewrite, read_passages
from settings import DOCUMENT_BORDER, KINDS, Settings
from tasks import TextTask, text_tasks, token_tasks
from token_rows import CONTEXT, alone

from engine.api import Generate, Length, LengthMode, RunSettings, SamplerOptions
from engine.errors import BadRequestError
from engine.loading import LoadedModel, load_model
from engine.measure.cuts import Cut, cut_line, cut_sentence, cut_word
from engine.measure.intervals import mean, share, times
from engine.measure.outcome import similarity

MODEL: Final = Path("resources/models/small")
ADAPTER: Final = "adapter.safetensors"
DRAFTS: Final = (4, 12)  # tokens of a draft before and after
INSTRUCTIONS: Final = "instructions"
LENGTHS: Final = {"shorter": LengthMode.SHORTER, "longer": LengthMode.LONGER}  # as the bar asks
Rows = dict[str, Callable[[], Row]]


def text_row(
    loaded: LoadedModel, data: Path, kind: str, cut: Cut, count: int, *, edge: str = ""
) -> Row:
    """Return how gaps in text are filled as the editor does it, their length not given.

    Around a whole line white space is no matter: `edge` says what is stripped off.
    """
    found, wanted, parses, ms = [], [], [], []
    for seed, task in enumerate(text_tasks(data, kind, cut, count)):
        text, took = fill_text(loaded, kind, task, seed, candidates=1)
        found.append(text.strip(edge) if edge else text)
        wanted.append(task.region)
        parses.append(kind == "code" and task.parses_with(text))
        ms.append(took)
    pairs = list(zip(found, wanted, strict=True))
    row = {"tasks": len(pairs), **share("exact", [one == other for one, other in pairs])}
    row |= mean("similarity", [similarity(*pair) for pair in pairs])
    row |= share("parses", parses) if kind == "code" else {}
    return row | {"ms": round(fmean(ms))}


def sides(loaded: LoadedModel, data: Path, kind: str, count: int) -> Row:
    """Return how words of a known length are found with the text behind, and without it."""
    both, left = list[bool](), list[bool]()
    for seed, task in enumerate(text_tasks(data, kind, cut_word, count)):
        slots = true_slots(loaded, task)
        for hits, sees_after in ((both, True), (left, False)):
            text, _ = fill_text(
                loaded, kind, task, seed, candidates=1, num_slots=slots, sees_after=sees_after
            )
            hits.append(text == task.region)
    row = {"tasks": len(both), **share("both_sides", both), **share("left_only", left)}
    return row | times("times_left_only", both, left)


def drafts(loaded: LoadedModel, stream: TokenStream, gap: int, count: int) -> Row:
    """Return drafts of the causal pass before and after the denoiser has had them."""
    model, decode = loaded.checkpoint.model, partial(loaded.codec.decode, errors="ignore")
    canvas = model.config.canvas_length
    before, after, exact, exact_before = [], [], [], []
    tasks = token_tasks(stream, gap, count, CONTEXT, canvas, DOCUMENT_BORDER)
    for seed, task in enumerate(tasks):
        _, draft_ids, _ = fill_tokens(loaded, task, seed, Mode(drafted=True, from_left=True))
        _, ids, _ = fill_tokens(loaded, task, seed, Mode(drafted=True))
        wanted, draft, text = decode(task.gap), decode(draft_ids), decode(ids)
        before.append(similarity(draft, wanted))
        after.append(similarity(text, wanted))
        exact_before.append(draft == wanted)
        exact.append(text == wanted)
    gains = [one - other for one, other in zip(after, before, strict=True)]
    return {
        "tasks": len(gains),
        **mean("similarity_before", before),
        **mean("similarity", after),
        **mean("gain", gains),
        **share("better", [gain > 0 for gain in gains]),
        **share("worse", [gain < 0 for gain in gains]),
        **share("exact_before", exact_before),
        **share("exact", exact),
    }


def rewrites(loaded: LoadedModel, name: str, count: int, texts: Path) -> Row:
    """Return how an instruction is followed; the texts themselves go to a file."""
    instructions, passages = read_passages()
    engine, found, ms = loaded.engine(SamplerOptions()), [], []
    for seed, passage in enumerate(passages[:count]):
        request = Generate(
            job_id=0,
            revision=0,
            before="",
            region=passage,
            after="",
            settings=RunSettings(
                seed=seed,
                instruction=instructions[name],
                length=Length(mode=LENGTHS.get(name, LengthMode.AUTO)),
            ),
        )
        try:
            text, took = run(engine, request)
        except BadRequestError as error:
            print(f"{name}: {error}")
            text, took = "", 0.0
        found.append(Rewrite(name, passage, text))
        ms.append(took)
    lines = [json.dumps({"was": one.passage, "became": one.text}) for one in found]
    texts.mkdir(parents=True, exist_ok=True)
    (texts / f"{name.replace(' ', '_')}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    kept = [(len(one.kept), len(one.wanted)) for one in found if one.wanted]
    return {
        "tasks": len(found),
        **share("right_length", [one.is_right_length for one in found]),
        **times("names_kept", *zip(*kept, strict=True)),
        **share("all_names_kept", [some == every for some, every in kept]),
        **share("talks", [one.talks for one in found]),
        **share("unchanged", [one.text == one.passage for one in found]),
        "ms": round(fmean(ms)),
    }


def rows_of(loaded: LoadedModel, data: Path, kind: str, count: int) -> Rows:
    """Return every row of a kind of text and how it is measured, `count` tasks each."""
    stream = TokenStream(data, "validation", kind)
    rows: Rows = {
        "single_token": partial(alone, loaded, stream, 1, count),
        "four_tokens": partial(alone, loaded, stream, 4, count),
    }
    rows |= {f"draft_of_{gap}": partial(drafts, loaded, stream, gap, count) for gap in DRAFTS}
    texts = partial(text_row, loaded, data, kind)
    rows["word"] = partial(texts, cut_word, count)
    rows["sides"] = partial(sides, loaded, data, kind, count)
    if kind == "code":
        rows["line"] = partial(texts, cut_line, count, edge=" \t\n")
    else:
        rows["sentence"] = partial(texts, cut_sentence, count, edge=" \n")
    return rows


def show(loaded: LoadedModel, data: Path, count: int) -> None:
    """Print words of validation text as they are filled in, beside what stood there."""
    for kind in KINDS:
        task: TextTask
        for seed, task in enumerate(text_tasks(data, kind, cut_word, count)):
            text, _ = fill_text(loaded, kind, task, seed, candidates=1)
            print(f"{kind:<6}…{task.before[-60:]!r}")
            print(f"      was {task.region!r}  became {text!r}  {task.after[:40]!r}…")


def is_kept(path: Path, kind: str, name: str, adapter: str, count: int) -> bool:
    """Whether a row of this adapter with as many tasks is in the file."""
    results = json.loads(path.read_text("utf-8")) if path.exists() else {}
    row = results.get(kind, {}).get(name, {})
    return bool(row.get("adapter") == adapter and row.get("asked", 0) >= count)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--data", type=Path, default=Path(Settings().folder))
    parser.add_argument("--out", type=Path, help="MODEL/evaluation.json unless given")
    parser.add_argument("--tasks", type=int, default=500, help="of each row; passages: 60 at most")
    parser.add_argument("--only", type=re.compile, help="KIND/ROW, by pattern; measured again")
    parser.add_argument("--texts", type=Path, help="where rewrites go; DATA/rewrites unless given")
    parser.add_argument("--show", type=int, default=0, help="so many words of a kind, as text")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cpu", help="cuda measures the same rows sooner")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    loaded, count = load_model(arguments.model, arguments.device), arguments.tasks
    show(loaded, arguments.data, arguments.show)
    with (arguments.model / ADAPTER).open("rb") as file:
        adapter = file_digest(file, "sha256").hexdigest()[:12]
    groups = {kind: rows_of(loaded, arguments.data, kind, count) for kind in KINDS}
    texts, names = arguments.texts or arguments.data / "rewrites", read_passages()[0]
    groups[INSTRUCTIONS] = {n: partial(rewrites, loaded, n, count, texts) for n in names}
    out = arguments.out or arguments.model / "evaluation.json"
    for kind, rows in groups.items():
        for name, measure in rows.items():
            if arguments.only:
                is_wanted = arguments.only.search(f"{kind}/{name}") is not None
            else:
                is_wanted = not is_kept(out, kind, name, adapter, count)
            if is_wanted:
                row = measure() | {"asked": count, "adapter": adapter}
                print(f"{kind:<13}{name:<14}{json.dumps(row)}", flush=True)
                keep(out, (kind, name), row)


if __name__ == "__main__":
    main()
