"""Proposals: a draft of the engine, drawn over the document until the user accepts it."""

from app.proposal.model.candidate import Draft
from app.proposal.model.history import History
from app.proposal.model.options_model import Drawing, OptionsModel
from app.proposal.model.past import DraftOrigin, Outcome, PastCandidate, outcome_text
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.proposal.model.snapshot import Snapshot

__all__ = [
    "Draft",
    "DraftOrigin",
    "Drawing",
    "History",
    "OptionsModel",
    "Outcome",
    "PastCandidate",
    "Phase",
    "Proposal",
    "ProposalSession",
    "Snapshot",
    "outcome_text",
]
