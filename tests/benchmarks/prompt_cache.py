"""What reusing the KV cache saves: the first step behind a prefix of 2,000 tokens.

The embedded model reads 128 tokens of context; here its weights are told to read more, because only
the time is asked for.
"""

import statistics
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.api import SamplerOptions
from engine.infill import ContextCache, InfillEngine, InfillJob
from engine.loading import load_model
from tests.requests import generate

PREFIX_TOKENS = 2000
SENTENCES = ("The wind came up from the sea, and nobody spoke of it. ", "Rain fell on the house. ")


def measure(folder: Path, rounds: int = 7) -> dict[str, Any]:
    """Return ms to the first step: anew, the same place again, and after a word was typed."""
    loaded = load_model(folder, "cpu")
    engine = loaded.engine(SamplerOptions())
    # Noise to start from: a draft of the causal pass costs the same with any cache.
    profile = replace(engine.profile, context_length=None, drafts_causally=False)
    engine = replace(engine, profile=profile, max_context=PREFIX_TOKENS)
    text = "".join(SENTENCES[number % 7 % 2] for number in range(PREFIX_TOKENS))
    samples: dict[str, list[float]] = {"anew": [], "again": [], "after_a_word": []}
    for _ in range(rounds):
        contexts = ContextCache()
        samples["anew"].append(_first_step(engine, contexts, text))
        samples["again"].append(_first_step(engine, contexts, text))
        samples["after_a_word"].append(_first_step(engine, contexts, text + "Nobody "))
    ms = {name: round(statistics.median(values), 1) for name, values in samples.items()}
    times = {name: round(ms["anew"] / value, 1) for name, value in ms.items()}
    return {"prefix_tokens": PREFIX_TOKENS, "ms": ms, "times_faster": times}


def _first_step(engine: InfillEngine, contexts: ContextCache, before: str) -> float:
    request = generate(
        job_id=0, revision=0, before=before, region="", after=" It was late.", seed=0, num_slots=4
    )
    start = time.perf_counter()
    next(iter(InfillJob.planned(engine, request, contexts).run()))
    return (time.perf_counter() - start) * 1e3
