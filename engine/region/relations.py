"""What relations between regions leave possible, and the search for texts that keep them all.

Every region has a list of texts it may still become. Rules strike out of it what cannot be; where
they come no further, one is chosen, and taken back when a contradiction shows: constraint
propagation with chronological backtracking (Mackworth 1977; Russell and Norvig, chapter 6). Whoever
uses it says what to choose.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Final

from engine.api import Decided, FormKind, Generate, Relation, RelationKind
from engine.errors import BadRequestError

MAX_REGIONS: Final = 400
MAX_TAKEN_BACK: Final = 2_000

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_DIGITS: Final = 64  # more than any sum of these has: with fewer it would be rounded

Domains = tuple[tuple[str, ...], ...]  # of each region, what it may still become


class ContradictionError(Exception):
    """No text is left for some region."""


def are_all_equal(request: Generate) -> bool:
    """Whether all that is asked for is that every region has the same text."""
    return len(request.relations) == 1 and (
        request.relations[0].kind is RelationKind.EQUAL
        and len(set(request.relations[0].regions)) == len(request.regions)
        and not request.relations[0].known
        and len(set(request.forms)) <= 1
    )


def check(request: Generate) -> None:
    """Look whether a request's relations can be kept at all.

    Raises:
        BadRequestError: Naming what is wrong.
    """
    number = len(request.regions)
    if request.relations and number > MAX_REGIONS:
        raise BadRequestError(
            f"There are {number:,} regions with relations; {MAX_REGIONS:,} are the most."
        )
    for relation in request.relations:
        named = relation.regions
        if not named or len(set(named)) < len(named) or not set(named) <= set(range(number)):
            raise BadRequestError(
                f"A relation is of regions {list(named)}; give each once, counted from 0, out of "
                f"{number}."
            )
        if relation.kind is RelationKind.SUM:
            _number(relation.total)
    if not request.relations or are_all_equal(request):
        return
    if len(request.forms) != number or any(
        form.kind is not FormKind.ONE_OF for form in request.forms
    ):
        raise BadRequestError(
            "Regions with relations need forms that are one of a list, all of them; only if all "
            "are to be equal they may be anything."
        )


@dataclass(slots=True)
class Search:
    """A search under way: what each region may still become, and what was chosen."""

    relations: Sequence[Relation]
    domains: Domains
    is_cancelled: Callable[[], bool] = lambda: False
    _by_rules: int = 0
    _taken_back: int = 0
    _chosen: list[tuple[Domains, int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, request: Generate, is_cancelled: Callable[[], bool] = lambda: False) -> "Search":
        """Begin, with what rules alone strike out.

        A cancel is looked at wherever a choice is taken back.

        Raises:
            BadRequestError: If they leave nothing.
        """
        domains = tuple(form.values for form in request.forms)
        search = cls(request.relations, domains, is_cancelled)
        try:
            search.domains = propagated(search.domains, request.relations)
        except ContradictionError as error:
            raise _impossible() from error
        search._by_rules = sum(len(one) == 1 for one in search.domains)
        return search

    @property
    def open_regions(self) -> list[int]:
        """The regions that may become several texts."""
        return [place for place, one in enumerate(self.domains) if len(one) > 1]

    @property
    def decided(self) -> Decided:
        """Who has decided what, so far."""
        done = len(self.domains) - len(self.open_regions)
        by_model = len(self._chosen)
        return Decided(
            by_rules=self._by_rules,
            by_model=by_model,
            followed=done - self._by_rules - by_model,
            taken_back=self._taken_back,
        )

    def choose(self, region: int, text: str) -> None:
        """Let a region become a text; where that contradicts, take back what has to be.

        Raises:
            BadRequestError: If nothing keeps the relations, or it was not found in many attempts.
        """
        self._chosen.append((self.domains, region, text))
        domains = _with(self.domains, region, (text,))
        while True:
            try:
                self.domains = propagated(domains, self.relations)
            except ContradictionError:
                if not self._chosen:
                    raise _impossible() from None
                earlier, region, text = self._chosen.pop()
                if self.is_cancelled():
                    self.domains = earlier
                    return
                self._taken_back += 1
                if self._taken_back > MAX_TAKEN_BACK:
                    raise BadRequestError(
                        f"Nothing that keeps the relations was found in {MAX_TAKEN_BACK:,} "
                        "attempts. Fill in a few places yourself."
                    ) from None
                left = tuple(one for one in earlier[region] if one != text)
                domains = _with(earlier, region, left)
            else:
                return


def propagated(domains: Domains, relations: Sequence[Relation]) -> Domains:
    """Strike out what relations rule out, until nothing more is.

    Raises:
        ContradictionError: If some region has nothing left.
    """
    while True:
        left = domains
        for relation in relations:
            own = [left[place] for place in relation.regions]
            for place, texts in zip(
                relation.regions, _RULES[relation.kind](relation, own), strict=True
            ):
                if not texts:
                    raise ContradictionError
                left = _with(left, place, texts)
        if left == domains:
            return domains
        domains = left


def _different(relation: Relation, own: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Strike out what others have; a text that all of them need and one can have is that one's."""
    found = list(own)
    taken = list(relation.known)
    if len(set(taken)) < len(taken):
        raise ContradictionError
    while True:
        single = [texts[0] for texts in found if len(texts) == 1]
        if len({*single, *taken}) < len(single) + len(taken):
            raise ContradictionError
        out = {*single, *taken}
        left = [one if len(one) == 1 else tuple(t for t in one if t not in out) for one in found]
        if left == found:
            break
        found = left
    counts = Counter(text for texts in found if len(texts) > 1 for text in texts)
    number = sum(len(texts) > 1 for texts in found)
    if len(counts) < number:
        raise ContradictionError
    if len(counts) > number:
        return found
    for place, texts in enumerate(found):
        # Every text has to be somewhere, and here alone can this one be.
        mine = tuple(text for text in texts if counts[text] == 1)
        if len(mine) > 1:
            raise ContradictionError
        if mine:
            found[place] = mine
    return found


def _equal(relation: Relation, own: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    common = [text for text in own[0] if all(text in texts for texts in own)]
    common = [text for text in common if all(text == one for one in relation.known)]
    return [tuple(common)] * len(own)


def _sum(relation: Relation, own: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Strike out what is too little or too much whatever the others are."""
    with localcontext(prec=_DIGITS):
        total = _number(relation.total) - sum(map(_number, relation.known))
        numbers = [[_number(text) for text in texts] for texts in own]
        least, most = sum(map(min, numbers)), sum(map(max, numbers))
        found = []
        for texts, values in zip(own, numbers, strict=True):
            low, high = total - (most - max(values)), total - (least - min(values))
            pairs = zip(texts, values, strict=True)
            found.append(tuple(text for text, value in pairs if low <= value <= high))
        return found


_RULES = {
    RelationKind.DIFFERENT: _different,
    RelationKind.EQUAL: _equal,
    RelationKind.SUM: _sum,
}


def _number(text: str) -> Decimal:
    # Without exponents, of which the sum could be beyond all bounds.
    if not _NUMBER.fullmatch(text.strip()):
        raise BadRequestError(f"“{text[:40]}” is no number, and takes part in a sum.")
    return Decimal(text.strip())


def _with(domains: Domains, region: int, texts: tuple[str, ...]) -> Domains:
    if domains[region] == texts:
        return domains
    return (*domains[:region], texts, *domains[region + 1 :])


def _impossible() -> BadRequestError:
    return BadRequestError(
        "No texts keep these relations. Look whether one of the given values is wrong."
    )
