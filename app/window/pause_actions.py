"""Fill as you pause, in the menu and the status line; and which files it leaves alone."""

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolButton

from app.settings import Settings
from app.translation import tr
from app.window.menu_builder import MenuBuilder
from app.window.setting_actions import SettingActions
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

MAX_PRIVATE = 1_000  # files that are remembered as private, the newest


class PauseActions(QObject):
    """Switches it on and off for all documents, and off for single ones.

    The button tells of it, and is a switch itself.
    """

    def __init__(
        self,
        workspace: Workspace,
        menus: MenuBuilder,
        of_settings: SettingActions,
        settings: Settings,
        button: QToolButton,
    ) -> None:
        super().__init__(workspace)
        self._workspace, self._settings, self._button = workspace, settings, button
        self._keys = menus.keys
        of_settings.add_check(menus, "fill_pause")
        self._private = menus.add_check("private", self._set_private, is_on=False)
        button.setCheckable(True)
        button.clicked.connect(lambda is_on: settings.set_value("fill_pause", is_on))
        settings.changed.connect(self._follow)
        workspace.current_tab_changed.connect(self._show)
        workspace.view_added.connect(self._look)
        workspace.label_changed.connect(self._look)
        self._show()

    def _look(self, tab: DocumentTab) -> None:
        """Leave a file alone that is known as private, and stay so under another name."""
        views = [one for one in self._workspace.views() if one.document is tab.document]
        is_private = any(one.session.pause_fill.is_private for one in views)
        path = tab.document.path
        if path is not None and is_private:
            self._keep(path, is_private=True)
        is_private = is_private or (path is not None and str(path) in self._settings.private)
        for one in (*views, tab):
            one.session.pause_fill.is_private = is_private
        self._show()

    def _set_private(self, is_private: bool) -> None:
        tab = self._workspace.current
        if tab is None or is_private == tab.session.pause_fill.is_private:
            return
        for view in self._workspace.views():
            if view.document is tab.document:
                view.session.pause_fill.dismiss()
                view.session.pause_fill.is_private = is_private
        if tab.document.path is not None:
            self._keep(tab.document.path, is_private=is_private)
        self._show()

    def _keep(self, path: Path, *, is_private: bool) -> None:
        others = [name for name in self._settings.private if name != str(path)]
        kept = [*others, str(path)] if is_private else others
        self._settings.private = kept[-MAX_PRIVATE:]

    def _follow(self) -> None:
        if not self._settings.is_on("fill_pause"):
            for view in self._workspace.views():
                view.session.pause_fill.dismiss()
        self._show()

    def _show(self) -> None:
        tab, is_on = self._workspace.current, self._settings.is_on("fill_pause")
        is_private = tab is not None and tab.session.pause_fill.is_private
        self._private.setChecked(is_private)
        self._button.setChecked(is_on)
        state = tr("private") if is_private else tr("on") if is_on else tr("off")
        self._button.setText(tr("Fills: {state}").format(state=state))
        tip = tr(
            "Fill as you pause: after a pause in typing a short text offers itself at the caret. "
            "{accept_word} takes a word of it, {accept_fill} all; typing on lets it go."
        )
        self._button.setToolTip(self._keys.fill(tip))
