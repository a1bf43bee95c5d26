"""Several places filled together against one after the other, in texts nobody has trained on.

Both ways see the same surroundings; one after the other, a place does not see what is to come in
those behind it, and neither does it together. Measured are the shares of places found exactly and
how similar the texts are, each the mean over a task's places.
"""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from engine.api import Generate
from engine.errors import EngineError
from engine.filling import fill_request
from engine.loading import LoadedModel
from engine.measure.intervals import bootstrap


def holes_in(text: str, rng: random.Random) -> tuple[tuple[int, int], ...]:
    """Return two to five stretches of one to four words, with three words between them at least."""
    words = [match.span() for match in re.finditer(r"\S+", text)]
    found, place = list[tuple[int, int]](), rng.randint(0, 3)
    for _ in range(rng.randint(2, 5)):
        length = rng.randint(1, 3)
        if place + length + 3 > len(words):
            break
        found.append((words[place][0], words[place + length - 1][1]))
        place += length + rng.randint(3, 6)
    return tuple(found)


def joint_task(rng: random.Random, text: str, language: str) -> Generate | None:
    """Return a stretch of a text with words to be found; None where it has too few."""
    start = rng.randrange(max(1, len(text) - 900))
    start = text.find(" ", start + 300) + 1
    part = text[start : start + 160]
    holes = holes_in(part, rng)
    # A place to write at keeps to its line, where several are written together.
    if not start or len(holes) < 2 or any("\n" in part[a:b] for a, b in holes):
        return None
    first, last = holes[0][0], holes[-1][1]
    return Generate(
        job_id=1,
        revision=0,
        before=text[max(0, start - 600) : start] + part[:first],
        region=part[first:last],
        after=part[last:] + text[start + 160 : start + 400],
        regions=tuple((a - first, b - first) for a, b in holes),
        language=language,
    )


def one_by_one(loaded: LoadedModel, request: Generate) -> list[str]:
    """Fill one region after the other; those that come later are not there yet."""
    done, found = "", list[str]()
    ends = [*(start for start, _ in request.regions[1:]), len(request.region)]
    for place, ((start, end), following) in enumerate(zip(request.regions, ends, strict=True)):
        stand = request.regions[place - 1][1] if place else 0
        done += request.region[stand:start]
        rest = _behind(request, place)
        own = replace(
            request, before=request.before + done, region="", regions=(),
            after=request.region[end:following] + rest,
        )  # fmt: skip
        found.append(fill_request(loaded, own)["text"])
        done += found[-1]
    return found


def _behind(request: Generate, place: int) -> str:
    """Return the text behind the region after a place, without what later ones hold."""
    text, later = "", request.regions[place + 1 :]
    for number, (_, end) in enumerate(later):
        stop = later[number + 1][0] if number + 1 < len(later) else len(request.region)
        text += request.region[end:stop]
    return text + request.after


def together(loaded: LoadedModel, request: Generate) -> list[str]:
    """Fill all regions on one canvas; return their texts."""
    places = _emptied(request)
    text, found, stand = fill_request(loaded, places)["text"], list[str](), 0
    ends = [*(start for start, _ in places.regions[1:]), len(places.region)]
    for (_, end), stop in zip(places.regions, ends, strict=True):
        between = places.region[end:stop]
        at = text.find(between, stand) if between else len(text)
        found.append(text[stand:at])
        stand = at + len(between)
    return found


def _emptied(request: Generate) -> Generate:
    """Return a request whose regions hold nothing."""
    text, stand, regions = "", 0, list[tuple[int, int]]()
    for start, end in request.regions:
        text += request.region[stand:start]
        regions.append((len(text), len(text)))
        stand = end
    return replace(request, region=text + request.region[stand:], regions=tuple(regions))


def run_joint(loaded: LoadedModel, count: int, rows_file: Path) -> dict[str, Any]:
    """Fill several places together, and one after the other, in the same texts.

    Rows are kept as they are found, one a line: a run that is begun again goes on behind them.
    """
    found: dict[str, Any] = {}
    for kind, language in (("code", "python"), ("prose", "")):
        lines = Path(f"build/adapter/validation_{kind}.jsonl").read_text("utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
        rng, asked = random.Random(kind), list[Generate]()
        while len(asked) < count // 2:
            request = joint_task(rng, rng.choice(texts), language)
            if request is not None:
                asked.append(request)
        rows = _kept_rows(rows_file, kind)
        for number, request in enumerate(asked):
            if number not in rows:
                rows[number] = _row(loaded, request)
                with rows_file.open("a") as file:
                    file.write(json.dumps([kind, number, *rows[number]]) + "\n")
        done = [rows[number] for number in range(len(asked)) if rows[number]]
        columns = zip(*done, strict=True)
        names = ("exact together", "similarity together", "exact in turn", "similarity in turn")
        found[kind] = {n: share_of(c) for n, c in zip(names, columns, strict=True)}
        for place, what in enumerate(("exact", "similarity")):
            gains = [row[place] - row[place + 2] for row in done]
            found[kind][f"gain, {what}"] = share_of(gains)
        found[kind]["tasks"] = len(done)
    print(json.dumps(found, indent=1))
    return found


def _kept_rows(rows_file: Path, kind: str) -> dict[int, list[float]]:
    lines = rows_file.read_text().splitlines() if rows_file.exists() else []
    rows = (json.loads(line) for line in lines)
    return {number: values for own, number, *values in rows if own == kind}


def _row(loaded: LoadedModel, request: Generate) -> list[float]:
    """Return exact and similarity, together and in turn, over a task's places; none if refused."""
    wanted = [request.region[a:b] for a, b in request.regions]
    row: list[float] = []
    try:
        for way in (together, one_by_one):
            got = [text.strip() for text in way(loaded, request)]
            pairs = list(zip(got, wanted, strict=True))
            row += [
                sum(one == other for one, other in pairs) / len(pairs),
                sum(SequenceMatcher(None, *pair).ratio() for pair in pairs) / len(pairs),
            ]
    except EngineError as error:
        print(error, flush=True)
        return []
    return row


def share_of(values: Sequence[float]) -> dict[str, Any]:
    """Return a mean and its interval."""
    low, high = bootstrap(values, np.mean)
    mean = sum(values) / len(values)
    return {"mean": round(mean, 4), "95 %": [round(low, 4), round(high, 4)]}
