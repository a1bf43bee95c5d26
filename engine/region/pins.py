"""Old words that stay: a region in pinned and free parts, whoever fills the free ones.

Each part is tokenized apart, so that a pinned one stands in slots of its own and comes out to the
letter. How many slots the free ones get is all that a wish for a length decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from engine.api import Form
from engine.errors import BadRequestError

_HOLE_SLOTS = 3  # where nothing stood yet; a draft decides
SPACE, WORD = "space", "word"  # characters of which one more at an edge would make another word


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a region's old text."""

    text: str
    is_pinned: bool
    ids: tuple[int, ...] = ()  # its tokens
    begins: str = ""  # what a new text for it has to begin with
    form: Form | None = None  # of what comes behind that; None: any text
    slots: int = 0  # that a text of its form takes; 0: as many as its old one

    @property
    def expected(self) -> int:
        """How many slots a new text for it is expected to take."""
        has_text = len(self.text) > len(self.begins)
        return self.slots or (has_text and len(self.ids)) or _HOLE_SLOTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A free slot beside a pinned part, and what must not grow together with that."""

    slot: int
    kind: str  # of character, `SPACE` or `WORD`
    is_behind: bool  # it must not begin so; otherwise it must not end so


@dataclass(frozen=True, slots=True)
class SlotLayout:
    """The parts of a region, and how many slots each has; slots are counted from its start."""

    parts: tuple[Part, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, parts: Sequence[Part], num_slots: int) -> "SlotLayout":
        """Share slots out: as many as there are tokens to a pinned part, one at least to others."""
        free = [part.expected for part in parts if not part.is_pinned]
        pinned = sum(len(part.ids) for part in parts if part.is_pinned)
        shares = iter(_shared_out(free, num_slots - pinned))
        counts = (len(part.ids) if part.is_pinned else next(shares) for part in parts)
        return cls(tuple(parts), tuple(counts))

    @property
    def num_slots(self) -> int:
        """The slots of all parts."""
        return sum(self.counts)

    @property
    def expected(self) -> int:
        """How many slots new texts for all free parts are expected to take, with the pinned."""
        return sum(len(part.ids) if part.is_pinned else part.expected for part in self.parts)

    @property
    def num_pinned(self) -> int:
        """The slots of the pinned parts."""
        return len(self.held)

    @property
    def least(self) -> int:
        """The fewest slots that these parts can have."""
        return self.num_pinned + sum(not part.is_pinned for part in self.parts)

    @property
    def held(self) -> dict[int, int]:
        """The pinned slots and their tokens."""
        found: dict[int, int] = {}
        for slot, part in self.placed():
            if part.is_pinned:
                found |= dict(enumerate(part.ids, slot))
        return found

    @property
    def old(self) -> list[int | None]:
        """What stood in each slot; None where a part has become longer."""
        pairs = zip(self.parts, self.counts, strict=True)
        return [
            token
            for part, count in pairs
            for token in [*part.ids[:count], *[None] * (count - len(part.ids))]
        ]

    def beginnings(self) -> Iterator[tuple[int, str]]:
        """Yield the slots in which a text has to begin in a certain way, and how."""
        return ((slot, part.begins) for slot, part in self.placed() if part.begins)

    def on_lines(self) -> Iterator[tuple[range, bool]]:
        """Yield the slots of free parts that stand on a line with others; whether in a table."""
        placed = [
            (slot, count, part)
            for (slot, part), count in zip(self.placed(), self.counts, strict=True)
        ]
        for place, (slot, count, part) in enumerate(placed):
            before = placed[place - 1][2].text if place else ""
            behind = placed[place + 1][2].text if place + 1 < len(placed) else ""
            is_beside = (before and before[-1] != "\n") or (behind and behind[0] != "\n")
            if not part.is_pinned and is_beside and "\n" not in part.text:
                yield range(slot, slot + count), behind.lstrip(" ").startswith("|")

    def borders(self) -> Iterator[Border]:
        """Yield what must not happen beside the pinned parts, so that they stay what they are."""
        for (_, left), (slot, right) in pairwise(self.placed()):
            one, other = kind_of(left.text[-1:]), kind_of(right.text[:1])
            if one == other or left.form or right.form:
                continue  # it was so before, or does not matter, or a form says what is to stand
            if left.is_pinned and one:
                yield Border(slot=slot, kind=one, is_behind=True)
            if right.is_pinned and other:
                yield Border(slot=slot - 1, kind=other, is_behind=False)

    def placed(self) -> Iterator[tuple[int, Part]]:
        """Yield the parts with the slots that they begin at."""
        starts = accumulate(self.counts, initial=0)
        return zip(starts, self.parts, strict=False)


def parts_of(region: str, pinned: Sequence[tuple[int, int]], lead: str, trail: str) -> list[Part]:
    """Cut a region into pinned and free parts; no parts if nothing of it is pinned.

    A word takes the space before it along, as tokens do. White space at the region's ends, which
    stays anyway, belongs to no part.

    Args:
        region: The old text.
        pinned: Stretches of it, code points.
        lead: The white space at its start.
        trail: And at its end.

    Raises:
        BadRequestError: If a stretch is none, two of them overlap, or nothing is left to write.
    """
    _check(region, pinned)
    first, last = len(lead), len(region) - len(trail)
    cuts = [first]
    for begin, finish in sorted(pinned):
        start, end = max(begin, first), min(finish, last)
        if start >= end:
            continue
        # Without its space the model would see tokens that no text has.
        if start > first and region[start - 1] == " " and not region[start].isspace():
            start -= 1
        # Words side by side are one part: between them there is nothing to write.
        if len(cuts) > 1 and start <= cuts[-1]:
            cuts[-1] = end
        else:
            cuts += [start, end]
    if cuts[1:] == [first, last]:
        raise BadRequestError(
            "Every word of the selection is pinned, so there is nothing to write. Let one go."
        )
    if len(cuts) == 1:
        return []
    spans = [(*span, bool(place % 2)) for place, span in enumerate(pairwise([*cuts, last]))]
    return [Part(text=region[a:b], is_pinned=is_pinned) for a, b, is_pinned in spans if a < b]


def holes_of(
    region: str,
    holes: Sequence[tuple[int, int]],
    lead: str,
    trail: str,
    forms: Sequence[Form] = (),
) -> list[Part]:
    """Cut a region into the stretches that are written and what stands between them.

    Args:
        region: The old text.
        holes: Stretches of it, code points; empty ones are places to write at.
        lead: The white space at its start, which stays.
        trail: And at its end.
        forms: Of the stretches, one for each; empty: any text in all of them.

    Raises:
        BadRequestError: If a stretch is none, two of them touch, or there are as many forms not.
    """
    if forms and len(forms) != len(holes):
        raise forms_do_not_fit(len(forms), len(holes))
    first, last = len(lead), len(region) - len(trail)
    parts, stand = list[Part](), first
    formed = zip(holes, forms or [Form()] * len(holes), strict=True)
    for place, ((begin, finish), form) in enumerate(sorted(formed, key=lambda pair: pair[0])):
        if not 0 <= begin <= finish <= len(region):
            raise BadRequestError(
                f"regions has {begin} to {finish}; the region goes from 0 to {len(region)}."
            )
        start = min(max(begin, first), last)
        end = min(max(finish, start), last)
        if place and start <= stand:
            raise BadRequestError(
                f"regions has {begin} to {finish}, which touches the one before it. Make one of "
                "them."
            )
        if start > stand:
            parts.append(Part(text=region[stand:start], is_pinned=True))
        own = None if form == Form() else form
        parts.append(Part(text=region[start:end], is_pinned=False, form=own))
        stand = end
    if stand < last:
        parts.append(Part(text=region[stand:last], is_pinned=True))
    return parts


def forms_do_not_fit(forms: int, regions: int) -> BadRequestError:
    """Return the error of forms that are not one for each region."""
    return BadRequestError(f"There are {forms} forms for {regions} regions; give one for each.")


def layout_of(parts: Sequence[Part], num_slots: int, exactly: int | None) -> SlotLayout | None:
    """Return the layout of a region's parts; None without parts.

    Raises:
        BadRequestError: If exactly so many slots are wanted, and are too few.
    """
    if not parts:
        return None
    layout = SlotLayout.of(parts, num_slots)
    if exactly is not None and exactly < layout.least:
        raise BadRequestError(
            f"num_slots is {exactly}; the pinned words and what stands between them take "
            f"{layout.least} at the least."
        )
    return layout


def kind_of(character: str) -> str:
    """Return the kind of a character that more of its kind would change, or nothing."""
    if character.isalnum() or character == "_":
        return WORD
    return SPACE if character.isspace() else ""


def cannot_keep(text: str, *, is_between: bool) -> BadRequestError:
    """Return the error of a text that stays, and that no tokens give back to the letter.

    Args:
        text: The text.
        is_between: Whether it stands between several regions, and nobody has pinned it.
    """
    why = "the model has no exact tokens for it"
    if "\0" in text:
        why = "it has a NUL in it, which is no character of a text"
    elif any("\ud800" <= character <= "\udfff" for character in text):
        why = "it has half a character in it, which is no text"
    if is_between:
        return BadRequestError(
            f"What stands between the selected places cannot be kept as it is: {why}. "
            "Select the places on either side of it one after the other."
        )
    return BadRequestError(
        f"“{_readable(text)}” cannot be pinned: {why}. "
        "Let it go, or select the text on either side of it."
    )


def _readable(text: str) -> str:
    """Return a text as a message can hold it."""
    plain = text.strip().replace("\0", "\N{SYMBOL FOR NULL}")
    return plain.encode("utf-8", "replace").decode()


def _check(region: str, pinned: Sequence[tuple[int, int]]) -> None:
    for start, end in pinned:
        if not 0 <= start < end <= len(region):
            raise BadRequestError(
                f"pinned has {start} to {end}; the region goes from 0 to {len(region)}."
            )
    for (_, end), (start, last) in pairwise(sorted(pinned)):
        if start < end:
            raise BadRequestError(f"pinned has {start} to {last}, which is pinned already.")


def _shared_out(old: Sequence[int], total: int) -> list[int]:
    """Share slots out in proportion to the old numbers of tokens; one to each at the least."""
    # One slot each is given first, as a part without slots could not be written at all.
    spare = max(0, total - len(old))
    weights = [count - 1 for count in old]
    if not any(weights):
        weights = [1] * len(old)
    ends = [round(spare * done / max(sum(weights), 1)) for done in accumulate(weights, initial=0)]
    return [1 + end - start for start, end in pairwise(ends)]
