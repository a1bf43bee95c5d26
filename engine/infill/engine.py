"""What every part of a job works with."""

from dataclasses import dataclass

from engine.infill.codec import TextCodec
from engine.infill.profile import Profile
from engine.model import DiffusionGemma
from engine.sampler import Sampler


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillEngine:
    """A model with its tokenizer, its habits and the sampler of one request."""

    model: DiffusionGemma
    codec: TextCodec
    profile: Profile
    sampler: Sampler
    canvas_length: int
    max_context: int  # tokens
