"""The views of one editor's proposals; those that share a line are drawn together, by one."""

from collections.abc import Iterator
from contextlib import nullcontext

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStyle

from app.proposal.drawing.ghost import Ghost
from app.proposal.drawing.keys import is_command_of_draft
from app.proposal.drawing.view import ProposalView
from app.proposal.model.focus import is_within
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.translation import tr


class ProposalViews(QObject):
    """Gives each proposal of a session a view over its editor.

    `reduced_motion` says whether drafts are to stand still: at first, what the desktop says.
    """

    def __init__(self, session: ProposalSession) -> None:
        super().__init__(session)
        self._session, self._editor = session, session.editor
        self._views: dict[Proposal, ProposalView] = {}
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.reduced_motion = session.editor.style().styleHint(hint) == 0
        Ghost(session.editor, session.pause_fill)
        self._changed: set[Proposal] = set()  # since all were looked at last
        session.opened.connect(self._on_opened)
        session.current_changed.connect(self._look_at_all)
        session.proposals.all_told.connect(self._regroup)
        session.editor.take_keys_first(self._take_stray_key)
        session.editor.guard_typing(self._refuses_typing)
        session.editor.ask_what_is_hidden(self._hidden)
        session.editor.ask_what_is_apart(self._apart)

    @property
    def current(self) -> ProposalView | None:
        """How the session's current proposal is shown; None if there is none."""
        proposal = self._session.proposal
        return self._views.get(proposal) if proposal is not None else None

    def of(self, proposal: Proposal) -> ProposalView:
        """Return how a proposal is shown that has not ended."""
        return self._views[proposal]

    def _take_stray_key(self, event: QKeyEvent) -> bool:
        """Say why a draft's key does nothing, where no draft is meant."""
        session = self._session
        if session.options.keys.draft_command_of(event) == "stop" and session.proposals:
            hint = tr("No draft is meant here. {next_draft} goes to one, {stop} then rejects it.")
            session.hints.tell(session.options.keys.fill(hint), self._is_none_meant)
            return False
        if session.proposal is not None or not is_command_of_draft(session, event):
            return False
        has_others = bool(session.proposals)
        hint = tr("There is no draft here. {rewrite} asks for one.")
        if has_others:
            hint = tr("There is no draft here. {next_draft} goes to the next one.")
        session.hints.tell(
            session.options.keys.fill(hint),
            lambda: session.proposal is None and bool(session.proposals) == has_others,
        )
        return True

    def _is_none_meant(self) -> bool:
        """Whether there are drafts, and no key means one of them."""
        return bool(self._session.proposals) and not any(
            proposal.has_focus for proposal in self._session.proposals
        )

    def _refuses_typing(self, start: int, end: int, tells: bool) -> bool:
        """Keep what is typed from wiping out the text that a draft stands for."""
        if not any(is_within(one, start, end) for one in self._session.proposals):
            return False
        if tells:
            self._session.tell_draft_is_here()
        return True

    def _hidden(self) -> tuple[tuple[int, int], ...]:
        """Return the stretches of text that drafts stand for."""
        drafted = (one for one in self._session.proposals if one.draft is not None)
        return tuple(one.place.ends for one in drafted if one.phase is not Phase.STALE)

    def _apart(self) -> tuple[tuple[int, int], ...]:
        """Return where drafts stand, and what waits for one: an edit beside it does not end it."""
        drafts = (one.place.ends for one in self._session.proposals)
        waiting = ((one.region.start, one.region.end) for one in self._session.queue)
        return (*drafts, *waiting)

    def _on_opened(self, proposal: Proposal) -> None:
        view = ProposalView(self._session, proposal, lambda: self.reduced_motion)
        self._views[proposal] = view
        view.pointer.meant_changed.connect(self._session.hints.look)
        proposal.look_changed.connect(lambda _: self._on_look(proposal))
        self._changed.add(proposal)
        self._regroup()

    def _on_look(self, proposal: Proposal) -> None:
        if proposal.phase is Phase.IDLE:
            self._views.pop(proposal).close()
        self._changed.add(proposal)
        # An edit moves all that stand behind it: they are looked at together.
        if not self._session.proposals.is_telling:
            self._regroup()

    def _look_at_all(self) -> None:
        self._changed.update(self._views)
        self._regroup()
        view, proposal = self.current, self._session.proposal
        if view is not None and proposal is not None and proposal.has_focus:
            view.geometry.reveal()

    def _regroup(self) -> None:
        """Let one view of those in the same lines draw them all: that of the current, if it can.

        Then it is the one at work, whose words move. Views whose company and whose own draft are
        as before are left alone.
        """
        changed, self._changed = self._changed, set()
        # One alone is to be revealed where it has grown, which needs its room at once.
        with self._editor.insets_together() if len(changed) > 1 else nullcontext():
            for group in self._groups():
                leader = max(group, key=lambda one: (one is self._session.proposal, one.is_busy))
                is_told = not changed.isdisjoint(group)
                for proposal in group:
                    company = tuple(one.snapshot for one in group if one is not proposal)
                    view = self._views[proposal]
                    if proposal is not self._session.proposal:
                        view.set_footer(0.0)
                    view.keep_company(company if proposal is leader else None, is_told=is_told)

    def _groups(self) -> Iterator[list[Proposal]]:
        """Yield the proposals that share lines, in the order of the text; parked ones alone."""
        # One that is being opened has no view yet, and is looked at again when it has.
        shown = [one for one in self._session.proposals if one.is_shown and one in self._views]
        parked = [one for one in shown if one.phase is Phase.STALE]
        yield from ([one] for one in parked)
        group: list[Proposal] = []
        for proposal in (one for one in shown if one not in parked):
            first = self._views[proposal].geometry.own_blocks[0]
            if group and first > self._views[group[-1]].geometry.own_blocks[1]:
                yield group
                group = []
            group.append(proposal)
        if group:
            yield group
