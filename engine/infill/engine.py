"""What every part of a job works with."""

from dataclasses import dataclass

from engine.infill.codec import TextCodec
from engine.infill.profile import Profile
from engine.infill.prompt import ChatTemplate
from engine.model import Denoiser
from engine.sampler import Sampler


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillEngine:
    """A model with its tokenizer, its habits and the sampler of one request."""

    model: Denoiser
    codec: TextCodec
    profile: Profile
    sampler: Sampler
    canvas_length: int
    max_context: int  # tokens
    template: ChatTemplate | None = None  # of checkpoints that take instructions
    end_ids: frozenset[int] = frozenset()  # each of them ends a text

    @property
    def forbidden_ids(self) -> list[int]:
        """Ids a slot never takes: those that are no text, but for the filler."""
        forbidden = {*self.profile.forbidden_token_ids, *self.codec.textless}
        return sorted(forbidden - {self.profile.filler_token_id})
