"""What the loaded model was made for, told before a draft that will hardly be of use."""

from PySide6.QtCore import QObject, Slot

from app.editor.code_blocks import names_of
from app.engine_model import EngineModel, ModelReady
from app.proposal import Phase
from app.text.edits import text_between
from app.translation import tr
from app.window.status_line import StatusLine
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace
from engine.api import ModelInfo

PROSE = "prose"
MOST_READ = 4_000  # characters of a selection that are looked at
LATIN_END = "\u0250"  # behind the letters that English is written in, and its neighbours


def is_made_for(model: ModelInfo, kind: str) -> bool:
    """Return whether a model was made for prose, or for a language of code."""
    return not model.made_for or kind in model.made_for


def caution(model: ModelInfo, language: str, text: str) -> str:
    """Return why a draft in the place of a text will hardly be of use; empty: it may well be.

    Args:
        model: The model that would make it.
        language: Of code; empty: prose.
        text: What is selected, or its beginning.
    """
    facts = {"model": model.name, "count": model.most_words}
    # What matters first: the line may be cut at its end.
    if not is_made_for(model, language or PROSE):
        told = tr("Not made for {language}: a draft by {model} will hardly be of use")
        return told.format(language=names_of(language)[1], **facts)
    letters = [letter for letter in text if letter.isalpha()]
    if model.made_for and sum(letter >= LATIN_END for letter in letters) * 2 > len(letters):
        return tr("Made for English: a draft by {model} will hardly be of use").format(**facts)
    if 0 < model.most_words < len(text.split()) and not language:
        told = tr("Good up to {count} words: a longer draft by {model} says little")
        if model.takes_instructions:
            told = tr(
                "Good up to {count} words without an instruction: a longer draft by {model} says "
                "little"
            )
        return told.format(**facts)
    return ""


class SelectionNote(QObject):
    """Says so in the status line while such a text is selected."""

    def __init__(self, line: StatusLine, workspace: Workspace, engine: EngineModel) -> None:
        super().__init__(line)
        self._line, self._workspace, self._engine = line, workspace, engine
        workspace.current_tab_changed.connect(self._follow)
        workspace.proposal_changed.connect(self._follow)
        engine.phase_changed.connect(self._follow)
        # A selection that is let go may leave the caret where it is.
        workspace.view_added.connect(self._watch)

    @Slot(object)
    def _watch(self, view: DocumentTab) -> None:
        view.editor.selectionChanged.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        self._line.show_caution(self._caution())

    def _caution(self) -> str:
        tab, phase = self._workspace.current, self._engine.phase
        if tab is None or not isinstance(phase, ModelReady):
            return ""
        cursor = tab.editor.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if start == end or tab.session.status.phase is not Phase.IDLE:
            return ""
        text = text_between(tab.editor.document(), start, min(end, start + MOST_READ))
        return caution(phase.model, tab.editor.language_at(start), text)
