"""Find and replace: in the document in front, in a selection, in all tabs."""

from app.find.bar import FindBar
from app.find.finder import Finder
from app.find.results import ResultsPanel

__all__ = ["FindBar", "Finder", "ResultsPanel"]
