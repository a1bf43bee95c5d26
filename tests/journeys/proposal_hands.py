"""What a hand does to a draft in a journey: runs, words under the mouse, pictures in both looks."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.appearance import Appearance
from app.proposal.model.options_model import OptionsModel
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from app.text.words import all_words
from tests.app.fakes import rect_of, view_of, widgets_of
from tests.journeys.driver import CONTROL, Journey

ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
LOOKS = (Appearance.DARK, Appearance.LIGHT)


def options(j: Journey) -> OptionsModel:
    return j.session.options


def widgets(j: Journey) -> ProposalWidgets:
    return widgets_of(j.session)


def draft(j: Journey) -> str:
    assert j.session.proposal is not None
    assert j.session.proposal.draft is not None
    return j.session.proposal.draft.text


def run(j: Journey, words: str, **changes: object) -> None:
    """Ask for other words, with options other than the usual ones."""
    j.wait_ready()
    options(j).set_settings(replace(options(j).settings, **changes))
    j.select(words)
    j.press(Qt.Key.Key_Return, CONTROL)


def pictures(j: Journey, name: str, widget: QWidget | None = None) -> None:
    """Keep a picture in each look."""
    for look in LOOKS:
        j.look(look)
        j.picture(f"{name}-{look.value}", widget)


def place_of(j: Journey, number: int) -> QPoint:
    """Return where a word of the draft stands in the viewport."""
    view, rect = view_of(j.session), rect_of(j.editor)
    assert view is not None
    assert rect is not None
    box = view.geometry.stretch_rects(*all_words(draft(j))[number])[0]
    return (rect.topLeft() + box.center() - QPointF(0.0, view.scrolled)).toPoint()


def mouse(
    j: Journey, kind: QEvent.Type, place: QPoint, modifiers: Qt.KeyboardModifier = NONE
) -> None:
    """Send a mouse event to the text."""
    viewport = j.editor.viewport()
    at, world = QPointF(place), QPointF(viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, QMouseEvent(kind, at, world, LEFT, LEFT, modifiers))


def stroke(
    j: Journey, first: int, last: int, modifiers: Qt.KeyboardModifier = NONE, name: str = ""
) -> None:
    """Press on a word, go to another, and let go there; with a picture before that, if named."""
    mouse(j, QEvent.Type.MouseButtonPress, place_of(j, first), modifiers)
    mouse(j, QEvent.Type.MouseMove, place_of(j, last), modifiers)
    if name:
        pictures(j, name)
    mouse(j, QEvent.Type.MouseButtonRelease, place_of(j, last), modifiers)
