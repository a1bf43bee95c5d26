"""When which region is drafted: at once, after another one, or anew with the text around it."""

from collections.abc import Callable, Sequence

from app.proposal.model.asking import Asking
from app.proposal.model.ended import ended_as
from app.proposal.model.focus import Focus
from app.proposal.model.others import LaidIn, guarded_among
from app.proposal.model.past import Outcome, PastCandidate
from app.proposal.model.phase import Phase
from app.proposal.model.placement import guarded_region
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals
from app.proposal.model.queue import RegionQueue
from app.proposal.model.selections import ALL, Places, Stretches
from app.text.rebase import Region, overlap
from engine.api import Request, RunSettings


class Drafting:
    """Opens proposals and submits what is asked for them; the engine works on one at a time."""

    def __init__(
        self,
        submit: Callable[[Request], None],
        proposals: Proposals,
        queue: RegionQueue,
        asking: Asking,
        focus: Focus,
    ) -> None:
        self._submit, self._focus = submit, focus
        self._proposals, self._queue = proposals, queue
        self._asking = asking

    def open(
        self,
        start: int,
        end: int,
        settings: RunSettings,
        pinned: Stretches = (),
        places: Places = ALL,
        drafts: Sequence[LaidIn] = (),
    ) -> Proposal:
        """Make a proposal for a region, in the place of those that stand for a part of it.

        The text around it is read with the `drafts` of other regions in it.
        """
        request = self._asking.request(start, end, settings, pinned, places=places, drafts=drafts)
        region = guarded_among(guarded_region(request, start, end), drafts)
        self._make_room(region)
        proposal = Proposal(request, region, self._proposals)
        self._proposals.add(proposal)
        self._submit(request)
        return proposal

    def open_past(self, past: PastCandidate, start: int, end: int) -> Proposal:
        """Make a proposal of a text from the history, to be decided on; the engine is not asked."""
        settings = RunSettings(instruction=past.instruction, strength=past.strength, seed=past.seed)
        request = self._asking.request(start, end, settings, (), places=past.places)
        ended = ended_as(past, request, guarded_region(request, start, end))
        self._make_room(ended.snapshot.place.region)
        return self._proposals.reopen(ended)

    def submit_anew(self, proposal: Proposal, settings: RunSettings) -> None:
        """Ask for one more candidate of a region, beside the others."""
        self._proposals.cancel(proposal)
        start, end = proposal.place.ends
        pinned = self._asking.pinned(start, end, proposal)
        request = self._asking.request(start, end, settings, pinned, proposal)
        proposal.notify_submitted(request)
        self._submit(request)

    def start_next(self) -> None:
        """Draft the next region that waits, unless the engine is busy here."""
        if self._proposals.running is None:
            waiting = self._queue.pop_next(self._can_start)
            if waiting is not None:
                region = waiting.region
                drafts = self._proposals.laid_in(region) if waiting.sees_drafts else ()
                held = (waiting.pinned, waiting.places, drafts)
                opened = self.open(region.start, region.end, waiting.settings, *held)
                # Who has gone on to something else stays there.
                if opened is self._proposals.current and self._focus.is_at(opened):
                    self._focus.give(opened)

    def _make_room(self, region: Region) -> None:
        """End those that stand for a part of a region's text."""
        for other in self._proposals.over(region):
            self._proposals.drop(other, Outcome.SUPERSEDED)

    def _can_start(self, region: Region) -> bool:
        """Whether no draft that is still to be decided on stands for a part of the region."""
        others = (one for one in self._proposals if one.phase is not Phase.STALE)
        return not any(overlap(one.place.region, region) for one in others)

    def draft_live(self) -> None:
        """Draft live regions anew: with the same seed, so that only their surroundings tell."""
        for proposal in list(self._proposals):
            # One that was drafted anew before it may have taken its place.
            if proposal.is_shown and proposal.snapshot.is_live and proposal.is_outdated:
                self.draft_again(proposal)

    def draft_again(self, proposal: Proposal) -> None:
        """Draft a region anew with the text around it as it is now."""
        settings, region = proposal.place.request.settings, proposal.place.hard_region
        if self._asking.has_lost_regions(proposal):
            return
        if not proposal.place.is_soft:
            self.submit_anew(proposal, settings)
            return
        is_live, had_focus = proposal.snapshot.is_live, proposal.has_focus
        opened = self.open(*region, settings, self._asking.pinned(*region, proposal))
        opened.set_is_live(is_live)
        if had_focus:
            self._focus.give(opened)
