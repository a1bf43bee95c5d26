"""Texts to try Inlay on, and what of them suits the model that is there."""

import re
from dataclasses import dataclass

from app.translation import QT_TR_NOOP
from app.window.model_fit import PROSE, is_made_for
from engine.api import ModelInfo
from resources import resource_path

TRIED = "story.txt"  # has the marked places
EVERYWHERE = (PROSE, "python")  # what each embedded model was made for
# Of the page for those who have a model that takes instructions.
INSTRUCTED = re.compile(r"^## Told what to do\n.*?(?=^## )", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that is copied into a new document."""

    name: str
    title: str
    kind: str  # "prose", or the language of its code


SAMPLES = (
    Sample("story.txt", QT_TR_NOOP("Prose"), PROSE),
    Sample("sample.py", QT_TR_NOOP("Python"), "python"),
    Sample("welcome.md", QT_TR_NOOP("Markdown"), PROSE),
    Sample("sudoku.md", QT_TR_NOOP("Sudoku"), PROSE),
    Sample("drawing.svg", QT_TR_NOOP("SVG drawing"), "xml"),
)


def suits(sample: Sample, model: ModelInfo | None) -> bool:
    """Return whether a sample is for a model; before one is loaded, whether it is for all."""
    return sample.kind in EVERYWHERE if model is None else is_made_for(model, sample.kind)


def text_of(name: str, model: ModelInfo | None) -> str:
    """Return a sample's text, without what the model cannot do."""
    text = resource_path(f"samples/{name}").read_text(encoding="utf-8")
    refuses = model is not None and not model.takes_instructions
    return INSTRUCTED.sub("", text) if refuses else text
