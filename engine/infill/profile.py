"""What a checkpoint was trained to do in infilling, from `inlay.json` beside its weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import ModelFolderError

MIN_CANVAS = 20  # tokens: the suffix that stays in sight, and a few slots


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Infilling habits; the defaults are those of the released instruction-tuned checkpoints."""

    name: str = ""  # shown to the user; empty: the folder's name
    filler_token_id: int | None = None  # what surplus slots become; None: fills exactly its slots
    context_length: int | None = None  # tokens of left context it was trained on; None: its window
    mark_known_from_start: bool = False  # known rows speak through self-conditioning in step 1
    end_token_id: int | None = None  # stands behind the last word of a document
    forbidden_token_ids: tuple[int, ...] = ()  # tokens that are no text
    drafts_causally: bool = False  # canvases start from what the causal pass writes, not from noise
    # Of a draft's tokens on its canvas, the others are noise: enough to go on from, with room for
    # what the right side says. With 1 the draft is a candidate's first frame, and stands where
    # denoising does not better it.
    draft_share: float = 0.5
    shortlist: int = 32  # drafts that are judged by the text behind them
    following: int = 24  # tokens of that text
    takes_instructions: bool = True  # has a chat template around the text

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Profile":
        """Read a decoded `inlay.json`; an empty object stands for a released checkpoint.

        Raises:
            ModelFolderError: If it has a field this version does not know.
        """
        unknown = values.keys() - cls.__dataclass_fields__.keys()
        if unknown:
            raise ModelFolderError(
                f"inlay.json has fields this version does not know: {', '.join(sorted(unknown))}. "
                "Update Inlay."
            )
        forbidden = values.get("forbidden_token_ids", ())
        if not isinstance(forbidden, list | tuple):
            raise ModelFolderError("inlay.json: forbidden_token_ids is no list.")
        return cls(**{**values, "forbidden_token_ids": tuple(forbidden)})

    def check(self, vocab_size: int, canvas_length: int) -> None:
        """Check the profile against the model it stands beside.

        Raises:
            ModelFolderError: If it names ids the model does not have, or the canvas is too short
                to hold a region and the text behind it.
        """
        ids = [*self.forbidden_token_ids, self.filler_token_id or 0, self.end_token_id or 0]
        for token in ids:
            if not isinstance(token, int) or not 0 <= token < vocab_size:
                raise ModelFolderError(f"inlay.json names the token {token!r}, which is none.")
        if self.context_length is not None and self.context_length < 1:
            raise ModelFolderError("inlay.json: context_length must be at least 1.")
        if canvas_length < MIN_CANVAS:
            raise ModelFolderError(
                f"config.json: canvas_length is {canvas_length}; in-place rewriting needs at "
                f"least {MIN_CANVAS}."
            )
