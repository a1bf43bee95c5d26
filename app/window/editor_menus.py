"""The lines of the menus that act on the text of the editor in front."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QToolButton

from app.editor import Editor, lines
from app.editor.comments import comment_marks
from app.editor.multi_cursor import MultiCursor
from app.text.indentation import Indentation
from app.translation import tr
from app.window.indentation_actions import IndentationActions
from app.window.menu_builder import MenuBuilder
from app.workspace.workspace import Workspace

Move = QTextCursor.MoveOperation


class EditorMenus:
    """Knows which editor is in front, and what can be done to its text."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def in_editor(self, act: Callable[[Editor], object]) -> Callable[[], None]:
        """Return an intent that goes to the editor in front."""

        def run() -> None:
            if tab := self._workspace.current:
                act(tab.editor)

        return run

    def editing(self, act: Callable[[Editor], object]) -> Callable[[], None]:
        """Return an intent that changes the text in front, where it may be changed."""

        def run(editor: Editor) -> None:
            if not editor.isReadOnly():
                act(editor)

        return self.in_editor(run)

    def build_carets(self, menus: MenuBuilder) -> None:
        """Add what is done by more carets than one."""
        above, below = (partial(MultiCursor.add_vertically, step=m) for m in (Move.Up, Move.Down))
        table: tuple[tuple[str, Callable[[MultiCursor], object]], ...] = (
            ("add_next", MultiCursor.add_next_occurrence),
            ("add_all", MultiCursor.add_all_occurrences),
            ("caret_above", above),
            ("caret_below", below),
        )
        for name, act in table:
            menus.add(name, self.in_editor(partial(_on_carets, act)))
        inner = menus.start_inner(tr("C&olumn Selection"))
        for name, way in (
            ("column_up", {"rows": -1}),
            ("column_down", {"rows": 1}),
            ("column_left", {"columns": -1}),
            ("column_right", {"columns": 1}),
        ):
            menus.move(menus.add(name, self.in_editor(partial(_on_column, way))), inner)

    def build_lines(self, menus: MenuBuilder, button: QToolButton) -> None:
        """Add the menu of what is done to whole lines; `button` opens its choice of indentation."""
        menus.start(tr("&Lines"))
        table: tuple[tuple[str, Callable[[QTextCursor], object]], ...] = (
            ("duplicate", lines.duplicate),
            ("move_up", partial(lines.move, step=-1)),
            ("move_down", partial(lines.move, step=1)),
            ("delete_line", lines.delete),
            ("join", lines.join),
        )
        for name, act in table:
            menus.add(name, self._on_lines(act))
        menus.add("outdent", self.editing(partial(_move_lines, lines.outdent)))
        menus.add("indent", self.editing(partial(_move_lines, lines.indent)))
        IndentationActions(self._workspace, menus, button)
        menus.add("comment", self.editing(_toggle_comment))
        menus.separate()
        menus.add("trim", self.editing(lambda editor: lines.trim(editor.document())))

    def _on_lines(self, act: Callable[[QTextCursor], object]) -> Callable[[], None]:
        """Return an intent that changes the lines of the selection in front."""

        def run(editor: Editor) -> None:
            cursor = editor.textCursor()
            act(cursor)
            editor.setTextCursor(cursor)
            editor.ensureCursorVisible()

        return self.editing(run)


def _on_column(way: dict[str, int], editor: Editor) -> None:
    editor.columns.step(**way)


def _on_carets(act: Callable[[MultiCursor], object], editor: Editor) -> None:
    act(editor.multi_cursor)


def _move_lines(act: Callable[[QTextCursor, Indentation], object], editor: Editor) -> None:
    act(editor.textCursor(), editor.indenting.current)


def _toggle_comment(editor: Editor) -> None:
    lines.toggle_comment(editor.textCursor(), comment_marks(editor.file_name))
