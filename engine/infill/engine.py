"""What every part of a job works with."""

from dataclasses import dataclass

from engine.infill.codec import TextCodec
from engine.infill.profile import Profile
from engine.infill.prompt import ChatTemplate
from engine.model import Denoiser
from engine.sampler import Sampler
from engine.stepping import Stepper


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSide:
    """What laying out a region needs to know of a model: its tokens, habits and sizes."""

    codec: TextCodec
    profile: Profile
    canvas_length: int
    max_context: int = 4096  # tokens before the region at most
    template: ChatTemplate | None = None  # of checkpoints that take instructions


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillEngine(TextSide):
    """A model with its tokenizer, its habits and the sampler of one request."""

    model: Denoiser
    stepper: Stepper  # takes its denoising steps
    sampler: Sampler
    end_ids: frozenset[int] = frozenset()  # each of them ends a text

    @property
    def forbidden_ids(self) -> list[int]:
        """Ids a slot never takes: those that are no text, but for the filler."""
        forbidden = {*self.profile.forbidden_token_ids, *self.codec.textless}
        return sorted(forbidden - {self.profile.filler_token_id})
