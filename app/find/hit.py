"""One match, as a list shows it."""

from dataclasses import dataclass

AROUND = 60  # characters of the line before and behind a match


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One match, and the line it is in."""

    where: object  # the view or the file that it is in
    start: int  # UTF-16 units into the text, whose lines end with one character
    end: int
    line: int  # from 1
    before: str  # of the line
    text: str
    after: str
    replacement: str | None = None

    @property
    def preview(self) -> str:
        """The line, the match in brackets; when replacing, old and new."""
        before = self.before.lstrip()
        before = "…" + before[-AROUND:] if len(before) > AROUND else before
        after = self.after[:AROUND] + "…" if len(self.after) > AROUND else self.after
        new = "" if self.replacement is None else f" → {self.replacement}"
        return f"{before}⟦{self.text}{new}⟧{after}"
