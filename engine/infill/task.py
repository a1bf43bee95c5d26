"""A request as this model carries it out: planned once, and handed on whole."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from engine.api import Branch, Generate
from engine.errors import BadRequestError
from engine.infill.constraints import TokenMasks
from engine.infill.context import ContextCache
from engine.infill.engine import InfillEngine
from engine.infill.plan import InfillPlan, make_plan
from engine.model import KVCache
from engine.region.region import Cost, Region, branch_of
from engine.region.rules import Rule

IsCancelled = Callable[[], bool]


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InfillTask:
    """A region, how it is laid out, and what stands before it, committed to the cache."""

    engine: InfillEngine
    region: Region
    plan: InfillPlan
    masks: TokenMasks
    cache: KVCache  # of what stands before the region
    reused: int = 0  # tokens of it that were there from an earlier request
    is_cancelled: IsCancelled = _never  # looked at while a draft of a canvas is written

    @classmethod
    def of(cls, engine: InfillEngine, region: Region, plan: InfillPlan) -> "InfillTask":
        """Return a region's task, of which nothing is committed yet."""
        masks = TokenMasks(rule=region.rule, codec=engine.codec)
        empty = KVCache(engine.model.config)
        return cls(engine=engine, region=region, plan=plan, masks=masks, cache=empty)

    @classmethod
    def planned(cls, engine: InfillEngine, request: Generate) -> "InfillTask":
        """Lay a request out.

        Raises:
            BadRequestError: If it cannot be carried out; with what is wrong, and the bounds.
        """
        region = Region.of(request)
        has_words = bool(request.settings.instruction.strip())
        if has_words and not engine.profile.takes_instructions:
            raise BadRequestError(
                "This model takes no instructions. Leave the instruction out, or choose another "
                "model."
            )
        # Such a model knows its chat for instructions alone; a document is continued as plain text.
        text = replace(engine, template=None) if engine.profile.rewrites_in_chat else engine
        plan = make_plan(text, region)
        for part in plan.layout.parts if plan.layout else ():
            if part.is_pinned and not region.rule.allows(part.text):
                raise BadRequestError(
                    f"“{part.text.strip()}” is pinned, but the constraints do not allow all of "
                    "its characters, the space before it included. Let it go, or allow them."
                )
        return cls.of(engine, region, plan)

    def encoded(self, contexts: ContextCache, is_cancelled: IsCancelled = _never) -> "InfillTask":
        """Return the task with its context committed; a cancel is looked at in between."""
        cache, reused = contexts.encode(self.engine.model, self.plan.prefix, is_cancelled)
        return replace(self, cache=cache, reused=reused, is_cancelled=is_cancelled)

    def branched(self, request: Branch, plan: InfillPlan) -> "InfillTask":
        """Return the task of a branch, which goes on behind the same context."""
        own = replace(self.region, request=branch_of(self.request, request))
        reused = self.cache.length
        return replace(self, region=own, plan=plan, reused=reused, is_cancelled=_never)

    @property
    def request(self) -> Generate:
        """What was asked."""
        return self.region.request

    @property
    def rule(self) -> Rule:
        """What the text has to satisfy."""
        return self.region.rule

    @property
    def old_text(self) -> str:
        """What the region's text stands in the place of, soft edges included."""
        return self.plan.soft_before + self.request.region + self.plan.soft_after

    @property
    def num_encoded(self) -> int:
        """Tokens before the region that were not in the cache yet."""
        return len(self.plan.prefix) - self.reused

    def cost_of(self, text: str) -> Cost:
        """Say what is wrong with a text for the region."""
        return self.region.cost_of(text, (self.plan.soft_before, self.plan.soft_after))
