"""What the settings do to the window and to every view in it."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app import appearance
from app.editor import Editor
from app.setting_table import OPTIONS
from app.settings import Settings
from app.workspace.document_tab import DocumentTab
from app.workspace.save_rules import SaveRules
from app.workspace.workspace import Workspace


class WindowOptions(QObject):
    """Lets each setting take effect, at once and in every document."""

    def __init__(self, settings: Settings, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._settings, self._workspace = settings, workspace
        settings.changed.connect(self._apply)
        workspace.view_added.connect(self._set_up_view)
        workspace.opened.connect(self._follow_file)
        for option in OPTIONS:
            self._apply(option.key)

    @Slot(str)
    def _apply(self, key: str) -> None:
        settings = self._settings
        if key == "appearance":
            appearance.apply(settings.appearance)
        elif key == "word_wrap":
            self._workspace.set_word_wrap(settings.wraps_words)
        elif key in ("trim_on_save", "final_newline"):
            self._workspace.save_rules = SaveRules(
                trims=settings.is_on("trim_on_save"),
                ends_with_newline=settings.value("final_newline") == "ensure",
            )
        else:
            for view in self._workspace.views():
                self._set_up(view.editor)

    @Slot(object)
    def _set_up_view(self, view: DocumentTab) -> None:
        self._set_up(view.editor)

    def _set_up(self, editor: Editor) -> None:
        settings = self._settings
        editor.typing_aids.indents_lines = settings.is_on("auto_indent")
        editor.show_white_space(settings.is_on("white_space"))
        families = (str(settings.value("prose_font")), str(settings.value("code_font")))
        editor.set_fonts(*families, float(settings.value("font_size")))

    @Slot(object)
    def _follow_file(self, path: Path) -> None:
        """Remember a file that was opened or saved; take in the settings if it holds them."""
        if path == self._settings.path:
            self._settings.reload()
        else:
            self._settings.add_recent_file(path)
