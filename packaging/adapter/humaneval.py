"""Figures of HumanEval-Infilling without running programs: exact, and parses when spliced in.

`python packaging/adapter/humaneval.py HumanEval-SingleLineInfilling.jsonl results.jsonl`; the
results are those of `inlay fill`, see tests/benchmarks/README.md. An error counts as wrong; tasks
without a result are left out, so that a part of them can be run.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from engine.measure.intervals import share
from engine.region.syntax import is_python


def figures(tasks: Path, results: Path) -> dict[str, Any]:
    """Return the shares of the tasks that have a result; white space at a text's ends is equal."""
    texts = {row["id"]: row.get("text", "") for row in _rows(results)}
    exact, parses = [], []
    for task in _rows(tasks):
        if task["task_id"] in texts:
            text = texts[task["task_id"]]
            exact.append(text.strip() == task["canonical_solution"].strip())
            parses.append(bool(text) and is_python(task["prompt"] + text + task["suffix"]))
    return {"tasks": len(exact), **share("exact", exact), **share("parses", parses)}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=Path)
    parser.add_argument("results", type=Path)
    arguments = parser.parse_args()
    print(json.dumps(figures(arguments.tasks, arguments.results)))


if __name__ == "__main__":
    main()
