"""A proposal at one moment: what is drawn and said of it."""

from dataclasses import dataclass
from typing import Final

from app.proposal.model.candidate import Candidate, Draft
from app.proposal.model.past import Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.placement import Placement
from app.text.rebase import Region
from engine.api import CanvasUpdated, FinishReason, Generate

_NOTHING: Final = Generate(job_id=0, revision=0, before="", region="", after="")
_NOWHERE: Final = Placement(
    request=_NOTHING, region=Region(start=0, end=0), old_text="", asked_text=""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that there is to see of a proposal, made once for whatever the engine or the user does.

    The defaults are those of an editor that has no proposal yet.
    """

    phase: Phase = Phase.IDLE
    outcome: Outcome | None = None  # how it has ended; None while it is shown
    note: str = ""
    place: Placement = _NOWHERE
    candidates: tuple[Candidate, ...] = (Candidate(job=_NOTHING),)  # the best first
    shown: int = 0  # the place of the one that is shown
    draft: Draft | None = None  # the text that is shown; None before the first frame
    past_frame: int | None = None  # the index of the frame in view; None: the newest text
    shows_old: bool = False  # in the draft's place, to compare
    job_steps: int = 0  # as many as the newest job has at most
    is_live: bool = False  # drafted anew whenever the text around it changes
    is_outdated: bool = False  # the text around it has changed since it was asked for
    has_focus: bool = True  # the keys that write mean it

    @property
    def candidate(self) -> Candidate:
        """The candidate that is shown."""
        return self.candidates[self.shown]

    @property
    def frame(self) -> CanvasUpdated | None:
        """The frame in view, or the newest of the candidate shown; None before the first."""
        frames = self.candidate.frames
        return frames[-1 if self.past_frame is None else self.past_frame] if frames else None

    @property
    def is_busy(self) -> bool:
        """Whether the engine still works on it."""
        return self.phase in (Phase.WAITING, Phase.RUNNING)

    @property
    def can_accept(self) -> bool:
        """Whether there is a draft that may replace the region."""
        has_draft = self.draft is not None and self.phase in (Phase.RUNNING, Phase.FINISHED)
        return has_draft and not self.shows_old and not self.has_lost_part

    @property
    def has_lost_part(self) -> bool:
        """Whether the draft would wipe out a part of it that is in the document already."""
        return self.place.has_parts and self.past_frame is None and self.candidate.has_lost_held

    @property
    def changes_nothing(self) -> bool:
        """Whether a draft that is done is the text that it is to replace."""
        if self.phase is not Phase.FINISHED or self.draft is None:
            return False
        return self.draft.document_text.text == self.place.old_text

    @property
    def number(self) -> int:
        """The place of the candidate shown, from 1; 0: there is only one."""
        return self.shown + 1 if len(self.candidates) > 1 else 0

    @property
    def step(self) -> int:
        """The number of the frame, as the engine counts."""
        return self.frame.step if self.frame else 0

    @property
    def max_steps(self) -> int:
        """How many steps there may be; 0: not known."""
        return self.frame.max_steps if self.frame else self.job_steps

    @property
    def num_frames(self) -> int:
        """How many frames the candidate shown has."""
        return len(self.candidate.frames)

    @property
    def past_number(self) -> int:
        """The place of the frame in view, from 1; 0: the newest text is shown."""
        return 0 if self.past_frame is None else self.past_frame + 1

    @property
    def reason(self) -> FinishReason | None:
        """Why the candidate shown has ended; None while it runs."""
        return self.candidate.reason
