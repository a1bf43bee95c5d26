"""Proposals: a draft of the engine, drawn over the document until the user accepts it."""

from app.proposal.model.history import Candidate, History, Origin, Outcome, outcome_text
from app.proposal.model.options import Drawing, OptionsModel, RunOptions
from app.proposal.model.proposal import Draft, Phase, Proposal, ProposalStatus
from app.proposal.model.session import ProposalSession

__all__ = [
    "Candidate",
    "Draft",
    "Drawing",
    "History",
    "OptionsModel",
    "Origin",
    "Outcome",
    "Phase",
    "Proposal",
    "ProposalSession",
    "ProposalStatus",
    "RunOptions",
    "outcome_text",
]
