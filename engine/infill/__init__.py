"""The infill canvas: text becomes a plan of clamped and free slots, and slots become text again."""

from engine.infill.codec import TextCodec
from engine.infill.context import ContextCache
from engine.infill.draft import draft_of
from engine.infill.engine import InfillEngine, TextSide
from engine.infill.job import InfillJob
from engine.infill.plan import InfillPlan, make_plan
from engine.infill.planning import Job, plan_job
from engine.infill.profile import Profile
from engine.infill.task import InfillTask
from engine.region.progress import CandidateDone, Draft, DraftStep, Progress

__all__ = [
    "CandidateDone",
    "ContextCache",
    "Draft",
    "DraftStep",
    "InfillEngine",
    "InfillJob",
    "InfillPlan",
    "InfillTask",
    "Job",
    "Profile",
    "Progress",
    "TextCodec",
    "TextSide",
    "draft_of",
    "make_plan",
    "plan_job",
]
