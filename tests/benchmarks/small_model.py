"""Inlay Small: its products, tokens a second beside llama.cpp, and edits in the real window."""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import torch

from engine.errors import EngineError
from engine.hub.base import Base
from engine.loading import load_model
from engine.model import Denoiser, KVCache
from engine.model.products import Product
from resources import resource_path
from tests.benchmarks.first_frame import timed_edit
from tests.benchmarks.llama_cpp_texts import Writer

Speeds = dict[str, float]  # tokens a second

ROWS = (1, 4, 16, 64, 256)  # a single text's, a beam's, a canvas's, a context's
LAYERS = 30  # more weights than a processor's cache holds
WEIGHTS = ((960, 576), (576, 576), (3072, 576), (576, 1536))  # [out, in] of a layer

TEXTS = 16
TOKENS = 48  # written of each text
PROSE = (
    "The old house stood on a hill above the village, and the wind came up from the sea in the "
    "evening. Nobody had lived there since the winter in which the bridge was lost. Children "
    "went up to it on a dare, looked through the broken shutters and ran home again, and each of "
    "them told the others of a light that had moved behind the glass. "
)
CODE = (
    "def total_of(prices: list[Price], tax: float) -> float:\n"
    '    """Return what all of them cost together."""\n'
    "    total = 0.0\n"
    "    for price in prices:\n"
    "        total += price.amount() * (1 + tax)\n"
    "    return round(total, 2)\n"
)
# What is selected, and in which file: a word, a line of 12 tokens, 75 characters.
EDITS = {
    "word": ("story.md", PROSE, "village"),
    "line_of_12_tokens": ("prices.py", CODE, "total += price.amount() * (1 + tax)"),
    "75_characters": (
        "story.md",
        PROSE,
        "and each of them told the others of a light that had moved behind the glass",
    ),
}


def measure(rounds: int = 5) -> dict[str, Any]:
    """Return tokens a second, ours and llama.cpp's, and ms to first frame and settled."""
    folder = resource_path("models/small")
    try:
        base = Base.of(folder).locate(folder)
    except EngineError as error:
        return {"skipped": str(error)}
    return {
        "weights_in_float16": in_halves(rounds),
        "from_the_left": from_the_left(folder, base, rounds),
        "edits": edits(folder, rounds),
    }


@torch.inference_mode()
def in_halves(rounds: int) -> dict[str, Any]:
    """Return the ms of all layers' products in float32, and how many times sooner halves are."""
    layers = [[torch.randn(size) for size in WEIGHTS] for _ in range(LAYERS)]
    plain = [[Product(weight) for weight in layer] for layer in layers]
    try:
        halves = [[Product(weight, in_halves=True) for weight in layer] for layer in layers]
    except RuntimeError as error:
        return {"skipped": str(error)}
    found: dict[str, Any] = {"float32_ms": {}, "times_float32": {}}
    for count in ROWS:
        inputs = [torch.randn(count, size) for _, size in WEIGHTS]
        pairs = [(_products_ms(plain, inputs), _products_ms(halves, inputs)) for _ in range(rounds)]
        found["float32_ms"][count] = round(statistics.median(one for one, _ in pairs), 1)
        ratio = statistics.median(one / other for one, other in pairs)
        found["times_float32"][count] = round(ratio, 2)
    return found


def _products_ms(layers: Sequence[Sequence[Product]], inputs: Sequence[torch.Tensor]) -> float:
    start = time.perf_counter()
    for layer in layers:
        for product, rows in zip(layer, inputs, strict=True):
            product(rows)
    return (time.perf_counter() - start) * 1e3


def from_the_left(folder: Path, base: Path, rounds: int) -> dict[str, Any]:
    """Return tokens a second of reading, and of writing one text and sixteen, both in turns."""
    loaded, threads = load_model(folder, "cpu"), torch.get_num_threads()
    model, prompt = loaded.checkpoint.model, loaded.codec.encode(PROSE * 2)
    found: dict[str, Any] = {"threads": threads, "dtype": loaded.info().dtype}
    samples: dict[str, list[Speeds]] = {"ours": []}
    writer = None
    try:
        writer = Writer(base, TEXTS, threads)
        samples["llama.cpp"] = []
    except ImportError as error:
        found["skipped"] = f"llama.cpp: {error}; pip install llama-cpp-python"
        print(found["skipped"], file=sys.stderr)
    for _ in range(rounds):
        samples["ours"].append(_ours(model, prompt))
        if writer is not None:
            samples["llama.cpp"].append(_theirs(writer, prompt))
    if writer is not None:
        writer.close()
    for name, own in samples.items():
        found[name] = {key: round(statistics.median(one[key] for one in own), 1) for key in own[0]}
    if writer is not None:
        ours, theirs = found["ours"], found["llama.cpp"]
        found["times_llama.cpp"] = {key: round(ours[key] / theirs[key], 2) for key in ours}
    return found


@torch.inference_mode()
def _ours(model: Denoiser, prompt: Sequence[int]) -> Speeds:
    cache, start = KVCache(model.config), time.perf_counter()
    hidden = model.encode(torch.tensor([prompt]), cache)
    first = model.logits(hidden[:, -1]).argmax(-1)
    first.tolist()
    speeds = {"reading": len(prompt) / (time.perf_counter() - start)}
    for name, texts in (("one_text", 1), (f"{TEXTS}_texts", TEXTS)):
        own, tokens = cache.branch(), first.expand(texts)
        start = time.perf_counter()
        for _ in range(TOKENS):
            tokens = model.logits(model.encode(tokens[:, None], own)[:, -1]).argmax(-1)
            tokens.tolist()  # whoever writes looks at every token
        speeds[name] = TOKENS * texts / (time.perf_counter() - start)
    return speeds


def _theirs(writer: Writer, prompt: Sequence[int]) -> Speeds:
    start = time.perf_counter()
    first = writer.read(prompt)
    speeds = {"reading": len(prompt) / (time.perf_counter() - start)}
    for name, texts in (("one_text", 1), (f"{TEXTS}_texts", TEXTS)):
        writer.read(prompt)
        writer.fork(texts)
        tokens, start = [first] * texts, time.perf_counter()
        for _ in range(TOKENS):
            tokens = writer.write(tokens)
        speeds[name] = TOKENS * texts / (time.perf_counter() - start)
    return speeds


def edits(folder: Path, rounds: int) -> dict[str, Any]:
    """Return ms from the key press to the first frame and to the end; the first may be slower."""
    from tests.journeys.driver import Journey

    found: dict[str, Any] = {}
    for name, (file_name, text, words) in EDITS.items():
        with Journey(folder, text, file_name) as journey:
            journey.wait_ready()
            times = [timed_edit(journey, words) for _ in range(rounds)]
        for place, what in enumerate(("first_frame", "settled")):
            own = [one[place] for one in times]
            ms = {"median_ms": round(statistics.median(own)), "worst_ms": round(max(own))}
            found.setdefault(name, {})[what] = ms
    return found
