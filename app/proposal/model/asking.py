"""What an editor's next request is: which region is meant, and what is known of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.editor import Editor
from app.proposal.model.others import LaidIn
from app.proposal.model.phase import Phase
from app.proposal.model.pins import Pins
from app.proposal.model.proposal import Proposal
from app.proposal.model.requests import language_between, make_request
from app.proposal.model.selections import (
    ALL,
    Places,
    Stretches,
    places_of,
    why_not_together,
)
from app.text.edits import text_between, whole_characters
from app.text.whole_words import whole_words
from app.translation import tr
from engine.api import Generate, RunSettings


class Asking:
    """Finds out what is asked for; positions are UTF-16 units."""

    def __init__(
        self,
        editor: Editor,
        pins: Pins,
        next_job_id: Callable[[], int],
        next_seed: Callable[[], int],
    ) -> None:
        self._editor, self._pins = editor, pins
        self._next_job_id, self._next_seed = next_job_id, next_seed

    def target(self, proposal: Proposal | None, *, is_exact: bool = False) -> tuple[int, int]:
        """Return the region that is meant: the selection, or that of the proposal it is in.

        A selection is taken in whole words, unless it is meant exactly.
        """
        cursor = self._editor.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        exact = whole_characters(self._editor.document(), start, end)
        if is_exact and start < end:
            return exact
        if proposal is not None:
            region = proposal.place.region
            # A parked draft stands below its text; a selection in that text means the text.
            is_inside = region.start <= start and end <= region.end
            if is_inside and (proposal.phase is not Phase.STALE or start == end):
                return region.start, region.end
        return exact if is_exact else whole_words(self._editor.document(), start, end)

    def pinned(self, start: int, end: int, proposal: Proposal | None) -> Stretches:
        """Return what is pinned in a region: marked in the selection, or held by its proposal."""
        marked = self._pins.of_region(start, end)
        if proposal is None or (start, end) != proposal.place.hard_region:
            return marked
        if proposal.phase is Phase.STALE and marked:
            return marked
        request = proposal.place.request
        is_same = text_between(self._editor.document(), start, end) == request.region
        # In a draft, words are pinned and let go as well.
        holds = proposal.draft is None or proposal.candidate.pinned
        return request.pinned if is_same and holds else ()

    def request(
        self,
        start: int,
        end: int,
        settings: RunSettings,
        pinned: Stretches,
        proposal: Proposal | None = None,
        places: Places = ALL,
        drafts: Sequence[LaidIn] = (),
    ) -> Generate:
        """Return the request for a region, which may have a proposal already.

        The text around it is read with the `drafts` of other regions in it.
        """
        is_any = settings.seed is None
        return make_request(
            self._editor.document(),
            start,
            end,
            replace(settings, seed=self._next_seed()) if is_any else settings,
            language=language_between(self._editor, start, end),
            job_id=self._next_job_id(),
            # Who gives a seed wants the text of that seed, whether it was seen or not.
            avoid=self._seen(start, end, proposal) if is_any else (),
            pinned=pinned,
            places=places or (self.places(proposal) if proposal else ALL),
            drafts=drafts,
        )

    def places(self, proposal: Proposal) -> Places:
        """Return the places that a proposal is for, if the text that they are of still stands."""
        own = places_of(proposal.place.request)
        return ALL if self.has_lost_regions(proposal) else own

    def why_not_again(self, proposal: Proposal, settings: RunSettings) -> str:
        """Return why several places cannot be drafted once more so; empty if they can."""
        if not proposal.place.request.regions:
            return ""
        if proposal.place.has_parts:
            return tr("A part of this draft is in the text. Accept or reject the rest of it first.")
        if self.has_lost_regions(proposal):
            return tr("The text between the selections has changed. Select them again.")
        return why_not_together(settings)

    def has_lost_regions(self, proposal: Proposal) -> bool:
        """Whether a proposal was for several regions of a text that is another by now.

        Drafted anew, all of it would be rewritten.
        """
        request = proposal.place.request
        text = text_between(self._editor.document(), *proposal.place.hard_region)
        return bool(request.regions) and text != request.region

    def _seen(self, start: int, end: int, proposal: Proposal | None) -> list[str]:
        """Return the texts that a region has or was offered: another one is wanted."""
        seen = [text_between(self._editor.document(), start, end)]
        if proposal and (start, end) == proposal.place.ends:
            seen += [candidate.draft.text for candidate in proposal.candidates if candidate.draft]
        return [text for text in dict.fromkeys(seen) if text]
