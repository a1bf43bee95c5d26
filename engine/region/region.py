"""A request's region, read once: what stays, what is to change, what its text has to be like."""

from dataclasses import dataclass, replace

from engine import bounds
from engine.api import Branch, Generate, LengthMode, RunSettings
from engine.errors import BadRequestError
from engine.region import relations
from engine.region.lines import PROSE, lacks_sentence
from engine.region.pins import Part, holes_of, parts_of
from engine.region.rules import Rule, rule_of
from engine.region.seams import HALF_COST, SEAM_COST, half_sentences, seam_errors
from engine.region.syntax import new_errors

# What one new syntax error costs, in nats a token; more than candidates differ by otherwise.
SYNTAX_COST = 1.7
_OF_A_WHOLE = {
    "length": "a length",
    "soft_edge": "a soft edge",
    "strength": "a strength",
    "pattern": "a pattern",
    "instruction": "an instruction",
    "mode": "writing from the left",
}
# What it costs to be nothing but white space, or a text that the user has seen already: these come
# behind all others.
USELESS_COST = 4.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What speaks against a text."""

    nats: float  # a token
    syntax: int | None  # new syntax errors it brings; None: it is no code


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The region of a request, and what its text has to be like.

    White space at its ends stays and counts as the text around it: a selection made word by word
    ends in a space, without which a rewrite would run into the next word.
    """

    request: Generate
    rule: Rule
    lead: str  # white space at its ends, which stays as it is
    core: str
    trail: str
    parts: tuple[Part, ...] = ()  # of a region with pinned words; empty: all of it is free
    lacks_sentence: bool = False  # at a caret, where one may begin and none goes on

    @classmethod
    def of(cls, request: Generate) -> "Region":
        """Read a request's region.

        A sentence filled in directly before another gets the white space that stands before it.

        Raises:
            BadRequestError: If the request is beyond the bounds, or its pins or patterns cannot be
                used.
        """
        bounds.check(request)
        before, after = request.before, request.after
        lead, core, trail = without_margins(request.region)
        if (request.forms or request.relations) and not request.regions:
            raise BadRequestError(
                "Forms and relations are of regions. Give regions as well, one for each form."
            )
        if request.regions:
            _check_regions(request)
            relations.check(request)
            # A place to write at may stand before white space, which is no margin then.
            lead, core, trail = "", request.region, ""
            parts = holes_of(request.region, request.regions, lead, trail, request.forms)
        else:
            parts = parts_of(request.region, request.pinned, lead, trail)
        lacks = not core and request.language in PROSE and lacks_sentence(before, after)
        if lacks and not request.region and not after[:1].isspace():
            # As the writer sets sentences apart: by a space, or by an empty line.
            trail = (before[len(before.rstrip()) :] or "\n\n") if after else ""
        return cls(
            request=request,
            rule=rule_of(request),
            lead=lead,
            core=core,
            trail=trail,
            parts=tuple(parts),
            lacks_sentence=lacks,
        )

    @property
    def settings(self) -> RunSettings:
        """What the user has chosen for it."""
        return self.request.settings

    @property
    def before(self) -> str:
        """The text that the new one stands behind."""
        return self.request.before + self.lead

    @property
    def after(self) -> str:
        """The text that the new one stands before."""
        return self.trail + self.request.after

    @property
    def wants_sentence(self) -> bool:
        """Whether the request is to find the sentence that lacks, however long."""
        settings = self.settings
        is_open = settings.num_slots is None and settings.length.mode is LengthMode.AUTO
        return is_open and self.lacks_sentence

    def cost_of(self, text: str, soft: tuple[str, str] = ("", "")) -> Cost:
        """Say what is wrong with a text for the region.

        Args:
            text: All of it, with the white space that stays.
            soft: Texts beside the region that it stands for, too.
        """
        request, (left, right) = self.request, soft
        before = request.before[: len(request.before) - len(left)]
        after = request.after[len(right) :]
        old = left + request.region + right
        syntax = new_errors(before, old, text, after, request.language)
        seams = seam_errors(before, text, after, old)
        # In an empty document white space is as good as anything.
        is_blank = not text.strip() and bool(before.strip() or after.strip())
        is_useless = is_blank or text in request.avoid
        cost = SEAM_COST * seams + SYNTAX_COST * max(syntax or 0, 0) + USELESS_COST * is_useless
        if request.language in PROSE and not is_blank:
            cost += HALF_COST * half_sentences(before, text, after, old)
        return Cost(cost, syntax)


def _check_regions(request: Generate) -> None:
    """Refuse, beside several regions, what is said of one whole text.

    Raises:
        BadRequestError: Naming it.
    """
    named = [_OF_A_WHOLE[name] for name in request.settings.of_a_whole]
    named += ["pinned words"] if request.pinned else []
    if named:
        raise BadRequestError(
            f"Several regions at once, and forms, do not go with {', '.join(named)}. Leave that "
            "out, or ask for one region after the other and without a form."
        )


def branch_of(request: Generate, branch: Branch) -> Generate:
    """Return a request as a branch of it goes on with it: one candidate, of the branch's seed."""
    settings = replace(request.settings, seed=branch.seed, candidates=1)
    return replace(request, job_id=branch.job_id, settings=settings)


def without_margins(region: str) -> tuple[str, str, str]:
    """Split a region into the white space at its start, its core, and that at its end."""
    core = region.strip()
    if not core:
        return "", region, ""
    lead, _, trail = region.partition(core)
    return lead, core, trail
