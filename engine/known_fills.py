"""Fills whose results are known: what they are, and when another machine's count as the same.

Processors round differently, and a draw that falls between two words may then fall on the other:
the text and its steps need not be the same everywhere. Two numbers must be, to a tolerance, because
no draw has a part in them but those of the first canvas: the entropy of the first step, and how
likely the weights, run causally, find the known text. A text that is another than the known one is
accepted if both hold and the weights find it about as likely.
"""

import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.api import (
    CanvasUpdated,
    Constraints,
    Finished,
    Generate,
    Length,
    LengthMode,
    ModelInfo,
    RunSettings,
)
from engine.conversation import Conversation
from engine.small_files import sha256_of

KNOWN_FILE = "self_test.json"  # beside the weights; made by packaging/model/known_fills.py
WEIGHTS_FILE = "model.safetensors"
TIMEOUT_S = 60.0
# Measured with other vector units, libraries and numbers of threads: the entropy moves by 4e-6 at
# most, the likelihood by 1e-6, and now and then the number of steps. bfloat16 moves the likelihood
# by 0.0044. Noise of a thousandth on all weights moves it by 0.0015.
ENTROPY_TOLERANCE = 1e-4  # nats
LIKELIHOOD_TOLERANCE = {"float32": 1e-4, "bfloat16": 0.05}  # nats a token
WORSE = 0.5  # nats a token that another text may be less likely
SAME = RunSettings(length=Length(mode=LengthMode.SAME), seed=1)

REGIONS = {
    "a word of a story": Generate(
        job_id=0,
        revision=0,
        before="Once upon a time there was a little ",
        region="girl",
        after=", who lived with her mother in a house beside the wood.\n",
        settings=SAME,
    ),
    "words of a story": Generate(
        job_id=0,
        revision=0,
        before="The old man took his hat ",
        region="and his stick",
        after=" and went out of the house.\n",
        settings=SAME,
    ),
    "a name in Python": Generate(
        job_id=0,
        revision=0,
        before="import os\n\nfor name in os.listdir(folder):\n    path = os.path.join(folder, ",
        region="name",
        after=")\n    print(path)\n",
        language="python",
        settings=SAME,
    ),
}


class Problem(Exception):  # noqa: N818 - what a check finds, not what a program does wrong
    """What a check has found to be wrong; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is compared of a fill."""

    text: str
    steps: int
    first_entropy: float  # nats, the mean of the first step
    likelihood: float  # nats a token, of the text and what follows, by the weights run causally
    known_likelihood: float  # the same of the known text


REINSTALL = "The installation is damaged: repair it, or install Inlay again."


def fill(engine: Conversation, request: Generate, known_text: str = "") -> Filled:
    """Fill a region, and find how likely the known text is there; "": the one just found.

    Raises:
        AnswerError: If the engine fails.
    """
    *steps, last = engine.ask(request)
    assert isinstance(last, Finished)
    first = next(event for event in steps if isinstance(event, CanvasUpdated))
    return Filled(
        text=last.text,
        steps=last.steps,
        first_entropy=first.mean_entropy,
        likelihood=_likelihood(last),
        known_likelihood=_likelihood_of(engine, request, known_text or last.text),
    )


def _likelihood_of(engine: Conversation, request: Generate, text: str) -> float:
    """Return how likely a text is in a region: its fill, fitted to that very text."""
    only = Constraints(pattern=re.escape(text))
    *_, last = engine.ask(replace(request, settings=replace(request.settings, constraints=only)))
    assert isinstance(last, Finished)
    return _likelihood(last)


def _likelihood(finished: Finished) -> float:
    score = finished.candidates[0].score
    assert score is not None, "a job that was not stopped is scored"
    return score.log_likelihood


def difference(known: Filled, found: Filled, model: ModelInfo) -> str:
    """Say how a fill differs from the known one by more than rounding; "" if it does not."""
    entropy = abs(found.first_entropy - known.first_entropy)
    likelihood = abs(found.known_likelihood - known.likelihood)
    # A graphics card draws other numbers from a seed, and so begins with another canvas.
    if model.device == "cpu" and not entropy <= ENTROPY_TOLERANCE:
        return _wrong("the first step's entropy", found.first_entropy, known.first_entropy)
    if not likelihood <= LIKELIHOOD_TOLERANCE[model.dtype]:
        return _wrong("the known text's likelihood", found.known_likelihood, known.likelihood)
    if not found.likelihood >= known.likelihood - WORSE:
        return f"“{found.text}” is much less likely than “{known.text}”, which was found before"
    return ""


def _wrong(what: str, found: float, known: float) -> str:
    return f"{what} is {found:.6f} instead of {known:.6f}: this machine computes something else"


def read_known(folder: Path) -> dict[str, Any]:
    """Return what `known_fills` once found for a model folder.

    Raises:
        Problem: If the file is missing or damaged.
    """
    try:
        known: dict[str, Any] = json.loads((folder / KNOWN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{KNOWN_FILE} cannot be read ({error}). {REINSTALL}") from error
    return known


def known_fills(folder: Path) -> dict[str, object]:
    """Compute what ships as a model folder's known results, on the processor."""
    with Conversation(TIMEOUT_S) as engine:
        engine.load(folder, "cpu")
        fills = {name: asdict(fill(engine, request)) for name, request in REGIONS.items()}
    return {"weights_sha256": sha256_of(folder / WEIGHTS_FILE), "fills": fills}
