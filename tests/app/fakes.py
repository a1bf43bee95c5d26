"""A scripted engine: the test says what it answers, and when."""

import itertools
from collections.abc import Collection

from PySide6.QtCore import QRectF

from app.editor import Editor
from app.proposal import History, ProposalSession
from app.proposal.drawing.view import ProposalView
from app.proposal.drawing.views import ProposalViews
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from engine.api import (
    AlternativesFound,
    Branch,
    Cancel,
    CandidateFinished,
    CanvasUpdated,
    DraftSpan,
    Event,
    Failed,
    FailureKind,
    Fewer,
    FindAlternatives,
    Finished,
    FinishReason,
    Generate,
    QuestionFailed,
    Reasoned,
    Request,
    Score,
    Started,
    WordOption,
)

MAX_STEPS = 48


def spans_of(
    text: str, entropy: float = 0.0, token_len: int = 4, pinned: Collection[int] = ()
) -> tuple[DraftSpan, ...]:
    """Return spans of a few characters each that tile `text`."""
    starts = range(0, len(text), token_len)
    return tuple(
        DraftSpan(
            start=start,
            end=min(start + token_len, len(text)),
            entropy=entropy * (index % 3) / 2,
            accepted=index % 2 == 0,
            slot=index,
            pinned=index in pinned,
        )
        for index, start in enumerate(starts)
    )


def spans_of_places(*pieces: str) -> tuple[DraftSpan, ...]:
    """Return spans of a draft's places and what stays between them, in turns."""
    found, start = list[DraftSpan](), 0
    for number, piece in enumerate(pieces):
        slot = -1 if number % 2 else number
        end = start + len(piece)
        found.append(DraftSpan(start=start, end=end, entropy=0.0, accepted=True, slot=slot))
        start = end
    return tuple(found)


def views_of(session: ProposalSession) -> ProposalViews:
    """Return the views of a session that was opened here, or by a window."""
    return session.findChild(ProposalViews)


def view_of(session: ProposalSession) -> ProposalView | None:
    """Return how the proposal of a session is shown."""
    return views_of(session).current


def rect_of(editor: Editor) -> QRectF | None:
    """Return where the only draft of an editor stands in the viewport; None if none does."""
    places = [rect for _, rect in editor.overlays_in_view()]
    assert len(places) <= 1, "there are several"
    return places[0] if places else None


def widgets_of(session: ProposalSession) -> ProposalWidgets:
    """Return what stands around the drafts of a window's session."""
    return session.findChild(ProposalWidgets)


class FakeEngine:
    """Notes the requests of a session and feeds it the events the test asks for."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.session: ProposalSession | None = None
        self._job_ids = itertools.count(1)
        self._seeds = itertools.count(1001)
        self._steps = itertools.count(1)

    def open_session(self, editor: Editor, history: History | None = None) -> ProposalSession:
        """Return a session for `editor` that talks to this engine."""
        self.session = ProposalSession(
            editor,
            self.requests.append,
            lambda: next(self._job_ids),
            lambda: next(self._seeds),
            editor,
            history=history,
        )
        ProposalViews(self.session)
        return self.session

    @property
    def job(self) -> Generate:
        """The last `Generate`."""
        return [request for request in self.requests if isinstance(request, Generate)][-1]

    @property
    def newest(self) -> Generate | Branch:
        """The last `Generate` or `Branch`."""
        return [request for request in self.requests if isinstance(request, Generate | Branch)][-1]

    @property
    def cancelled(self) -> list[int]:
        """The numbers of the jobs that were cancelled."""
        return [request.job_id for request in self.requests if isinstance(request, Cancel)]

    def start(self, job_id: int | None = None, soft: tuple[int, int] = (0, 0)) -> None:
        """Say that the job has begun."""
        self._send(
            Started(
                job_id=self._id(job_id),
                num_slots=16,
                max_steps=MAX_STEPS,
                encode_ms=2.0,
                soft_before=soft[0],
                soft_after=soft[1],
            )
        )

    def frame(
        self,
        text: str,
        entropy: float = 1.0,
        job_id: int | None = None,
        *,
        candidate: int = 0,
        raw: str = "",
        pinned: Collection[int] = (),
    ) -> None:
        """Do one denoising step."""
        self._send(
            CanvasUpdated(
                job_id=self._id(job_id),
                step=next(self._steps),
                max_steps=MAX_STEPS,
                text=text,
                spans=spans_of(text, entropy, pinned=pinned),
                mean_entropy=entropy,
                step_ms=12.5,
                candidate=candidate,
                raw=raw,
            )
        )

    def finish(
        self,
        text: str,
        reason: FinishReason = FinishReason.CONVERGED,
        job_id: int | None = None,
        candidates: tuple[CandidateFinished, ...] = (),
        pinned: Collection[int] = (),
        why_fewer: Fewer | None = None,
        spans: tuple[DraftSpan, ...] = (),
    ) -> None:
        """End the job with a result."""
        self._send(
            Finished(
                job_id=self._id(job_id),
                reason=reason,
                text=text,
                spans=spans or spans_of(text, pinned=pinned),
                steps=12,
                tokens=16,
                ms=150.0,
                candidates=candidates,
                why_fewer=why_fewer,
            )
        )

    def reason(self, words: int) -> None:
        """Tell that a server's model has thought so far."""
        self._send(Reasoned(job_id=self._id(None), candidate=0, words=words))

    def finish_one(self, candidate: int, text: str, score: float) -> CandidateFinished:
        """End one of the job's candidates."""
        done = CandidateFinished(
            job_id=self._id(None),
            candidate=candidate,
            reason=FinishReason.CONVERGED,
            text=text,
            spans=spans_of(text),
            steps=12,
            seed=self.newest.seed + candidate,
            score=Score(total=score, log_likelihood=score),
        )
        self._send(done)
        return done

    def answer(self, *options: str) -> None:
        """Name the alternatives that were asked for last."""
        asked = [request for request in self.requests if isinstance(request, FindAlternatives)][-1]
        self._send(
            AlternativesFound(
                question_id=asked.question_id,
                options=tuple(
                    WordOption(text=text, probability=0.5, rank=rank)
                    for rank, text in enumerate(options)
                ),
            )
        )

    def refuse(self, message: str) -> None:
        """Say why there is no answer to what was asked last."""
        asked = [request for request in self.requests if isinstance(request, FindAlternatives)][-1]
        self._send(
            QuestionFailed(
                question_id=asked.question_id, kind=FailureKind.OUT_OF_MEMORY, message=message
            )
        )

    def fail(self, message: str, job_id: int | None = None) -> None:
        """End the job with an error."""
        self._send(Failed(job_id=self._id(job_id), kind=FailureKind.OUT_OF_MEMORY, message=message))

    def _id(self, job_id: int | None) -> int:
        return self.newest.job_id if job_id is None else job_id

    def _send(self, event: Event) -> None:
        assert self.session is not None
        self.session.handle(event)
