"""The word of a draft that is meant: under the mouse, brushed over, or marked by keys."""

from enum import Enum

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.proposal.drawing.geometry import DraftGeometry
from app.proposal.model.pins import WordRange
from app.proposal.model.session import ProposalSession
from app.text.words import word_at, word_beside, words_between
from app.translation import QT_TR_NOOP, number_text, tr

# Longer than a click takes, and shorter than one waits in doubt.
HOLD_MS = 420  # of pressing, until the alternatives are asked for
# Nats: what a first choice of 98 % leaves, and what two or three equal ones have.
SURE, FAIRLY_SURE = 0.1, 1.0
HELP = QT_TR_NOOP(
    "Click pins it, a stroke melts, holding shows other words; Ctrl+click accepts this word alone."
)


class Gesture(Enum):
    """What the mouse does to words."""

    PIN = "pin"  # a click
    MELT = "melt"  # a stroke over words
    KEEP = "keep"  # with Ctrl: into the document


class Pointer(QObject):
    """Turns mouse and keys into acts on words, and knows which words are meant.

    A click pins a word, a stroke melts the words it touches, holding asks for alternatives; with
    Ctrl, a click or a stroke puts the words into the document.

    Signals: `word_marked` with a word's text and state, marked or changed by keys;
    `alternatives_wanted` with the place in the viewport where they are to be shown; `meant_changed`
    when other words are meant, or in another way.
    """

    meant_changed = Signal()
    word_marked = Signal(str)
    alternatives_wanted = Signal(QPoint)

    def __init__(self, geometry: DraftGeometry, session: ProposalSession, parent: QObject) -> None:
        super().__init__(parent)
        self._geometry = geometry
        self._editor = geometry.editor
        self._session = session
        self._steering = session.steering
        self._word: WordRange | None = None  # that a mark is on
        self._is_hovered = False  # the mark came by the mouse, and goes with it
        self._stroke: tuple[int, int] | None = None  # from and to, while the button is down
        self._gesture: Gesture | None = None
        self._pressed_at = QPointF()
        self._hold = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold.timeout.connect(self.ask)
        self._editor.viewport().installEventFilter(self)

    @property
    def word(self) -> WordRange | None:
        """The word that is meant."""
        return self._word

    @property
    def meant(self) -> tuple[WordRange, ...]:
        """The words that are meant: those that a stroke touches, while it is drawn."""
        if self._stroke is not None and self._gesture is not Gesture.PIN:
            return words_between(self._text, min(self._stroke), max(self._stroke))
        return (self._word,) if self._word is not None else ()

    @property
    def is_pressed(self) -> bool:
        """Whether the mouse is about to do something to words."""
        return self._gesture is not None

    def forget_word(self) -> None:
        """Drop a mark that the draft has outrun."""
        if self._word is not None and self._word not in self._words:
            near = words_between(self._text, *self._word)
            self._word = near[0] if near else None

    def close(self) -> None:
        """Leave the mouse to the text."""
        self._hold.stop()
        self._hover(None)
        self._editor.viewport().removeEventFilter(self)

    def move_word(self, step: int) -> None:
        """Mark the next word in a direction."""
        words = self._words
        if not words:
            return
        word = word_beside(words, self._word, step)
        self._mark(word)
        self._is_hovered = False
        self._tell_of(word)

    def pin(self) -> None:
        """Pin the word that is meant, or let it go."""
        if self._word is not None:
            self._steering.toggle_pin(*self._word)
            self._tell_of(self._word)

    def melt(self) -> None:
        """Make noise of the word that is meant."""
        if self._word is not None and self._steering.melt([self._word]):
            self._tell_of(self._word, tr("melting"))

    def keep(self) -> None:
        """Put what the draft changes at the word that is meant into the document."""
        if self._word is not None:
            self._session.accepting.accept_stretch(*self._word)

    def ask(self) -> None:
        """Ask for alternatives to the word that is meant."""
        self._stroke = self._gesture = None
        self.meant_changed.emit()
        if self._word is None or not self._steering.ask_alternatives(*self._word):
            return
        boxes, room = self._geometry.stretch_rects(*self._word), self._geometry.rect
        if boxes and room is not None:
            place = room.topLeft() + boxes[0].bottomLeft() - QPointF(0.0, self._geometry.scrolled)
            self.alternatives_wanted.emit(place.toPoint())

    def _tell_of(self, word: WordRange, state: str = "") -> None:
        """Tell of a word for those who do not see what is done to it."""
        proposal = self._geometry.snapshot
        slots = set(proposal.draft.slots_between(*word)) if proposal.draft else set()
        if not state and slots & proposal.candidate.pinned:
            state = tr("pinned")
        text = self._text[slice(*word)]
        self.word_marked.emit(f"{text}, {state}" if state else text)

    @property
    def _text(self) -> str:
        draft = self._geometry.snapshot.draft
        return draft.text if draft else ""

    @property
    def _words(self) -> tuple[WordRange, ...]:
        draft = self._geometry.snapshot.draft
        return draft.words if draft else ()

    def _mark(self, word: WordRange | None) -> None:
        if word != self._word:
            self._word = word
            self.meant_changed.emit()

    def _hover(self, word: WordRange | None) -> None:
        if word is not None or self._is_hovered:
            self._is_hovered = word is not None
            self._mark(word)
            shape = (
                Qt.CursorShape.IBeamCursor if word is None else Qt.CursorShape.PointingHandCursor
            )
            self._editor.viewport().setCursor(shape)

    def _tell(self, event: QHelpEvent) -> bool:
        """Say when and how firmly the word under the mouse has settled."""
        offset = self._geometry.draft_offset_at(QPointF(event.pos()))
        word = word_at(self._text, offset) if offset is not None else None
        proposal = self._geometry.snapshot
        if word is None or proposal.draft is None:
            return False
        slots = proposal.draft.slots_between(*word)
        steps = [
            step for slot in slots if (step := proposal.candidate.settled_in(slot)) is not None
        ]
        entropy = max((s.entropy for s in proposal.draft.spans if s.slot in slots), default=0.0)
        facts = [tr("pinned")] if set(slots) & proposal.candidate.pinned else []
        facts.append(_how_sure(entropy))
        if self._session.options.shows_figures:
            if steps:
                facts.append(tr("stands since step {step}").format(step=max(steps)))
            facts.append(tr("entropy {entropy}").format(entropy=number_text(entropy, 2)))
        text = f"{', '.join(facts)}\n{tr(HELP)}"
        QToolTip.showText(event.globalPos(), text, self._editor)
        return True

    def _press(self, event: QMouseEvent) -> bool:
        offset = self._geometry.draft_offset_at(event.position())
        if offset is None or event.button() is not Qt.MouseButton.LeftButton:
            return False
        is_keep = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self._gesture = Gesture.KEEP if is_keep else Gesture.PIN
        self._stroke, self._pressed_at = (offset, offset), event.position()
        self._mark(word_at(self._text, offset))
        if not is_keep:
            self._hold.start()
        if self._geometry.take_click(event.position()):
            self._session.focus.give_to_selected()
        # The press does not come to the editor, which would have taken the focus by it.
        self._editor.setFocus()
        return True

    def _move(self, event: QMouseEvent) -> bool:
        offset = self._geometry.draft_offset_at(event.position())
        if self._stroke is None or self._gesture is None:
            self._hover(word_at(self._text, offset) if offset is not None else None)
            return False
        way = (event.position() - self._pressed_at).manhattanLength()
        if self._gesture is Gesture.PIN and way >= QApplication.startDragDistance():
            self._hold.stop()
            self._gesture = Gesture.MELT
        if offset is not None:
            self._stroke = (self._stroke[0], offset)
        self.meant_changed.emit()
        return True

    def _release(self) -> bool:
        self._hold.stop()
        stroke, gesture = self._stroke, self._gesture
        self._stroke = self._gesture = None
        if stroke is None:
            return False
        start, end = min(stroke), max(stroke) + 1
        # Asked of the draft as it is now: it may have changed while the button was down.
        words = words_between(self._text, start, end)
        self.meant_changed.emit()
        if not words:
            return True
        match gesture:
            case Gesture.PIN:
                self._steering.toggle_pin(*words[0])
            case Gesture.MELT:
                self._steering.melt(words)
            case Gesture.KEEP:
                self._session.accepting.accept_stretch(words[0][0], words[-1][1])
            case None:
                pass
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the mouse where it is on a word of the draft."""
        match event.type():
            case QEvent.Type.MouseButtonPress if isinstance(event, QMouseEvent):
                return self._press(event)
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                return self._move(event)
            case QEvent.Type.MouseButtonRelease:
                return self._release()
            # A popup over the text takes the mouse away, and its word has to stay marked.
            case QEvent.Type.Leave if QApplication.activePopupWidget() is None:
                self._hover(None)
            case QEvent.Type.ToolTip if isinstance(event, QHelpEvent):
                return self._tell(event)
        return False


def _how_sure(entropy: float) -> str:
    """Say how sure the model is of a word, by the entropy of its least sure token, nats."""
    if entropy < SURE:
        return tr("The model is sure of it")
    return tr("The model is fairly sure of it") if entropy < FAIRLY_SURE else tr("A guess")
