"""The strip below the very first draft: the keys that matter, and what the model is good for."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout

from app.commands import CommandKeys
from app.engine_model import EngineModel, ModelReady
from app.proposal import Phase, Snapshot
from app.settings import Settings
from app.translation import QT_TR_NOOP, tr
from app.window.welcome import KeyCap
from engine.api import ModelInfo

ACTS = (
    ("accept", QT_TR_NOOP("keeps it")),
    ("stop", QT_TR_NOOP("takes it away")),
    ("rewrite", QT_TR_NOOP("makes another")),
    ("compare", QT_TR_NOOP("shows the text before")),
)
SHOWN = (Phase.RUNNING, Phase.FINISHED)


class FirstDraftStrip(QFrame):
    """Shown once in a lifetime.

    Signals: `models_wanted`, for a larger model.
    """

    models_wanted = Signal()

    def __init__(self, keys: CommandKeys) -> None:
        super().__init__()
        self._keys = keys
        self._caps = {command: KeyCap("") for command, _ in ACTS}
        self.about, self.models, self.close_button = QLabel(), QPushButton(), QToolButton()
        self.setAccessibleName(tr("Keys at a draft"))
        self.models.setText(tr("Larger Models…"))
        self.models.clicked.connect(self.models_wanted)
        self.close_button.setText("✕")
        self.close_button.setAutoRaise(True)
        self.close_button.setAccessibleName(tr("Close"))
        self.close_button.clicked.connect(self.hide)
        for button in (self.models, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are the draft's
        self._lay_out()
        keys.changed.connect(self._tell_keys)
        self._tell_keys()
        self.hide()

    def show_for(self, model: ModelInfo | None) -> None:
        """Show it, with what is known of the model."""
        text = about(model) if model else ""
        self.about.setText(text)
        for widget in (self.about, self.models):
            widget.setVisible(bool(text))
        self.show()

    def _lay_out(self) -> None:
        top, below = QHBoxLayout(), QHBoxLayout()
        for command, words in ACTS:
            top.addWidget(self._caps[command])
            top.addWidget(QLabel(tr(words)))
            top.addSpacing(12)
        top.addStretch()
        top.addWidget(self.close_button)
        self.about.setWordWrap(True)
        below.addWidget(self.about, 1)
        below.addWidget(self.models)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 10, 10)
        column.addLayout(top)
        column.addLayout(below)

    def _tell_keys(self) -> None:
        for command, cap in self._caps.items():
            cap.set_text(self._keys.first(command))


class FirstDraft(QObject):
    """Shows the strip at the first draft of all, and takes it away with it."""

    def __init__(self, strip: FirstDraftStrip, settings: Settings, engine: EngineModel) -> None:
        super().__init__(strip)
        self._strip, self._settings, self._engine = strip, settings, engine

    @Slot(object)
    def follow(self, status: Snapshot) -> None:
        """A draft stands otherwise than before."""
        if status.phase not in SHOWN:
            self._strip.hide()
        elif not self._settings.was_draft_explained:
            self._settings.was_draft_explained = True
            phase = self._engine.phase
            self._strip.show_for(phase.model if isinstance(phase, ModelReady) else None)


def about(model: ModelInfo) -> str:
    """Say what a model is good for; empty where nothing is known of that."""
    if not model.made_for or not model.most_words:
        return ""
    told = tr(
        "{model} is small: good for words and phrases, up to {count} words, and for a line of "
        "Python. It knows little and makes things up."
    )
    return told.format(model=model.name, count=model.most_words)
