"""The infill canvas: text becomes a plan of clamped and free slots, and slots become text again."""

from engine.infill.codec import TextCodec
from engine.infill.draft import Draft, draft_of
from engine.infill.infill import InfillStep, infill
from engine.infill.plan import InfillPlan, make_plan
from engine.infill.profile import Profile

__all__ = [
    "Draft",
    "InfillPlan",
    "InfillStep",
    "Profile",
    "TextCodec",
    "draft_of",
    "infill",
    "make_plan",
]
