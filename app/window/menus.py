"""The menus of the main window, and what each of their lines does."""

from collections.abc import Callable, Iterator
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from app.documents.names import shown
from app.editor import Editor
from app.proposal import ProposalSession
from app.settings import Settings
from app.shortcuts import title_of
from app.translation import tr
from app.widgets import dialogs
from app.window.command_palette import Entry
from app.window.editor_menus import EditorMenus
from app.window.menu_builder import Key, MenuBuilder
from app.window.proposal_actions import ProposalActions
from app.window.setting_actions import SettingActions
from app.window.spelling_actions import SpellingActions

if TYPE_CHECKING:
    from app.window.main_window import MainWindow


class WindowMenus(QObject):
    """Builds the menus."""

    def __init__(self, window: "MainWindow", settings: Settings) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._of_settings = SettingActions(settings, self)
        self._editing = EditorMenus(window.workspace)
        self._in_editor = self._editing.in_editor
        menus = MenuBuilder(window, window.shortcuts)
        self._build_file(menus)
        self._build_edit(menus)
        self._build_find(menus)
        self._editing.build_lines(menus)
        self._build_inlay(menus)
        self._build_view(menus)
        self._build_help(menus)

    def entries(self) -> Iterator[Entry]:
        """Go through all actions and the menus they are in."""
        known = self._window.shortcuts.actions.values()
        for action in known:
            menus = [menu for menu in action.associatedObjects() if isinstance(menu, QMenu)]
            title = title_of(menus[0].menuAction()) if menus else ""
            yield Entry(action, title)

    def _build_file(self, menus: MenuBuilder) -> None:
        workspace = self._window.workspace
        menus.start(tr("&File"))
        menus.add("new", tr("&New"), workspace.new, [Key.New])
        menus.add("open", tr("&Open…"), self._window.open_files, [Key.Open])
        recent = menus.start_inner(tr("Open &Recent"))
        recent.aboutToShow.connect(partial(self._fill_recent, recent))
        menus.separate()
        menus.add("save", tr("&Save"), workspace.save, [Key.Save])
        menus.add("save_as", tr("Save &As…"), workspace.save_as, ["Ctrl+Shift+S"])
        menus.add("save_all", tr("Save A&ll"), workspace.save_all, ["Ctrl+Alt+S"])
        menus.add("revert", tr("Re&vert to Saved"), workspace.revert)
        menus.separate()
        menus.add("reopen_encoding", tr("Reopen with &Encoding…"), self._reopen)
        menus.add("save_encoding", tr("Save with En&coding…"), self._save_in)
        menus.add("line_ends_lf", tr("Line Ends: LF"), partial(self._set_line_end, "\n"))
        menus.add("line_ends_crlf", tr("Line Ends: CRLF"), partial(self._set_line_end, "\r\n"))
        menus.separate()
        menus.add("close_tab", tr("Close Ta&b"), self._close_current, ["Ctrl+W"])
        menus.add("quit", tr("&Quit"), self._window.close, ["Ctrl+Q"])

    def _build_edit(self, menus: MenuBuilder) -> None:
        editor = self._in_editor
        menus.start(tr("&Edit"))
        # By name, not from the class: a second view undoes what its document did.
        menus.add("undo", tr("&Undo"), editor(methodcaller("undo")), [Key.Undo])
        menus.add("redo", tr("&Redo"), editor(methodcaller("redo")), [Key.Redo])
        menus.separate()
        menus.add("cut", tr("Cu&t"), editor(Editor.cut), [Key.Cut])
        menus.add("copy", tr("&Copy"), editor(Editor.copy), [Key.Copy])
        menus.add("paste", tr("&Paste"), editor(Editor.paste), [Key.Paste])
        menus.separate()
        menus.add("select_all", tr("Select &All"), editor(Editor.selectAll), [Key.SelectAll])
        self._editing.build_carets(menus)
        menus.separate()
        self._of_settings.add_check(menus, "spelling", tr("Check Spellin&g"))
        languages = menus.start_inner(tr("Spelling &Language"))
        SpellingActions(self._window.workspace, languages, self._settings)
        menus.separate()
        menus.add("settings", tr("&Settings…"), self._window.popups.show_preferences, ["Ctrl+,"])

    def _build_find(self, menus: MenuBuilder) -> None:
        finder = self._window.finder
        menus.start(tr("Fi&nd"))
        menus.add("find", tr("&Find…"), finder.open, [Key.Find])
        menus.add("replace", tr("&Replace…"), partial(finder.open, replaces=True), ["Ctrl+H"])
        menus.add("find_next", tr("Find &Next"), finder.find_next, ["F3"])
        menus.add("find_previous", tr("Find &Previous"), finder.find_previous, ["Shift+F3"])
        menus.add("find_all_tabs", tr("Find in All &Tabs…"), self._find_all, ["Ctrl+Shift+F"])
        menus.separate()
        menus.add("goto_line", tr("&Go to Line…"), self._window.popups.show_goto_line, ["Ctrl+G"])
        menus.add(
            "goto_bracket",
            tr("Go to Matching &Bracket"),
            self._in_editor(Editor.go_to_bracket),
            ["Ctrl+M"],
        )

    def _build_inlay(self, menus: MenuBuilder) -> None:
        session = self._in_session
        menus.start(tr("&Inlay"))
        menus.add(
            "rewrite",
            tr("&Rewrite Selection, or Fill In Here"),
            session(ProposalSession.regenerate),
            ["Ctrl+Enter", "Ctrl+Return"],
        )
        # Enter and Esc belong to the proposal while it has the focus, and to nobody else.
        accept = session(lambda meant: meant.accepting.accept())
        menus.add("accept", tr("&Accept") + "\t" + tr("Enter"), accept)
        stop = session(ProposalSession.stop_or_reject)
        menus.add("stop", tr("&Stop, Then Reject") + "\t" + tr("Esc"), stop)
        window = self._window
        ProposalActions(window.workspace, window.engine, window.history, menus, self._settings)
        menus.separate()
        menus.add("history", tr("Histor&y…"), self._window.popups.show_history, ["Ctrl+Shift+H"])
        menus.separate()
        menus.add("models", tr("&Models…"), self._window.popups.show_models, ["Ctrl+Alt+M"])
        menus.add("server", tr("S&erver…"), self._window.popups.show_server)

    def _build_view(self, menus: MenuBuilder) -> None:
        editor = self._in_editor
        menus.start(tr("&View"))
        palette = ["Ctrl+Shift+P"]
        menus.add("palette", tr("&Command Palette…"), self._window.popups.show_palette, palette)
        menus.separate()
        larger = [*QKeySequence.keyBindings(Key.ZoomIn), QKeySequence("Ctrl+=")]
        menus.add("larger", tr("&Larger"), editor(Editor.zoom_in), larger)
        menus.add("smaller", tr("&Smaller"), editor(Editor.zoom_out), [Key.ZoomOut])
        menus.add("normal_size", tr("&Normal Size"), editor(Editor.zoom_reset), ["Ctrl+0"])
        menus.separate()
        self._build_splits(menus)
        menus.separate()
        self._of_settings.add_check(menus, "word_wrap", tr("&Word Wrap"), "Alt+Z")
        self._of_settings.add_check(menus, "white_space", tr("Spaces and &Tabs"))
        menus.add("preview", tr("&Preview"), self._toggle_preview, ["Ctrl+Shift+V"])
        menus.separate()
        self._of_settings.add_appearances(menus)

    def _build_splits(self, menus: MenuBuilder) -> None:
        splits, side = self._window.splits, Qt.Orientation
        for name, text, act, key in (
            ("split", tr("Split Side &by Side"), partial(splits.split, side.Horizontal), "Ctrl+\\"),
            (
                "split_below",
                tr("Split &One Above the Other"),
                partial(splits.split, side.Vertical),
                "Ctrl+Alt+\\",
            ),
            ("other_view", tr("Go to the Ot&her View"), splits.focus_other, "F6"),
            ("close_split", tr("Clos&e the Second View"), splits.close_view, "Shift+F6"),
        ):
            menus.add(name, text, act, [key])

    def _build_help(self, menus: MenuBuilder) -> None:
        window, popups = self._window, self._window.popups
        menus.start(tr("&Help"))
        menus.add("welcome", tr("&Welcome"), window.open_welcome)
        keys = partial(popups.show_preferences, keys=True)
        menus.add("keys", tr("&Keys"), keys, [Key.HelpContents])
        menus.separate()
        menus.add("privacy", tr("What &Leaves This Machine"), popups.show_privacy)
        menus.add("about", tr("&About Inlay"), popups.show_about)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self._settings.recent_files:
            action = menu.addAction(f"{shown(path.name)}\t{shown(path.parent)}".replace("&", "&&"))
            action.triggered.connect(partial(self._window.open_recent, path))
        if not menu.isEmpty():
            menu.addSeparator()
        forget = menu.addAction(self.tr("Forget Recent Files"))
        forget.setEnabled(bool(self._settings.recent_files))
        forget.triggered.connect(self._settings.forget_recent_files)

    def _in_session(self, act: Callable[[ProposalSession], object]) -> Callable[[], None]:
        """Return an intent that goes to the proposal in front."""

        def run() -> None:
            if tab := self._window.workspace.current:
                act(tab.session)

        return run

    def _find_all(self) -> None:
        self._window.finder.open()
        self._window.find_bar.all_tabs.setChecked(True)

    def _toggle_preview(self) -> None:
        preview = self._window.preview
        preview.setVisible(preview.isHidden())
        preview.follow(self._window.workspace.current)

    def _reopen(self) -> None:
        tab = self._window.workspace.current
        encoding = dialogs.ask_encoding(self._window, tab.document.encoding) if tab else None
        if encoding is not None:
            self._window.workspace.reopen(encoding)

    def _save_in(self) -> None:
        tab = self._window.workspace.current
        encoding = dialogs.ask_encoding(self._window, tab.document.encoding) if tab else None
        if encoding is not None:
            self._window.workspace.save_in(encoding)

    def _set_line_end(self, line_end: str) -> None:
        if tab := self._window.workspace.current:
            tab.document.set_line_end(line_end)

    def _close_current(self) -> None:
        workspace = self._window.workspace
        if workspace.second is not None and workspace.current is workspace.second:
            self._window.splits.close_view()
        elif workspace.front is not None:
            workspace.close_tab(workspace.front)
