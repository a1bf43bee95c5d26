"""The model of one proposal: what the engine has drafted for one region, and how far it is."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from app.proposal.history import Outcome
from app.proposal.positions import DocumentText, as_document_text
from app.proposal.rebase import Change, Region, follow, rebase
from engine.api import CanvasUpdated, DraftSpan, Finished, FinishReason, Generate, Started

PARKED_NOTE = "The text around it changed. Esc removes it."


class Phase(Enum):
    """Where a proposal is in its life."""

    IDLE = "idle"  # there is none: accepted, rejected or replaced
    WAITING = "waiting"  # sent, nothing drafted yet
    RUNNING = "running"  # denoising
    FINISHED = "finished"  # can be accepted
    STALE = "stale"  # parked: the text it was computed from is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text for the region, as the model produced it."""

    text: str
    spans: tuple[DraftSpan, ...]  # code points of `text`, tiling it

    def as_document_text(self) -> DocumentText:
        """Return the draft as the document would hold it."""
        return as_document_text(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalStatus:
    """What the status line says of a proposal."""

    phase: Phase
    step: int = 0
    max_steps: int = 0
    mean_entropy: float = 0.0  # nats
    step_ms: float = 0.0
    num_frames: int = 0
    reason: FinishReason | None = None
    note: str = ""


class Proposal(QObject):
    """One request's region and drafts; changes only through its `notify_*` methods.

    Signals: `phase_changed`, `draft_changed`, `region_changed`, `has_focus_changed`; each is sent
    after the property of its name has changed.
    """

    phase_changed = Signal()
    draft_changed = Signal()
    region_changed = Signal()
    has_focus_changed = Signal()

    def __init__(self, request: Generate, region: Region, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._region = region
        self._phase = Phase.WAITING
        self._draft: Draft | None = None
        self._frames: list[CanvasUpdated] = []
        self._max_steps = 0
        self._reason: FinishReason | None = None
        self._note = ""
        self._has_focus = True
        self._has_failed = False
        self._is_stopping = False  # stopped by the user, and the engine has not answered yet
        self._outcome: Outcome | None = None

    @property
    def request(self) -> Generate:
        """What the engine was asked: texts, seed and settings."""
        return self._request

    @property
    def job_id(self) -> int:
        """The number of the engine's job."""
        return self._request.job_id

    @property
    def old_text(self) -> str:
        """The region's text as it stands in the document."""
        return self._request.region

    @property
    def frames(self) -> tuple[CanvasUpdated, ...]:
        """Every frame the model has produced, in order."""
        return tuple(self._frames)

    @property
    def is_busy(self) -> bool:
        """Whether the engine still works on it."""
        return self._phase in (Phase.WAITING, Phase.RUNNING)

    @property
    def is_shown(self) -> bool:
        """Whether there is anything of it to see."""
        return self._phase is not Phase.IDLE

    @property
    def can_accept(self) -> bool:
        """Whether there is a draft that may replace the region."""
        return self._draft is not None and self._phase in (Phase.RUNNING, Phase.FINISHED)

    @property
    def takes_enter(self) -> bool:
        """Whether Enter means this proposal, even if there is nothing to accept yet."""
        return self._has_focus and self._phase not in (Phase.STALE, Phase.IDLE)

    @property
    def phase(self) -> Phase:
        """Where it is in its life."""
        return self._phase

    @property
    def draft(self) -> Draft | None:
        """The draft to show; None before the first frame."""
        return self._draft

    @property
    def outcome(self) -> Outcome | None:
        """How it has ended; None while it is shown."""
        return self._outcome

    @property
    def region(self) -> Region:
        """Where it stands in the document, UTF-16 units."""
        return self._region

    @property
    def has_focus(self) -> bool:
        """Whether Enter means this proposal."""
        return self._has_focus

    @property
    def status(self) -> ProposalStatus:
        """A snapshot for the status line."""
        last = self._frames[-1] if self._frames else None
        return ProposalStatus(
            phase=self._phase,
            step=last.step if last else 0,
            max_steps=last.max_steps if last else self._max_steps,
            mean_entropy=last.mean_entropy if last else 0.0,
            step_ms=last.step_ms if last else 0.0,
            num_frames=len(self._frames),
            reason=self._reason,
            note=self._note,
        )

    def set_has_focus(self, has_focus: bool) -> None:
        """Say whether Enter means this proposal."""
        if has_focus != self._has_focus:
            self._has_focus = has_focus
            self.has_focus_changed.emit()

    def notify_started(self, event: Started) -> None:
        """The engine has begun."""
        if self._phase is Phase.WAITING:
            self._max_steps = event.max_steps
            self._set_phase(Phase.RUNNING)

    def notify_frame(self, event: CanvasUpdated) -> None:
        """The engine has done one denoising step."""
        if self.is_busy:
            self._frames.append(event)
            self._set_phase(Phase.RUNNING)
            self._set_draft(Draft(text=event.text, spans=event.spans))
        elif self._is_stopping:
            # The step that ran when it was stopped; its text comes with the end.
            self._frames.append(event)

    def notify_finished(self, event: Finished) -> None:
        """The engine has ended: its text is the one to accept, also after an early stop."""
        if self.is_busy or self._is_stopping:
            self._is_stopping = False
            self._reason = event.reason
            self._set_draft(Draft(text=event.text, spans=event.spans))
            self._set_phase(Phase.FINISHED)

    def notify_failed(self, message: str) -> None:
        """The engine has given up: keep the last draft; without one, there is nothing left."""
        self._is_stopping = False
        if self._draft is None:
            self.notify_closed(Outcome.FAILED)
        elif self.is_busy:
            self._has_failed = True
            self._note = message
            self._set_phase(Phase.FINISHED)

    def notify_stopped(self) -> None:
        """The user has stopped it: keep the last draft, until the engine's end brings its own."""
        if self._phase is Phase.RUNNING and self._draft is not None:
            self._is_stopping = True
            self._reason = FinishReason.CANCELLED
            self._set_phase(Phase.FINISHED)

    def notify_closed(self, outcome: Outcome, note: str = "") -> None:
        """It was accepted, rejected or replaced; a parked or failed one stays known as that."""
        if outcome is not Outcome.ACCEPTED and self._phase is Phase.STALE:
            outcome = Outcome.STALE
        elif outcome is not Outcome.ACCEPTED and self._has_failed:
            outcome = Outcome.FAILED
        self._outcome = outcome
        self._is_stopping = False
        self._note = note
        self._set_phase(Phase.IDLE)

    def notify_change(self, change: Change) -> None:
        """The document has changed somewhere: move along with it, or be parked."""
        if self._phase is Phase.STALE:
            self._set_region(follow(self._region, change))
            return
        region = rebase(self._region, change)
        if region is not None:
            self._set_region(region)
        elif self.is_shown:
            self._park(change)

    def _park(self, change: Change) -> None:
        self._set_region(follow(self._region, change))
        if self._draft is None:
            self.notify_closed(Outcome.STALE, "The text changed before there was a draft.")
        else:
            self._is_stopping = False
            self._note = PARKED_NOTE
            self._set_phase(Phase.STALE)

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self.phase_changed.emit()

    def _set_draft(self, draft: Draft) -> None:
        if draft != self._draft:
            self._draft = draft
            self.draft_changed.emit()

    def _set_region(self, region: Region) -> None:
        if region != self._region:
            self._region = region
            self.region_changed.emit()
