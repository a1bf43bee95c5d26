"""The first lines of the context menu at a selection: what Inlay does with it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.commands import keys_in_words, without_marks
from app.proposal.model.session import ProposalSession
from app.proposal.model.ways import WAYS
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from app.translation import tr


def add_rewriting(menu: QMenu, session: ProposalSession, widgets: ProposalWidgets) -> None:
    """Put rewriting before what is in a menu, where there is a selection."""
    if not session.editor.textCursor().hasSelection():
        return
    keys = session.options.keys
    lines = (
        (tr("Re&write"), keys_in_words(keys.of("rewrite")), session.regenerate),
        (tr("Rewrite W&ith…"), keys_in_words(keys.of("rewrite_with")), widgets.open_bar),
    )
    added = []
    for text, key, act in lines:
        added.append(QAction(f"{text}\t{key}" if key else text, menu))
        added[-1].triggered.connect(partial(_run, act))
    added.append(_separator(menu))
    if not session.options.why_no_instruction:
        for way in WAYS:
            added.append(QAction(tr(way.label), menu))
            added[-1].setToolTip(session.options.caution)
            added[-1].triggered.connect(partial(_run, partial(session.rewrite_as, way)))
        added.append(_separator(menu))
    _free_letters(menu, added)
    menu.insertActions(menu.actions()[0], added)


def _run(act: Callable[[], object], _is_checked: bool = False) -> None:
    """Leave out what Qt passes, which is nobody's concern here."""
    act()


def _separator(menu: QMenu) -> QAction:
    line = QAction(menu)
    line.setSeparator(True)
    return line


def _free_letters(menu: QMenu, added: list[QAction]) -> None:
    """Take from the menu's own lines the marked letters that those added have."""
    taken = {QKeySequence.mnemonic(action.text()).toString() for action in added} - {""}
    for action in menu.actions():
        if QKeySequence.mnemonic(action.text()).toString() in taken:
            text, tab, key = action.text().partition("\t")
            action.setText(without_marks(text) + tab + key)
