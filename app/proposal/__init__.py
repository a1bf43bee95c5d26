"""Proposals: a draft of the engine, drawn over the document until the user accepts it."""

from app.proposal.model.candidate import Draft
from app.proposal.model.history import History
from app.proposal.model.options import Drawing, OptionsModel
from app.proposal.model.past import Origin, Outcome, PastCandidate, outcome_text
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.proposal.model.status import ProposalStatus

__all__ = [
    "Draft",
    "Drawing",
    "History",
    "OptionsModel",
    "Origin",
    "Outcome",
    "PastCandidate",
    "Phase",
    "Proposal",
    "ProposalSession",
    "ProposalStatus",
    "outcome_text",
]
