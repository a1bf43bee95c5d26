"""When which region is drafted: at once, after another one, or anew with the text around it."""

from collections.abc import Callable

from app.proposal.model.asking import Asking
from app.proposal.model.past import Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.placement import guarded_region
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals
from app.proposal.model.queue import RegionQueue
from app.proposal.model.selections import Stretches
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
    ) -> None:
        self._submit = submit
        self._proposals, self._queue = proposals, queue
        self._asking = asking

    def open(
        self,
        start: int,
        end: int,
        settings: RunSettings,
        pinned: Stretches = (),
        regions: Stretches = (),
    ) -> None:
        """Make a proposal for a region, in the place of those that stand for a part of it."""
        request = self._asking.request(start, end, settings, pinned, regions=regions)
        region = guarded_region(request, start, end)
        for other in self._proposals.over(region):
            self._proposals.drop(other, Outcome.SUPERSEDED)
        self._proposals.add(Proposal(request, region, self._proposals))
        self._submit(request)

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
                held = (waiting.pinned, waiting.regions)
                self.open(region.start, region.end, waiting.settings, *held)

    def _can_start(self, region: Region) -> bool:
        """Whether no draft that is still to be decided on stands for a part of the region."""
        others = (one for one in self._proposals if one.phase is not Phase.STALE)
        return not any(overlap(one.place.region, region) for one in others)

    def draft_live(self) -> None:
        """Draft live regions anew: with the same seed, so that only their surroundings tell."""
        for proposal in list(self._proposals):
            if proposal.snapshot.is_live and proposal.is_outdated:
                self.draft_again(proposal)

    def draft_again(self, proposal: Proposal) -> None:
        """Draft a region anew with the text around it as it is now."""
        settings, region = proposal.place.request.settings, proposal.place.hard_region
        if self._asking.has_lost_regions(proposal):
            return
        if not proposal.place.is_soft:
            self.submit_anew(proposal, settings)
            return
        is_live = proposal.snapshot.is_live
        self.open(*region, settings, self._asking.pinned(*region, proposal))
        for opened in self._proposals.over(Region(start=region[0], end=region[1])):
            opened.set_is_live(is_live)
