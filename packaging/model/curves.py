"""Write the training log as JSON and as a picture: `python packaging/model/curves.py`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from recipe import Recipe
from train import LOG_FILE

WIDTH, HEIGHT, MARGIN = 760, 320, 46
# Readable on white and on black, and apart for those who see few colours.
CURVES: Final = {"causal_loss": "#0a84c6", "denoising_loss": "#d9730d"}
SMOOTHING: Final = 30  # log lines averaged for a point
Point = tuple[float, float]


def read_log(path: Path) -> list[dict[str, float]]:
    """Return the log's lines in the order of their steps; of a step logged twice the last."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for _, line in sorted({line["step"]: line for line in lines}.items())]


def smoothed(lines: Sequence[dict[str, float]], name: str) -> list[Point]:
    """Return steps and running means of one column."""
    rows = [(line["step"], line[name]) for line in lines if name in line]
    points = []
    for end in range(1, len(rows) + 1):
        window = rows[max(0, end - SMOOTHING) : end]
        points.append((rows[end - 1][0], sum(value for _, value in window) / len(window)))
    return points


def picture(lines: Sequence[dict[str, float]]) -> str:
    """Return the curves as SVG."""
    curves = {name: smoothed(lines, name) for name in CURVES}
    values = [value for points in curves.values() for _, value in points]
    last, low, high = lines[-1]["step"], min(values), max(values)

    def place(point: Point) -> str:
        x = MARGIN + (WIDTH - 2 * MARGIN) * point[0] / last
        y = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (point[1] - low) / (high - low)
        return f"{x:.1f},{y:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#777">'
    ]
    for row, (name, color) in enumerate(CURVES.items()):
        line = "M" + " L".join(map(place, curves[name]))
        parts.append(f'<path fill="none" stroke="{color}" stroke-width="2" d="{line}"/>')
        label = f"{name.replace('_', ' ')}, last {curves[name][-1][1]:.2f} nats"
        parts.append(f'<text x="{WIDTH - 240}" y="{28 + 18 * row}" fill="{color}">{label}</text>')
    bottom = HEIGHT - MARGIN + 18
    parts += [
        f'<text x="{MARGIN}" y="{bottom}">step 0</text>',
        f'<text x="{WIDTH - MARGIN}" y="{bottom}" text-anchor="end">{last:.0f}</text>',
        f'<text x="4" y="{MARGIN}">{high:.1f}</text>',
        f'<text x="4" y="{HEIGHT - MARGIN}">{low:.1f}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write `training.json` and `training.svg` beside the weights."""
    recipe = Recipe()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, default=Path(recipe.data_folder) / LOG_FILE)
    parser.add_argument("--out", type=Path, default=Path(recipe.model_folder))
    arguments = parser.parse_args()
    lines = read_log(arguments.log)
    columns = {name: [line.get(name) for line in lines] for name in ("step", "seconds", *CURVES)}
    text = json.dumps(columns, separators=(",", ":")) + "\n"
    (arguments.out / "training.json").write_text(text, encoding="utf-8")
    (arguments.out / "training.svg").write_text(picture(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
