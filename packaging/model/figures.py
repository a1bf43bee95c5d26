"""What is counted over the tasks of one row of the evaluation."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any

from engine.infill import TextCodec
from engine.measure.outcome import similarity

Row = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """The fills of one gap length."""

    exact: list[bool] = field(default_factory=list)
    similarity: list[float] = field(default_factory=list)
    length_error: list[int] = field(default_factory=list)  # tokens
    right: list[bool] = field(default_factory=list)  # per slot
    sureness: list[float] = field(default_factory=list)  # per slot, exp(−entropy)
    steps: list[int] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def count(self, codec: TextCodec, wanted: Sequence[int], found: Sequence[int]) -> None:
        """Count a fill by its tokens, beside those that stood there."""
        texts = [codec.decode(tokens, errors="ignore") for tokens in (wanted, found)]
        self.exact.append(texts[0] == texts[1])
        self.similarity.append(similarity(*texts))
        self.length_error.append(abs(len(found) - len(wanted)))
        self.right += [a == b for a, b in zip(found, wanted, strict=False)]

    def row(self) -> Row:
        """Return the figures of a causal fill, which takes a step a token and is never noisy."""
        return {
            "tasks": len(self.exact),
            "exact": round(fmean(self.exact), 3),
            "similarity": round(fmean(self.similarity), 3),
            "token_accuracy": round(fmean(self.right), 3),
            "ms": round(fmean(self.ms), 1),
        }

    def denoising_row(self, length: int) -> Row:
        """Return the figures of gaps of `length` tokens."""
        return self.row() | {
            "calibration_error": round(_calibration_error(self.sureness, self.right), 3),
            "length_error": round(fmean(self.length_error), 2),
            "steps": round(fmean(self.steps), 1),
            "tokens_per_step": round(length / fmean(self.steps), 2),
        }


def keep(path: Path, names: Sequence[str], row: Row) -> None:
    """Put a row, under its names, into a file of results that other processes may write too."""
    results: Row = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    place = results
    for name in names[:-1]:
        place = place.setdefault(name, {})
    place[names[-1]] = row
    temporary = path.with_suffix(f".{os.getpid()}.part")
    temporary.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    temporary.replace(path)


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
