"""How much a request may ask for; looked at before anything is computed or takes memory."""

import math

from engine.api import MAX_CANDIDATES, Generate, LengthMode, SamplerOptions
from engine.errors import BadRequestError

MAX_SLOTS = 4096  # tokens of all candidates: 16,000 characters of prose; they take up to 2 GB
MAX_CHARACTERS = 100_000  # of a region: no tokenizer packs that many into so few tokens
MAX_WORDS, MAX_LINES = 1000, 400
MAX_SOFT_EDGE = 50  # words on either side
MAX_STEPS = 1000
MAX_SEED = 10**100

_SHOWN = 10**12  # larger numbers are not spelled out


def check(request: Generate) -> None:
    """Look whether a request can be carried out at all.

    Raises:
        BadRequestError: If it cannot; it names the bound.
    """
    settings = request.settings
    _check_whole("candidates", settings.candidates, 1, MAX_CANDIDATES)
    _check_whole("soft_edge", settings.soft_edge, 0, MAX_SOFT_EDGE)
    if abs(request.seed) > MAX_SEED:
        raise BadRequestError(f"seed is {_shown(request.seed)}; it has 100 digits at most.")
    if settings.num_slots is not None:
        _check_whole("num_slots", settings.num_slots, 1, MAX_SLOTS)
    if settings.length.mode is LengthMode.WORDS:
        _check_whole("words", settings.length.count, 1, MAX_WORDS)
    if settings.length.mode is LengthMode.LINES:
        _check_whole("lines", settings.length.count, 1, MAX_LINES)
    if not 0.0 <= settings.strength <= 1.0:
        raise BadRequestError(f"strength is {_shown(settings.strength)}; it goes from 0 to 1.")
    if len(request.region) > MAX_CHARACTERS:
        raise BadRequestError(
            f"The region has {len(request.region):,} characters; {MAX_CHARACTERS:,} are the most. "
            "Select less."
        )
    _check_sampler(settings.sampler)


def check_slots(num_slots: int, candidates: int) -> None:
    """Look whether a region is short enough, now that its tokens are counted.

    Raises:
        BadRequestError: If it is not; it names the bound.
    """
    if num_slots * candidates > MAX_SLOTS:
        raise BadRequestError(
            f"The new text would be {num_slots:,} tokens long; {MAX_SLOTS // candidates:,} are the "
            "most. Select less, or ask for a shorter text or for fewer candidates."
        )


def _check_sampler(options: SamplerOptions) -> None:
    if options.max_denoising_steps is not None:
        _check_whole("max_denoising_steps", options.max_denoising_steps, 1, MAX_STEPS)
    if options.stability_threshold is not None:
        _check_whole("stability_threshold", options.stability_threshold, 0, MAX_STEPS)
    for name in ("t_min", "t_max", "entropy_bound", "confidence_threshold"):
        value = getattr(options, name)
        if value is not None and not math.isfinite(value):
            raise BadRequestError(f"{name} is {value}; it must be a finite number.")


def _check_whole(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadRequestError(f"{name} is {_shown(value)}; it goes from {least:,} to {most:,}.")


def _shown(value: float) -> str:
    if not abs(value) > _SHOWN:
        return f"{value}"
    return "far too large" if value > 0 else "far too small"
