"""How the document in front is indented: a menu of its own, which the status line opens too."""

from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QToolButton

from app.documents import Document
from app.documents.editor_rules import indentation_rule
from app.editor.indenting import Indenting
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
        self._paths: WeakKeyDictionary[Document, Path | None] = WeakKeyDictionary()
        # Those that hold another text than that for which something may have been chosen.
        self._is_new: WeakKeyDictionary[Document, bool] = WeakKeyDictionary()
        menu = menus.start_inner(tr("Inden&tation"))
        choices = [(name, partial(self._give, one), False) for name, one in CHOICES.items()]
        self._actions = dict(zip(CHOICES, menus.add_choice(menu.title(), choices), strict=True))
        for action in self._actions.values():
            menus.move(action, menu)
        button.clicked.connect(lambda _: _pop_up(menu, button))
        workspace.current_tab_changed.connect(self._show)
        workspace.view_added.connect(self._follow)
        workspace.label_changed.connect(self._look)

    def _give(self, wanted: Indentation | None) -> None:
        if (tab := self._workspace.current) is not None:
            self._is_new[tab.document] = False
            for indenting in self._all_of(tab.document):
                indenting.give(wanted)

    def _look(self, tab: DocumentTab) -> None:
        """Read the rules of a document's project, once for each file that it is."""
        document, path = tab.document, tab.document.path
        if path != self._paths.get(document):
            self._paths[document] = path
            if self._is_new.pop(document, False):
                for indenting in self._all_of(document):
                    indenting.give(None)
            rule = None if path is None else indentation_rule(path)
            for indenting in self._all_of(document):
                indenting.set_rule(rule)

    def _all_of(self, document: Document) -> list[Indenting]:
        views = self._workspace.views()
        return [view.editor.indenting for view in views if view.document is document]

    def _follow(self, view: DocumentTab) -> None:
        if view.home is view:
            view.document.shown.connect(partial(self._is_new.__setitem__, view.document, True))
        home = view.home.editor.indenting
        view.editor.indenting.set_rule(home.rule)
        view.editor.indenting.give(home.given)
        view.editor.indenting.changed.connect(self._show)

    def _show(self) -> None:
        tab = self._workspace.current
        if tab is None:
            return
        given, current = tab.editor.indenting.given, tab.editor.indenting.current
        self._button.setText(indentation_text(current))
        chosen = (name for name, one in CHOICES.items() if one == given)
        self._actions[next(chosen)].setChecked(True)


def _pop_up(menu: QMenu, button: QToolButton) -> None:
    """Open the menu above the button, which stands at the window's edge."""
    menu.popup(button.mapToGlobal(QPoint(0, -menu.sizeHint().height())))


def indentation_text(indentation: Indentation) -> str:
    """Say how lines are indented, in two words."""
    if indentation.uses_tabs:
        return tr("Tabs")
    return tr("Spaces: {count}").format(count=indentation.columns)
