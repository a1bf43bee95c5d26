"""What is set for every run and is not what Inlay comes with: said in words, and taken back."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.proposal.model.lengths import BY_ITSELF
from app.translation import tr
from engine.api import Length, LengthMode, Mode, RunSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One setting that is kept."""

    name: str  # of the setting
    text: str
    usual: object  # what it is without the user's wish


def kept_wishes(settings: RunSettings) -> Iterator[Kept]:
    """Yield what differs from the usual in the settings that hold for every run."""
    usual = RunSettings()
    if settings.strength != usual.strength:
        percent = round(settings.strength * 100)
        yield _kept("strength", tr("Strength {percent} %").format(percent=percent))
    if settings.length != usual.length:
        yield _kept("length", _length_text(settings.length))
    if settings.candidates != usual.candidates:
        yield _kept("candidates", tr("%n versions", "", settings.candidates))
    if settings.soft_edge:
        yield _kept("soft_edge", tr("Soft edge: %n words", "", settings.soft_edge))
    if settings.mode is Mode.CAUSAL:
        yield _kept("mode", tr("Left to right"))


def _kept(name: str, text: str) -> Kept:
    return Kept(name=name, text=text, usual=getattr(RunSettings(), name))


def _length_text(length: Length) -> str:
    if length.mode is LengthMode.WORDS:
        return tr("%n words", "", length.count)
    if length.mode is LengthMode.LINES:
        return tr("%n lines", "", length.count)
    return tr(BY_ITSELF[length.mode])
