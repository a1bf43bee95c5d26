"""Models: which one is in use, which there are, and how more of them come here."""

from app.models.base_offer import offer_base
from app.models.keeper import ModelKeeper

__all__ = ["ModelKeeper", "offer_base"]
