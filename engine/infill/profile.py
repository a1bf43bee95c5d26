"""What a checkpoint was trained to do in infilling, from `inlay.json` beside its weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from engine.errors import ModelFolderError
from engine.model.config import check_tokens
from engine.schema import Strict, TokenId, validated

MIN_CANVAS = 20  # tokens: the suffix that stays in sight, and a few slots


class _File(Strict):
    # A habit this version does not know would be broken without a word.
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=200)] = ""
    filler_token_id: TokenId | None = None
    context_length: Annotated[int | None, Field(ge=1, le=1 << 30)] = None
    mark_known_from_start: bool = False
    end_token_id: TokenId | None = None
    forbidden_token_ids: list[TokenId] = Field(default_factory=list)
    drafts_causally: bool = False
    draft_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    shortlist: Annotated[int, Field(ge=1, le=256)] = 32
    following: Annotated[int, Field(ge=1, le=256)] = 24
    believed: Annotated[int, Field(ge=0, le=32)] = 0
    takes_instructions: bool = True
    rewrites_in_chat: bool = False
    made_for: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list)
    most_words: Annotated[int, Field(ge=0)] = 0


# A file of our own: `transformers` refuses a `generation_config.json` with fields it does not know.
@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Infilling habits; the defaults are those of the released instruction-tuned checkpoints."""

    name: str = ""  # shown to the user; empty: the folder's name
    filler_token_id: int | None = None  # what surplus slots become; None: fills exactly its slots
    context_length: int | None = None  # tokens of left context it was trained on; None: its window
    mark_known_from_start: bool = False  # known rows speak through self-conditioning in step 1
    end_token_id: int | None = None  # stands behind the last word of a document
    forbidden_token_ids: tuple[int, ...] = ()  # tokens that are no text
    # Without it a canvas starts from noise, as the authors' sampler does. Inlay's models are small:
    # settling four tokens together is beyond them, and drafts find the same tokens two to three
    # times as often (figures in the model card).
    drafts_causally: bool = False  # canvases start from what the causal pass writes, not from noise
    # Of a draft's tokens on its canvas, the others are noise: enough to go on from, with room for
    # what the right side says. With 1 the draft is a candidate's first frame, and stands where
    # denoising does not better it.
    draft_share: float = 0.5
    # Where the denoiser proposes as well (`believed`), six of the beam and six of its own do as
    # well as fourteen of the beam alone did.
    shortlist: int = 32  # drafts that are judged by the text behind them
    following: int = 24  # tokens of that text
    # Longest gap, in tokens, of which the denoiser's first step is worth asking: it then proposes
    # and judges drafts, and is the first frame. 0: it starts from noise and says nothing yet.
    believed: int = 0
    takes_instructions: bool = True  # has a chat template around the text
    rewrites_in_chat: bool = False  # takes them with the passage in the user's turn, not the text's
    # What the user is told before a draft that will hardly be of use; nothing hangs on it.
    made_for: tuple[str, ...] = ()  # "prose" (English) and languages of code; empty: anything
    most_words: int = 0  # that it does well without an instruction; 0: any number

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Profile":
        """Read a decoded `inlay.json`; an empty object stands for a released checkpoint.

        Raises:
            ModelFolderError: If it has a field this version does not know, or a value that cannot
                be.
        """
        fields = validated(_File, values, "inlay.json").model_dump()
        lists = {name: tuple(fields[name]) for name in ("forbidden_token_ids", "made_for")}
        return cls(**fields | lists)

    def check(self, vocab_size: int, canvas_length: int) -> None:
        """Check the profile against the model it stands beside.

        Raises:
            ModelFolderError: If it names ids the model does not have, or the canvas is too short
                to hold a region and the text behind it.
        """
        ids = [*self.forbidden_token_ids, self.filler_token_id, self.end_token_id]
        check_tokens("inlay.json: a token", ids, vocab_size)
        if len(set(self.forbidden_token_ids)) >= vocab_size:
            raise ModelFolderError("inlay.json: forbidden_token_ids names every token there is.")
        if canvas_length < MIN_CANVAS:
            raise ModelFolderError(
                f"config.json: canvas_length is {canvas_length}; in-place rewriting needs at "
                f"least {MIN_CANVAS}."
            )
