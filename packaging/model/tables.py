"""Print the model card's tables from what was measured: `python packaging/model/tables.py`."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from figures import Row
from recipe import KINDS, Recipe

GAPS: Final = (1, 2, 4, 8, 16, 32)  # tokens
CAUSAL_FILE: Final = "evaluation_causal.json"  # of the plain causal model, beside `evaluation.json`
# Measured by `evaluate.py --tasks 60 --only '^gap_\d+(_drafted|_causal)?$' --out` this file, apart
# from all else.
QUIET_FILE: Final = "evaluation_times.json"  # fewer tasks, on a machine with nothing else to do
ABLATIONS_FILE: Final = "ablations.json"
Cell = Callable[[Row], str]


def share(name: str) -> Cell:
    """Return what writes a figure as a percentage."""
    return lambda row: f"{100 * row[name]:.1f} %"


def plain(name: str, digits: int = 1) -> Cell:
    """Return what writes a figure as it is."""
    return lambda row: f"{row[name]:.{digits}f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def gap_table(columns: dict[str, tuple[Row, str, Cell]]) -> str:
    """Return a table of gap lengths; each column is whose rows, their suffix and the figure."""
    head = ["tokens missing", *(f"{kind}: {name}" for kind in KINDS for name in columns)]
    rows = []
    for gap in GAPS:
        cells = []
        for kind in KINDS:
            for own, suffix, cell in columns.values():
                row = own.get(kind, {}).get(f"gap_{gap}{suffix}")
                few = f" ({row['tasks']})" if row and row["tasks"] < 500 else ""
                cells.append(cell(row) + few if row else "–")
        rows.append([str(gap), *cells])
    return table(head, rows)


def fill_tables(results: Row, causal: Row, quiet: Row) -> dict[str, str]:
    """Return the tables of gaps by their titles."""

    def own(suffix: str) -> dict[str, tuple[Row, str, Cell]]:
        return {
            "exact": (results, suffix, share("exact")),
            "tokens right": (results, suffix, share("token_accuracy")),
            "similarity": (results, suffix, plain("similarity", 2)),
        }

    def pace(suffix: str) -> dict[str, tuple[Row, str, Cell]]:
        return {
            "steps": (results, suffix, plain("steps")),
            "tokens a step": (results, suffix, plain("tokens_per_step", 2)),
            "calibration error": (results, suffix, plain("calibration_error", 2)),
        }

    unknown = {
        "exact": share("exact"),
        "similarity": plain("similarity", 2),
        "tokens off": plain("length_error"),
    }
    sides = {
        "as the editor": (results, "_drafted", share("exact")),
        "denoiser alone": (results, "", share("exact")),
        "text behind hidden": (results, "_left_only", share("exact")),
        "same weights causal": (results, "_causal", share("exact")),
        "plain causal model": (causal, "_causal", share("exact")),
    }
    times = {
        "as the editor": (quiet, "_drafted", plain("ms", 0)),
        "denoiser alone": (quiet, "", plain("ms", 0)),
        "same weights causal": (quiet, "_causal", plain("ms", 0)),
    }
    similar = {
        "as the editor": (results, "_drafted", plain("similarity", 2)),
        "denoiser alone": (results, "", plain("similarity", 2)),
        "plain causal model": (causal, "_causal", plain("similarity", 2)),
    }
    return {
        "as the editor fills": gap_table(own("_drafted")),
        "length not given": gap_table(
            {n: (results, "_drafted_length_unknown", c) for n, c in unknown.items()}
        ),
        "the denoiser alone": gap_table(own("")),
        "surplus slots": gap_table({n: (results, "_surplus", c) for n, c in unknown.items()}),
        "pace and calibration, as the editor fills": gap_table(pace("_drafted")),
        "pace and calibration, the denoiser alone": gap_table(pace("")),
        "ms a fill": gap_table(times),
        "who finds the very text": gap_table(sides),
        "whose text is nearest": gap_table(similar),
    }


def text_table(results: Row, causal: Row) -> str:
    """Return the table of lines, sentences and passages."""
    names = ("tasks", "exact", "similarity", "parses", "log_likelihood", "ms")
    rows = [
        [f"{kind}: {name}{whose}", *(str(row.get(figure, "–")) for figure in names)]
        for own, whose in ((results, ""), (causal, ", plain causal model"))
        for kind in KINDS
        for name, row in own.get(kind, {}).items()
        if name.startswith(("line", "sentence", "passage"))
    ]
    return table(["", *(name.replace("_", " ") for name in names)], rows)


def ablation_table(ablations: Row) -> str:
    """Return what a model has learned without each part of the objective."""
    probes = [name for name in next(iter(ablations.values())) if name not in ("steps", "seconds")]
    rows = [
        [name, *(f"{100 * own[probe]:.1f}" for probe in probes)] for name, own in ablations.items()
    ]
    return table(["", *probes], rows)


def print_tables(folder: Path) -> None:
    """Print every table of a model folder."""
    texts = {
        name: (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "{}"
        for name in ("evaluation.json", CAUSAL_FILE, QUIET_FILE, ABLATIONS_FILE)
    }
    results, causal, quiet, ablations = map(json.loads, texts.values())
    for title, text in fill_tables(results, causal, quiet).items():
        print(f"{title}\n\n{text}")
    print(f"lines, sentences and passages\n\n{text_table(results, causal)}")
    if ablations:
        print(f"without a part\n\n{ablation_table(ablations)}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(Recipe().model_folder))
    print_tables(parser.parse_args().model)


if __name__ == "__main__":
    main()
