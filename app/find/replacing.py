"""Replacing in one document after the other, each computed in a thread and put in at once."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from app.editor import Editor
from app.find.replace import gathered, grouped, replace_all
from app.find.search import Hidden, Query, Replacement, Scope, replacements
from app.system.background import Background
from app.text import kept_ends

TextOf = Callable[[Editor], str]
Groups = Sequence[Sequence[Replacement]]


class ReplaceRun(QObject):
    """Replaces every match in some documents, one undo step in each."""

    def __init__(
        self,
        query: Query,
        template: str,
        background: Background,
        text_of: TextOf,
        is_open: Callable[[Editor], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._query, self._template = query, template
        self._background, self._text_of, self._is_open = background, text_of, is_open
        self._count = 0

    def start(
        self,
        work: list[tuple[Editor, Scope]],
        on_done: Callable[[int], object],
        on_failure: Callable[[Exception], object],
    ) -> None:
        """Go through the documents; tell how many matches there were, or what is wrong."""
        while work and not self._is_open(work[0][0]):
            work = work[1:]
        if not work:
            on_done(self._count)
            self.deleteLater()
            return
        editor, scope = work[0]
        # One large edit would make all lines in it end in the same way.
        gathers = not kept_ends.is_kept(editor.document())
        # Nothing is replaced that is not seen.
        places = (editor.hidden, editor.apart)
        find = partial(self._find, self._text_of(editor), scope, *places, gathers)
        revision = editor.document().revision()

        def put(found: tuple[int, Groups]) -> None:
            count, groups = found
            rest = work
            # What was typed meanwhile is looked through again.
            if self._is_open(editor) and editor.document().revision() == revision:
                replace_all(editor.document(), groups)
                self._count += count
                rest = work[1:]
            self.start(rest, on_done, on_failure)

        self._background.run(find, put, on_failure)

    def _find(
        self, text: str, scope: Scope, hidden: Hidden, apart: Hidden, gathers: bool
    ) -> tuple[int, Groups]:
        """Return how many matches there are, and what replaces them."""
        made = replacements(text, self._query, self._template, scope, hidden)
        groups = grouped(made, apart)
        return len(made), [gathered(text, one) for one in groups] if gathers else groups
