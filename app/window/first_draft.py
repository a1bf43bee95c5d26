"""The strip below the very first draft: the keys that matter, and what the model is good for."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from app.commands import CommandKeys
from app.engine_model import EngineModel, ModelReady
from app.proposal import Phase, Snapshot
from app.proposal.widgets.field_rows import FieldRows
from app.settings import Settings
from app.translation import QT_TR_NOOP, tr
from app.widgets.flat_button import FlatButton
from app.widgets.ringed import RingedButton
from app.window.welcome import KeyCap
from engine.api import ModelInfo

ACTS = (
    ("accept", QT_TR_NOOP("keeps it")),
    ("stop", QT_TR_NOOP("takes it away")),
    ("rewrite", QT_TR_NOOP("makes another")),
    ("compare", QT_TR_NOOP("shows the text before")),
)
GAP = 12  # px from one key's words to the next key
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
        self._acts = FieldRows(self)
        self.about, self.models = QLabel(), RingedButton()
        self.close_button = FlatButton("✕", tr("Close"))
        self.setAccessibleName(tr("Keys at a draft"))
        self.models.setText(tr("Larger Models…"))
        self.models.clicked.connect(self.models_wanted)
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
        said = [QLabel(tr(words)) for _, words in ACTS]
        for label in said:
            label.setContentsMargins(0, 0, GAP, 0)
        self._acts.set_groups(*zip(self._caps.values(), said, strict=True))
        self._acts.setMinimumWidth(1)  # it takes more rows rather than a wider window
        top.addWidget(self._acts, 1)
        top.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
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
        self._acts.fit_width()


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
