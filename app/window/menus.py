"""The menus of the main window, and what each of their lines does."""

from collections.abc import Callable
from functools import partial
from operator import methodcaller

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu

from app.documents.names import shown
from app.editor import Editor
from app.proposal import ProposalSession
from app.shortcuts import name_group
from app.translation import tr
from app.widgets import dialogs
from app.window.action_states import ActionStates
from app.window.editor_menus import EditorMenus
from app.window.menu_builder import MenuBuilder
from app.window.parts import WindowParts
from app.window.pause_actions import PauseActions
from app.window.popups import WindowPopups
from app.window.proposal_actions import ProposalActions
from app.window.setting_actions import SettingActions
from app.window.spelling_actions import SpellingActions


class WindowMenus(QObject):
    """Builds the menus.

    Signals:
        open_wanted: The user is to be asked for files to open.
        recent_wanted: The path of a file that was open lately, to be opened.
        welcome_wanted: The first page is to be shown.
    """

    open_wanted = Signal()
    recent_wanted = Signal(object)
    welcome_wanted = Signal()

    def __init__(self, parts: WindowParts, popups: WindowPopups) -> None:
        super().__init__(parts.window)
        self._parts, self._window, self._popups = parts, parts.window, popups
        self._settings = parts.settings
        self._of_settings = SettingActions(self._settings, self)
        self._editing = EditorMenus(parts.workspace)
        self._in_editor = self._editing.in_editor
        menus = MenuBuilder(self._window, parts.shortcuts)
        self._build_file(menus)
        self._build_edit(menus)
        self._build_find(menus)
        self._editing.build_lines(menus, parts.status_line.indentation)
        self._build_inlay(menus)
        self._build_view(menus)
        self._build_help(menus)
        ActionStates(
            parts.workspace, parts.shortcuts, self._proposals.options.changed, parts.splits.changed
        )

    def _build_file(self, menus: MenuBuilder) -> None:
        workspace = self._parts.workspace
        menus.start(tr("&File"))
        menus.add("new", workspace.new)
        menus.add("open", self.open_wanted.emit)
        recent = menus.start_inner(tr("Open &Recent"))
        recent.aboutToShow.connect(partial(self._fill_recent, recent))
        menus.separate()
        menus.add("open_folder", self._parts.folder.ask)
        menus.add("close_folder", self._parts.folder.close)
        menus.separate()
        menus.add("save", workspace.save)
        menus.add("save_as", workspace.save_as)
        menus.add("save_all", workspace.save_all)
        menus.add("revert", workspace.revert)
        menus.separate()
        menus.add("reopen_encoding", self._reopen)
        menus.add("save_encoding", self._save_in)
        menus.add("line_ends_lf", partial(self._set_line_end, "\n"))
        menus.add("line_ends_crlf", partial(self._set_line_end, "\r\n"))
        menus.separate()
        menus.add("close_tab", self._close_current)
        menus.add("quit", self._window.close)

    def _build_edit(self, menus: MenuBuilder) -> None:
        editor = self._in_editor
        menus.start(tr("&Edit"))
        # By name, not from the class: a second view undoes what its document did.
        menus.add("undo", editor(methodcaller("undo")))
        menus.add("redo", editor(methodcaller("redo")))
        menus.separate()
        menus.add("cut", editor(Editor.cut))
        menus.add("copy", editor(Editor.copy))
        menus.add("paste", editor(Editor.paste))
        menus.separate()
        menus.add("select_all", editor(Editor.selectAll))
        self._editing.build_carets(menus)
        menus.separate()
        self._of_settings.add_check(menus, "spelling")
        languages = menus.start_inner(tr("Spelling &Language"))
        SpellingActions(self._parts.workspace, languages, self._settings)
        menus.separate()
        menus.add("settings", self._popups.show_preferences)

    def _build_find(self, menus: MenuBuilder) -> None:
        finder = self._parts.finder
        menus.start(tr("Fi&nd"))
        menus.add("find", finder.open)
        menus.add("replace", partial(finder.open, replaces=True))
        menus.add("find_next", finder.find_next)
        menus.add("find_previous", finder.find_previous)
        menus.add("find_all_tabs", self._find_all)
        menus.add("find_folder", self._parts.folder.find)
        menus.separate()
        menus.add("goto_file", self._parts.folder.go_to_file)
        menus.add("goto_line", self._popups.show_goto_line)
        menus.add("goto_bracket", self._in_editor(Editor.go_to_bracket))

    def _build_inlay(self, menus: MenuBuilder) -> None:
        session = self._in_session
        menus.start(tr("&Inlay"))
        menus.add("rewrite", session(ProposalSession.regenerate))
        menus.add("rewrite_exact", session(partial(ProposalSession.regenerate, is_exact=True)))
        menus.add("accept", session(lambda meant: meant.accepting.accept()))
        menus.add("stop", session(ProposalSession.stop_or_reject))
        parts = self._parts
        self._proposals = ProposalActions(
            parts.workspace, parts.engine, parts.history, menus, self._settings
        )
        PauseActions(
            parts.workspace, menus, self._of_settings, self._settings, parts.status_line.pauses
        )
        menus.add("accept_fill", session(lambda meant: meant.pause_fill.accept()))
        menus.separate()
        menus.add("history", self._popups.show_history)
        menus.separate()
        menus.add("models", self._popups.show_models)
        menus.add("server", self._popups.show_server)
        menus.add("measure", self._popups.show_measure)
        menus.add("teach", self._popups.show_teach)

    def _build_view(self, menus: MenuBuilder) -> None:
        editor = self._in_editor
        menus.start(tr("&View"))
        menus.add("palette", self._popups.show_palette)
        menus.separate()
        menus.add("folder_side", self._parts.folder.toggle_tree)
        menus.separate()
        for name, zoom in (
            ("larger", Editor.zoom_in),
            ("smaller", Editor.zoom_out),
            ("normal_size", Editor.zoom_reset),
        ):
            name_group(menus.add(name, editor(zoom)), tr("Text Size"))
        menus.separate()
        self._build_splits(menus)
        menus.separate()
        self._of_settings.add_check(menus, "word_wrap")
        self._of_settings.add_check(menus, "white_space")
        menus.add("preview", self._toggle_preview)
        menus.separate()
        self._of_settings.add_appearances(menus)

    def _build_splits(self, menus: MenuBuilder) -> None:
        splits, side = self._parts.splits, Qt.Orientation
        menus.add("split", partial(splits.toggle, side.Horizontal))
        menus.add("split_below", partial(splits.toggle, side.Vertical))
        menus.add("other_view", splits.focus_other)
        menus.add("close_split", splits.close_view)

    def _build_help(self, menus: MenuBuilder) -> None:
        popups = self._popups
        menus.start(tr("&Help"))
        menus.add("welcome", self.welcome_wanted.emit)
        menus.add("keys", partial(popups.show_preferences, keys=True))
        menus.separate()
        menus.add("privacy", popups.show_privacy)
        menus.add("about", popups.show_about)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self._settings.recent_files:
            # What follows a tab stands where a line of a menu has its key.
            action = menu.addAction(f"{shown(path.name)}\t{shown(path.parent)}".replace("&", "&&"))
            action.triggered.connect(partial(self.recent_wanted.emit, path))
        if not menu.isEmpty():
            menu.addSeparator()
        forget = menu.addAction(self.tr("Forget Recent Files"))
        forget.setEnabled(bool(self._settings.recent_files))
        forget.triggered.connect(self._settings.forget_recent_files)

    def _in_session(self, act: Callable[[ProposalSession], object]) -> Callable[[], None]:
        """Return an intent that goes to the proposal in front."""

        def run() -> None:
            if tab := self._parts.workspace.current:
                act(tab.session)

        return run

    def _find_all(self) -> None:
        self._parts.finder.open()
        self._parts.find_bar.all_tabs.setChecked(True)

    def _toggle_preview(self) -> None:
        preview = self._parts.preview
        preview.setVisible(preview.isHidden())
        preview.follow(self._parts.workspace.current)

    def _reopen(self) -> None:
        tab = self._parts.workspace.current
        encoding = dialogs.ask_encoding(self._window, tab.document.encoding) if tab else None
        if encoding is not None:
            self._parts.workspace.reopen(encoding)

    def _save_in(self) -> None:
        tab = self._parts.workspace.current
        encoding = dialogs.ask_encoding(self._window, tab.document.encoding) if tab else None
        if encoding is not None:
            self._parts.workspace.save_in(encoding)

    def _set_line_end(self, line_end: str) -> None:
        if tab := self._parts.workspace.current:
            tab.document.set_line_end(line_end)

    def _close_current(self) -> None:
        workspace = self._parts.workspace
        if workspace.second is not None and workspace.current is workspace.second:
            self._parts.splits.close_view()
        elif workspace.front is not None:
            workspace.close_tab(workspace.front)
