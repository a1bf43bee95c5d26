"""Models: which one is in use, which there are, and how more of them come here."""

from app.models.keeper import ModelKeeper

__all__ = ["ModelKeeper"]
