"""What regions with forms and relations come to, measured: Sudokus, JSON, several at once.

    python packaging/adapter/evaluate_forms.py sudoku --count 100
    python packaging/adapter/evaluate_forms.py json --count 200
    python packaging/adapter/evaluate_forms.py joint --count 500

Everything is seeded. Whether a Sudoku has one solution is told by a solver of this file, which
shares nothing with Inlay's; whether a document is valid, by `jsonschema` where it is installed.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from joint import run_joint

from engine.api import Form, FormKind, Generate, Relation, RelationKind, RunSettings
from engine.filling import fill_request
from engine.hub.embedded import default_model
from engine.loading import LoadedModel, load_model

Grid = list[int]  # 81 digits, 0: empty
Document = dict[str, Any]
UNITS = (
    [[9 * r + c for c in range(9)] for r in range(9)]
    + [[9 * r + c for r in range(9)] for c in range(9)]
    + [
        [9 * (r + a) + c + b for a in range(3) for b in range(3)]
        for r in (0, 3, 6)
        for c in (0, 3, 6)
    ]
)
PEERS = [
    sorted({other for unit in UNITS if place in unit for other in unit} - {place})
    for place in range(81)
]
GRADES = {"easy": (36, 81), "medium": (28, 32), "hard": (0, 26)}  # digits that are given


def solutions(grid: Grid, most: int = 2, rng: random.Random | None = None) -> Iterator[Grid]:
    """Yield a Sudoku's solutions, up to `most`, by trying."""
    options = None
    for place in range(81):
        if not grid[place]:
            own = {1, 2, 3, 4, 5, 6, 7, 8, 9} - {grid[other] for other in PEERS[place]}
            if options is None or len(own) < len(options[1]):
                options = place, own
    if options is None:
        yield list(grid)
        return
    place, own = options
    order = sorted(own)
    if rng:
        rng.shuffle(order)
    found = 0
    for digit in order:
        grid[place] = digit
        for one in solutions(grid, most - found, rng):
            found += 1
            yield one
            if found >= most:
                break
        if found >= most:
            break
    grid[place] = 0


def sudoku(rng: random.Random, grade: str) -> tuple[Grid, Grid]:
    """Return a puzzle with one solution, and that."""
    least, most = GRADES[grade]
    while True:
        solved = next(solutions([0] * 81, 1, rng))
        puzzle, places = list(solved), list(range(81))
        rng.shuffle(places)
        for place in places:
            kept, puzzle[place] = puzzle[place], 0
            has_one = len(list(solutions(list(puzzle), 2))) == 1
            if not has_one:
                puzzle[place] = kept
            if sum(map(bool, puzzle)) <= least:
                break
        if least <= sum(map(bool, puzzle)) <= most:
            return puzzle, solved


def sudoku_request(puzzle: Grid, seed: int) -> Generate:
    """Return the request of a Sudoku as a Markdown table."""
    text, regions, number = "", list[tuple[int, int]](), dict[int, int]()
    for place, digit in enumerate(puzzle):
        text += "| " if place % 9 == 0 else " | "
        if not digit:
            number[place] = len(regions)
            regions.append((len(text), len(text)))
        text += str(digit) if digit else " "
        text += " |\n" if place % 9 == 8 else ""
    relations = tuple(
        Relation(
            kind=RelationKind.DIFFERENT,
            regions=tuple(number[place] for place in unit if place in number),
            known=tuple(str(puzzle[place]) for place in unit if puzzle[place]),
        )
        for unit in UNITS
        if any(place in number for place in unit)
    )
    form = Form(kind=FormKind.ONE_OF, values=tuple("123456789"))
    return Generate(
        job_id=1,
        revision=0,
        before="",
        region=text,
        after="",
        regions=tuple(regions),
        forms=(form,) * len(regions),
        relations=relations,
        settings=RunSettings(seed=seed),
    )


def run_sudokus(loaded: LoadedModel, count: int) -> dict[str, Any]:
    """Solve so many of each grade."""
    found = {}
    for grade in GRADES:
        rng, rows = random.Random(grade), list[dict[str, Any]]()
        for number in range(count):
            puzzle, solved = sudoku(rng, grade)
            began = time.process_time()
            try:
                result = fill_request(loaded, sudoku_request(puzzle, number))
            except Exception as error:  # noqa: BLE001 - a failure is a result here
                rows.append(
                    {"solved": False, "seconds": time.process_time() - began, "why": str(error)}
                )
                continue
            digits = [int(c) for c in result["text"] if c.isdigit()]
            rows.append(
                {
                    "solved": digits == solved,
                    "seconds": time.process_time() - began,
                    "open": puzzle.count(0),
                    **result["decided"],
                }
            )
        done = [row for row in rows if "open" in row]
        cells = sum(row["open"] for row in done) or 1
        found[grade] = {
            "count": len(rows),
            "given": round(81 - cells / max(1, len(done)), 1),
            "solved": sum(row["solved"] for row in rows) / len(rows),
            "mean seconds of the processor": sum(row["seconds"] for row in rows) / len(rows),
            "by rules alone": sum(row["by_rules"] for row in done) / cells,
            "by the model": sum(row["by_model"] for row in done) / cells,
            "followed": sum(row["followed"] for row in done) / cells,
            "taken back, each": sum(row["taken_back"] for row in done) / max(1, len(done)),
            "without the model": sum(row["by_model"] == 0 for row in done) / len(rows),
            "failures": [row["why"] for row in rows if "why" in row][:3],
        }
        print(grade, json.dumps(found[grade]), flush=True)
    return found


NAMES = ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fatima", "Gus", "Hana"]
PERSON = {
    "type": "object",
    "required": ["name", "born", "size", "active", "score", "tags"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "born": {"type": "string", "pattern": "^[0-9]{4}-[01][0-9]-[0-3][0-9]$"},
        "size": {"enum": ["S", "M", "L", 7, None]},
        "active": {"type": "boolean"},
        "score": {"type": "number"},
        "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}},
    },
    "$defs": {"tag": {"enum": ["new", "old", "blue", "very large"]}},
}
SERVER = {
    "type": "object",
    "required": ["host", "port", "tls", "mode", "limits"],
    "properties": {
        "host": {"type": "string", "pattern": "^[a-z]{1,8}[.](org|net)$"},
        "port": {"type": "integer", "minimum": 1, "maximum": 65535},
        "tls": {"type": ["boolean", "null"]},
        "mode": {"anyOf": [{"const": "fast"}, {"const": "safe"}]},
        "limits": {
            "type": "object",
            "properties": {"memory": {"$ref": "#/definitions/size"}},
            "additionalProperties": {"type": "integer"},
        },
    },
    "definitions": {"size": {"type": "string", "pattern": "^[1-9][0-9]{0,2}(MB|GB)$"}},
}


def person(rng: random.Random) -> Document:
    """Return a document of the first schema."""
    return {
        "name": rng.choice(NAMES),
        "born": f"{rng.randint(1950, 2020)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
        "size": rng.choice(["S", "M", "L", 7, None]),
        "active": rng.random() < 0.5,
        "score": round(rng.uniform(-5, 100), rng.randint(0, 2)),
        "tags": rng.choices(["new", "old", "blue", "very large"], k=rng.randint(1, 3)),
    }


def server(rng: random.Random) -> Document:
    """Return a document of the second."""
    return {
        "host": rng.choice(["inlay.org", "example.net", "a.org"]),
        "port": rng.randint(1, 65535),
        "tls": rng.choice([True, False, None]),
        "mode": rng.choice(["fast", "safe"]),
        "limits": {"memory": f"{rng.randint(1, 900)}MB", "files": rng.randint(1, 99)},
    }


def leaves(value: Document | list[Any], path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places of all values without parts."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, child in pairs:
        if isinstance(child, dict | list):
            yield from leaves(child, (*path, name))
        elif isinstance(value, dict):  # an empty place in a list is no blank
            yield (*path, name)


def run_json(loaded: LoadedModel, count: int) -> dict[str, Any]:
    """Take a fifth of the values out of documents, and fill them by their schemas."""
    import jsonschema

    from app.text.blank_forms import forms_of
    from app.text.blanks import blanks_of

    rng, valid, values, failures = random.Random(21), 0, 0, list[str]()
    for number in range(count):
        schema, make = ((PERSON, person), (SERVER, server))[number % 2]
        document = make(rng)
        places = list(leaves(document))
        out = rng.sample(places, max(1, round(0.2 * len(places))))
        text = _without(document, out)
        blanks = blanks_of(text, "json")
        assert len(blanks) == len(out), text
        request = Generate(
            job_id=1, revision=0, before="", region=text, after="", language="json",
            regions=tuple(blanks), forms=tuple(forms_of(text, blanks, "json", schema)),
            settings=RunSettings(seed=number),
        )  # fmt: skip
        values += len(out)
        try:
            result = fill_request(loaded, request)
            jsonschema.validate(json.loads(result["text"]), schema)
            valid += 1
        except Exception as error:  # noqa: BLE001 - a failure is a result here
            failures.append(f"{text!r}: {str(error)[:200]}")
    found = {"documents": count, "values": values, "valid": valid / count, "failures": failures[:5]}
    print(json.dumps(found, indent=1))
    return found


def _without(document: Document, out: Sequence[tuple[Any, ...]]) -> str:
    """Return a document as JSON with nothing where values were."""
    copy = json.loads(json.dumps(document))
    for path in out:
        here = copy
        for step in path[:-1]:
            here = here[step]
        here[path[-1]] = "\ue000out\ue001"
    text = json.dumps(copy, indent=2, ensure_ascii=False)
    return text.replace('"\ue000out\ue001"', "")


def main() -> None:
    """Run what is asked for, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sudoku", "json", "joint"))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--model", type=Path, default=default_model())
    parser.add_argument("--out", type=Path)
    rows = "where the tasks of `joint` are kept; one that is there is not run again"
    parser.add_argument("--rows", type=Path, default=Path("build/joint.jsonl"), help=rows)
    asked = parser.parse_args()
    loaded = load_model(asked.model, "cpu")
    runs: dict[str, Callable[[LoadedModel, int], dict[str, Any]]] = {
        "sudoku": run_sudokus,
        "json": run_json,
        "joint": partial(run_joint, rows_file=asked.rows),
    }
    found = {
        "model": loaded.info().name,
        "what": asked.what,
        **runs[asked.what](loaded, asked.count),
    }
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
