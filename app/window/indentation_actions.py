"""How the document in front is indented: a menu of its own, which the status line opens too."""

from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QToolButton

from app.text.indentation import WIDTHS, Indentation
from app.translation import tr
from app.window.menu_builder import MenuBuilder
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

CHOICES: dict[str, Indentation | None] = {
    **{f"indent_{width}": Indentation(width) for width in WIDTHS},
    "indent_tabs": Indentation(uses_tabs=True),
    "indent_found": None,
}


class IndentationActions(QObject):
    """Gives a document another indentation, in every view of it, and shows which it has."""

    def __init__(self, workspace: Workspace, menus: MenuBuilder, button: QToolButton) -> None:
        super().__init__(workspace)
        self._workspace, self._button = workspace, button
        menu = menus.start_inner(tr("Inden&tation"))
        choices = [(name, partial(self._give, one), False) for name, one in CHOICES.items()]
        self._actions = dict(zip(CHOICES, menus.add_choice(menu.title(), choices), strict=True))
        for action in self._actions.values():
            menus.move(action, menu)
        button.clicked.connect(lambda _: _pop_up(menu, button))
        workspace.current_tab_changed.connect(self._show)
        workspace.view_added.connect(self._follow)

    def _give(self, wanted: Indentation | None) -> None:
        tab = self._workspace.current
        if tab is not None:
            for view in self._workspace.views():
                if view.document is tab.document:
                    view.editor.indenting.give(wanted)

    def _follow(self, view: DocumentTab) -> None:
        view.editor.indenting.give(view.home.editor.indenting.given)
        view.editor.indenting.changed.connect(self._show)

    def _show(self) -> None:
        tab = self._workspace.current
        if tab is None:
            return
        given, current = tab.editor.indenting.given, tab.editor.indenting.current
        self._button.setText(indentation_text(current))
        chosen = (name for name, one in CHOICES.items() if one == given)
        # One of the file's rules may be none of those that are offered.
        name = next(chosen, "indent_tabs" if current.uses_tabs else "indent_found")
        self._actions[name].setChecked(True)


def _pop_up(menu: QMenu, button: QToolButton) -> None:
    """Open the menu above the button, which stands at the window's edge."""
    menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))


def indentation_text(indentation: Indentation) -> str:
    """Say how lines are indented, in two words."""
    if indentation.uses_tabs:
        return tr("Tabs")
    return tr("Spaces: {count}").format(count=indentation.columns)
