"""The lines of the menus that act on the text of the editor in front."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QTextCursor

from app.editor import Editor, lines
from app.editor.comments import comment_marks
from app.editor.multi_cursor import MultiCursor
from app.translation import tr
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
        table: tuple[tuple[str, str, Callable[[MultiCursor], object], str], ...] = (
            ("add_next", tr("Add &Next Occurrence"), MultiCursor.add_next_occurrence, "Ctrl+D"),
            ("add_all", tr("Add All &Matches"), MultiCursor.add_all_occurrences, "Ctrl+Shift+L"),
            ("caret_above", tr("Add Caret A&bove"), above, "Ctrl+Alt+Up"),
            ("caret_below", tr("Add Caret Belo&w"), below, "Ctrl+Alt+Down"),
        )
        for name, text, act, key in table:
            menus.add(name, text, self.in_editor(partial(_on_carets, act)), [key])
        columns = (
            ("column_up", tr("Column Selection &Up"), {"rows": -1}, "Up"),
            ("column_down", tr("Column Selection &Down"), {"rows": 1}, "Down"),
            ("column_left", tr("Column Selection &Left"), {"columns": -1}, "Left"),
            ("column_right", tr("Column Selection &Right"), {"columns": 1}, "Right"),
        )
        inner = menus.start_inner(tr("C&olumn Selection"))
        for name, text, way, key in columns:
            run = self.in_editor(partial(_on_column, way))
            menus.move(menus.add(name, text, run, [f"Ctrl+Alt+Shift+{key}"]), inner)

    def build_lines(self, menus: MenuBuilder) -> None:
        """Add the menu of what is done to whole lines."""
        menus.start(tr("&Lines"))
        table: tuple[tuple[str, str, Callable[[QTextCursor], object], str], ...] = (
            ("duplicate", tr("&Duplicate"), lines.duplicate, "Ctrl+Shift+D"),
            ("move_up", tr("Move &Up"), partial(lines.move, step=-1), "Alt+Up"),
            ("move_down", tr("Move Do&wn"), partial(lines.move, step=1), "Alt+Down"),
            ("delete_line", tr("D&elete Line"), lines.delete, "Ctrl+Shift+K"),
            ("join", tr("&Join"), lines.join, "Ctrl+J"),
            ("outdent", tr("Move &Left"), lines.outdent, "Ctrl+["),
        )
        for name, text, act, key in table:
            menus.add(name, text, self._on_lines(act), [key])
        menus.add("indent", tr("Move &Right"), self.editing(_indent), ["Ctrl+]"])
        menus.add("comment", tr("&Comment or Not"), self.editing(_toggle_comment), ["Ctrl+/"])
        menus.separate()
        trim = self.editing(lambda editor: lines.trim(editor.document()))
        menus.add("trim", tr("Remove &Spaces at Line Ends"), trim)

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


def _indent(editor: Editor) -> None:
    lines.indent(editor.textCursor(), uses_tabs=lines.uses_tabs(editor.document()))


def _toggle_comment(editor: Editor) -> None:
    lines.toggle_comment(editor.textCursor(), comment_marks(editor.file_name))
