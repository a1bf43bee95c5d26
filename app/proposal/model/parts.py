"""Accepting a part of a draft: one edit each, the rest staying in play, and undo leading back."""

from dataclasses import replace

from app.editor import Editor, replace_range
from app.proposal.model.proposal import Proposal
from app.text.edits import length_of, text_between
from app.text.hunks import minimal
from app.text.positions import to_code_points, utf16_len
from app.text.rebase import Change, Region, follow
from engine.api import Generate, RunSettings

MAX_ACCEPTED = 40  # regions whose settings are remembered


class Parts:
    """Puts parts of a proposal into the document, and knows what they were.

    The draft stays as it is; what the document holds in the region's place comes to be the old
    text. So every candidate and frame stays in play, and rejecting the rest changes nothing.
    """

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        # A proposal of which a part is coming into the document now, its region then and its text.
        self._coming: tuple[Proposal, Region, str] | None = None
        self._accepted: list[tuple[Region, RunSettings]] = []  # the newest last

    def put_in(self, proposal: Proposal, text: str) -> int:
        """Make `text` the region's, as one undo step; return where the change ends."""
        old, region = proposal.place.old_text, proposal.place.region
        # Only what is new in it: carets and marks in the rest of the region stay where they are.
        change = minimal(old, text)
        start = region.start + utf16_len(old[: change.old_start])
        end = start + utf16_len(old[change.old_start : change.old_end])
        piece = text[change.new_start : change.new_end]
        # The document tells of this edit like of any other, and it must park nothing.
        self._coming = (proposal, _resized(region, utf16_len(text)), text)
        try:
            replace_range(self._editor.document(), start, end, piece)
        finally:
            self.take_in(proposal)
        return start + utf16_len(piece)

    @property
    def is_coming(self) -> bool:
        """Whether an edit is one of ours."""
        return self._coming is not None

    def take_in(self, proposal: Proposal) -> bool:
        """Tell a proposal of its part that has come in; return whether there was one."""
        if self._coming is None or self._coming[0] is not proposal:
            return False
        _, region, text = self._coming
        self._coming = None
        proposal.notify_accepted_part(region, text)
        return True

    def is_all_in(self, proposal: Proposal) -> bool:
        """Return whether nothing of the draft is left to accept."""
        return not proposal.is_busy and proposal.place.old_text == _wanted(proposal)

    def is_undone_by(self, proposal: Proposal, change: Change) -> bool:
        """Follow an undo or redo of a part; return whether the change was one."""
        region = proposal.place.region
        ends = change.position + change.removed
        if change.position < region.start or ends > region.end:
            return False
        length = region.end - region.start + change.shift
        text = text_between(self._editor.document(), region.start, region.start + length)
        # A text that the region once had, of the right length and at its place: an undo or a redo,
        # or as good as one.
        if not proposal.has_held(text):
            return False
        proposal.notify_accepted_part(_resized(region, length), text)
        return True

    def find(self, text: str) -> tuple[int, int] | None:
        """Return where a text stands, UTF-16 units: the first place from the caret on, around."""
        document = self._editor.document()
        whole = text_between(document, 0, length_of(document))
        caret = to_code_points(whole, self._editor.textCursor().selectionStart())
        at = whole.find(text, caret)
        # From the start, as a search goes around the end.
        at = whole.find(text) if at < 0 else at
        if at < 0:
            return None
        start = utf16_len(whole[:at])
        return start, start + utf16_len(text)

    def note_accepted(self, start: int, end: int, request: Generate) -> None:
        """Remember a region that was accepted, and how it was drafted.

        Not one of several: nobody knows any more what was written of it and what stood between.
        """
        kept = [(r, s) for r, s in self._accepted if r.end <= start or r.start >= end]
        own = [] if request.regions else [(Region(start=start, end=end), request.settings)]
        self._accepted = [*kept, *own][-MAX_ACCEPTED:]

    def accepted_at(self, start: int, end: int) -> tuple[int, int, RunSettings] | None:
        """Return the region accepted last that touches a stretch, and its settings."""
        for region, settings in reversed(self._accepted):
            if region.start <= end and start <= region.end:
                return region.start, region.end, settings
        return None

    def notify_change(self, change: Change) -> None:
        """The document has changed somewhere."""
        followed = ((follow(region, change), settings) for region, settings in self._accepted)
        self._accepted = [(region, settings) for region, settings in followed]


def _wanted(proposal: Proposal) -> str:
    assert proposal.draft is not None, "only a draft can be accepted"
    return proposal.draft.document_text.text


def _resized(region: Region, length: int) -> Region:
    shift = region.start + length - region.end
    guard_end = None if region.guard_end is None else region.guard_end + shift
    return replace(region, end=region.start + length, guard_end=guard_end)
