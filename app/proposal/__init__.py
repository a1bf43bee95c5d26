"""Proposals: a draft of the engine, drawn over the document until the user accepts it."""

from app.proposal.proposal import Draft, Phase, Proposal, ProposalStatus
from app.proposal.session import ProposalSession

__all__ = ["Draft", "Phase", "Proposal", "ProposalSession", "ProposalStatus"]
