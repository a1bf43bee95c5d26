"""Says what happens to a proposal, for those who do not see it."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from app.editor import Editor
from app.proposal.model.past import Outcome
from app.proposal.model.phase import PARKED, Phase
from app.proposal.model.session import ProposalSession
from app.proposal.model.snapshot import Snapshot
from app.text.hunks import Comparison
from app.translation import QT_TR_NOOP, tr
from engine.api import FinishReason

ENDS = {
    FinishReason.CONVERGED: QT_TR_NOOP("Draft settled"),
    FinishReason.MAX_STEPS: QT_TR_NOOP("Draft not quite settled"),
    FinishReason.CANCELLED: QT_TR_NOOP("Draft stopped"),
    None: QT_TR_NOOP("Draft done"),
}
OUTCOMES = {
    Outcome.ACCEPTED: QT_TR_NOOP("Draft accepted"),
    Outcome.REJECTED: QT_TR_NOOP("Draft rejected"),
}
PARTLY = QT_TR_NOOP("The rest of the draft rejected, what was accepted stays")


class Announcer(QObject):
    """Announces changes of phase, candidate and word, not every step."""

    def __init__(self, editor: Editor, session: ProposalSession) -> None:
        super().__init__(session)
        self._editor = editor
        self._session = session
        self._said: tuple[object, ...] = (Phase.IDLE,)
        self.last = ""  # for assistive tools that come later, and for tests
        session.status_changed.connect(self._on_status)
        session.accepting.part_accepted.connect(self._on_part)

    def say(self, text: str) -> None:
        """Announce a text."""
        self.last = text
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._editor, text))

    def _on_status(self, status: Snapshot) -> None:
        queued = len(self._session.queue)
        # Every step would be spoken over the one before.
        meant = self._session.proposal  # another draft is news, however alike
        key = (meant, status.phase, status.number, status.past_frame, status.shows_old, queued)
        if key != self._said:
            was_queued = self._said[-1] if len(self._said) > 1 else 0
            self._said = key
            text = self._words(status, queued if queued != was_queued else 0)
            if text:
                self.say(text)

    def _on_part(self, old: str, new: str) -> None:
        """Tell what has come into the document, and how much of the draft is left."""
        changes = Comparison(old=old, new=new).hunks
        first, last = changes[0], changes[-1]
        came = new[first.new_start : last.new_end].strip()
        went = old[first.old_start : last.old_end].strip()
        text = tr("Accepted: {text}") if came else tr("Removed: {text}")
        text = text.format(text=came or went)
        draft = self._session.status.draft
        if self._session.proposal is not None and draft is not None:
            left = len(draft.compared_to(new).joined)
            text += ", " + tr("%n changes left", "", left) if left else ""
        self.say(text)

    def _words(self, status: Snapshot, queued: int) -> str:
        """Return what to say; `queued` regions wait, if that is news."""
        text = status.draft.text if status.draft else ""
        if queued:
            return tr("%n regions waiting", "", queued)
        if status.phase is Phase.IDLE:
            ended = OUTCOMES.get(status.outcome) if status.outcome else None
            if status.outcome is Outcome.REJECTED and status.place.has_parts:
                ended = PARTLY
            return tr(ended) if ended else status.note
        if status.shows_old:
            return tr("Old text: {text}").format(text=status.place.old_text)
        if status.past_number:
            words = tr("Step {step} of {total}: {text}")
            return words.format(step=status.past_number, total=status.num_frames, text=text)
        match status.phase:
            case Phase.WAITING:
                return tr("Drafting")
            case Phase.FINISHED:
                place = tr("{number} of {total}").format(
                    number=status.number, total=len(status.candidates)
                )
                of = f", {place}" if status.number else ""
                is_stopped = status.reason is FinishReason.CANCELLED
                is_whole = status.candidate.writes_on and not is_stopped
                return f"{tr(ENDS[None if is_whole else status.reason])}{of}: {text}"
            case Phase.STALE:
                return self._session.options.keys.fill(tr(PARKED))
            case _:
                return ""
