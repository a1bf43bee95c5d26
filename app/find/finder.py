"""Carries the find bar's wishes out on the documents."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextCursor, QTextDocument

from app.editor import Editor
from app.editor.extra_selections import marks
from app.editor.overlay_area import Stretches
from app.find.bar import FindBar
from app.find.hit import Hit
from app.find.hits import HitList
from app.find.replacing import ReplaceRun
from app.find.results import ResultsPanel
from app.find.search import Found, Replacement, Scope, SearchError, find_all, replacements
from app.system.background import Background, Job
from app.text.edits import insert, text_of
from app.translation import number_text
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

TYPING_MS = 80  # after a change of the query
EDIT_MS = 250  # after a change of the text
CHARS_PER_MS = 200_000  # a large text is searched less often
MAX_MARKS = 500


class Finder(QObject):
    """Searches the document in front while the bar is open, and all of them when asked."""

    def __init__(self, workspace: Workspace, bar: FindBar, panel: ResultsPanel) -> None:
        super().__init__(workspace)
        self._workspace, self._bar, self._panel = workspace, bar, panel
        self._background = Background(self)
        self._hits = HitList(workspace, panel, self._background, self._text_of)
        self._job: Job[Found] | None = None
        self._found = Found()
        self._editor: Editor | None = None
        self._scope: QTextCursor | None = None
        self._hidden: Stretches = ()  # by drafts, when it was searched last
        self._goes_on = False  # to the first match, as soon as it is known
        self._text: tuple[QTextDocument, int, str] | None = None  # revision
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._search)
        bar.query_changed.connect(self._on_query_changed)
        bar.selection.toggled.connect(self._on_selection_toggled)
        bar.all_tabs.toggled.connect(self._refresh_panel)
        bar.next_wanted.connect(self.find_next)
        bar.previous_wanted.connect(self.find_previous)
        bar.replace_wanted.connect(self.replace)
        bar.replace_all_wanted.connect(self.replace_all)
        bar.closed.connect(self.close)
        panel.hit_chosen.connect(self._go_to_hit)
        workspace.view_changed.connect(self._on_tab_changed)
        workspace.proposal_changed.connect(self._on_drafts_changed)
        bar.hide()
        panel.hide()

    def open(self, *, replaces: bool = False) -> None:
        """Show the bar with what is selected."""
        self._follow_tab()
        text = ""
        if self._editor is not None:
            cursor = self._editor.textCursor()
            selected = cursor.selectedText()
            is_line = "\u2029" not in selected
            text = selected if is_line and not self._is_match(cursor) else ""
            self._bar.open(text, replaces=replaces)
            if selected and not is_line:
                self._bar.selection.setChecked(True)
        self._restart(0)

    def _is_match(self, cursor: QTextCursor) -> bool:
        """Return whether what is selected was found by what stands in the bar already."""
        place = cursor.selectionStart(), cursor.selectionEnd()
        return self._bar.isVisible() and self._found.index_of(*place) >= 0

    def close(self) -> None:
        """Put the bar away and go back to the text."""
        self._bar.hide()
        self._panel.hide()
        self._bar.selection.setChecked(False)
        self._bar.all_tabs.setChecked(False)
        self._follow_tab()
        if self._workspace.current:
            self._workspace.current.editor.setFocus()

    def find_next(self) -> None:
        """Select the next match, around the end."""
        self._step(lambda c: self._found.at_or_after(c.selectionEnd()))

    def find_previous(self) -> None:
        """Select the match before, around the start."""
        self._step(lambda c: self._found.before(c.selectionStart()))

    def replace(self) -> None:
        """Replace the match that is selected, and go to the next."""
        editor = self._editor
        if editor is None or editor.isReadOnly():
            return
        cursor = editor.textCursor()
        # Nothing is replaced that the user does not see selected.
        if self._found.index_of(cursor.selectionStart(), cursor.selectionEnd()) < 0:
            self.find_next()
            return
        scope = cursor.selectionStart(), cursor.selectionEnd()
        for made in self._made(editor, scope):
            insert(cursor, made.text)
            editor.setTextCursor(cursor)
        self._goes_on = True
        self._restart(0)

    def replace_all(self) -> None:
        """Replace every match, one undo step in each document."""
        run = ReplaceRun(
            self._bar.query,
            self._bar.replacement.text(),
            self._background,
            self._text_of,
            self._workspace.holds,
            self,
        )
        editors = (editor for editor in self._editors() if not editor.isReadOnly())
        work = [(editor, self._scope_of(editor)) for editor in editors]
        run.start(work, self._tell_replaced, self._show_error)

    def _tell_replaced(self, count: int) -> None:
        self._restart(0)
        self._bar.show_count(self.tr("{count} replaced").format(count=number_text(count)))

    def _made(self, editor: Editor, scope: Scope) -> Sequence[Replacement]:
        template = self._bar.replacement.text()
        try:
            text = self._text_of(editor)
            return replacements(text, self._bar.query, template, scope, editor.hidden)
        except SearchError as error:
            self._bar.show_count(str(error), is_bad=True)
            return ()

    def _editors(self) -> list[Editor]:
        if self._bar.all_tabs.isChecked():
            return [tab.editor for tab in self._workspace.tabs()]
        return [self._editor] if self._editor else []

    def _scope_of(self, editor: Editor) -> Scope:
        scope = self._scope
        if scope is None or editor is not self._editor or self._bar.all_tabs.isChecked():
            return None
        return scope.selectionStart(), scope.selectionEnd()

    def _text_of(self, editor: Editor) -> str:
        """Return a document's text; fetched once for each revision."""
        document = editor.document()
        known = self._text
        # Fetching the text of a large document takes longer than most searches in it.
        if known is None or known[0] is not document or known[1] != document.revision():
            self._text = known = (document, document.revision(), text_of(document))
        return known[2]

    def _search(self) -> None:
        editor = self._editor
        if editor is None or not self._bar.isVisible():
            return
        if self._job is not None:
            self._job.cancel()
        text, query, scope = self._text_of(editor), self._bar.query, self._scope_of(editor)
        self._hidden = editor.hidden
        find = partial(find_all, text, query, scope, self._hidden)
        self._job = self._background.run(find, self._show_found, self._show_error)
        self._refresh_panel()

    def _show_found(self, found: Found) -> None:
        self._found = found
        if self._goes_on and len(found) and self._editor:
            self._goes_on = False
            start = self._editor.textCursor().selectionStart()
            self._select(found.at_or_after(start))
        self._show_marks()
        self._show_count()

    def _show_error(self, error: Exception) -> None:
        if not isinstance(error, SearchError):
            raise error
        self._found = Found()
        self._show_marks()
        self._bar.show_count(str(error), is_bad=True)

    def _show_count(self) -> None:
        total = len(self._found)
        if not self._bar.pattern.text():
            self._bar.show_count("")
        elif not total:
            self._bar.show_count(self.tr("nothing found"), is_bad=True)
        elif self._editor:
            cursor = self._editor.textCursor()
            index = self._found.index_of(cursor.selectionStart(), cursor.selectionEnd())
            text = self.tr("%Ln matches", "", total)
            if index >= 0:
                place = self.tr("{index} of {total}")
                text = place.format(index=number_text(index + 1), total=number_text(total))
            self._bar.show_count(text)

    def _show_marks(self) -> None:
        """Mark what is in view; all of a large document would be too much."""
        editor = self._editor
        if editor is None:
            return
        blocks = [block for block, _ in editor.visible_blocks()]
        if not blocks or not self._bar.isVisible():
            self._clear_marks(editor)
            return
        first, last = blocks[0].position(), blocks[-1].position() + blocks[-1].length()
        cursor, theme, document = editor.textCursor(), editor.theme, editor.document()
        chosen = cursor.selectionStart(), cursor.selectionEnd()
        length = document.characterCount() - 1  # what was found may be gone by now
        found = (self._found[i] for i in self._found.between(first, last)[:MAX_MARKS])
        spans = [span for span in found if span[1] <= length]
        editor.marks.set("search", marks(document, spans, theme.found))
        current = [span for span in spans if span == chosen]
        editor.marks.set("search_current", marks(document, current, theme.found_current))
        scope = self._scope_of(editor)
        editor.marks.set("search_scope", marks(document, [scope] if scope else [], theme.line))

    def _clear_marks(self, editor: Editor) -> None:
        for name in ("search", "search_current", "search_scope"):
            editor.marks.set(name, [])

    def _step(self, choose: Callable[[QTextCursor], int]) -> None:
        self._follow_tab()
        if self._editor is None:
            return
        if not self._bar.isVisible() and self._bar.pattern.text():
            text, hidden = self._text_of(self._editor), self._editor.hidden
            self._found = find_all(text, self._bar.query, hidden=hidden)
        elif not self._bar.isVisible():
            self.open()
            return
        if len(self._found):
            self._select(choose(self._editor.textCursor()))

    def _select(self, index: int) -> None:
        assert self._editor is not None
        start, end = self._found[index]
        self._editor.show_selection(start, end)
        self._show_marks()
        self._show_count()

    def _restart(self, delay_ms: int) -> None:
        length = self._editor.document().characterCount() if self._editor else 0
        self._timer.start(delay_ms + (length // CHARS_PER_MS if delay_ms else 0))

    def _on_query_changed(self) -> None:
        if self._job is not None:
            self._job.cancel()  # its count is not for what stands in the line now
        self._goes_on = self.sender() is self._bar and self._bar.pattern.hasFocus()
        self._restart(TYPING_MS)

    def _on_selection_toggled(self, is_on: bool) -> None:
        # A cursor, not two numbers: it moves along with what is replaced in it.
        cursor = self._editor.textCursor() if self._editor and is_on else None
        self._scope = cursor if cursor is not None and cursor.hasSelection() else None
        if is_on and self._scope is None:
            self._bar.selection.setChecked(False)

    def _on_text_changed(self) -> None:
        if self._bar.isVisible():
            self._restart(EDIT_MS)

    def _on_drafts_changed(self) -> None:
        """Search again once a draft hides another text than before."""
        if self._bar.isVisible() and self._editor and self._editor.hidden != self._hidden:
            self._restart(EDIT_MS)

    def _on_tab_changed(self) -> None:
        self._follow_tab()
        self._bar.selection.setChecked(False)
        if self._bar.isVisible():
            self._restart(0)

    def _follow_tab(self) -> None:
        """Listen to the editor in front, and no longer to the one that was."""
        tab = self._workspace.current
        editor = tab.editor if tab else None
        if editor is not self._editor:
            # An editor that was closed is gone in C++, and must not be asked.
            if self._editor is not None and self._workspace.holds(self._editor):
                self._clear_marks(self._editor)
                self._editor.document().contentsChanged.disconnect(self._on_text_changed)
                self._editor.verticalScrollBar().valueChanged.disconnect(self._show_marks)
                self._editor.metrics_changed.disconnect(self._show_marks)
            self._editor, self._found, self._text = editor, Found(), None
            if editor is not None:
                editor.document().contentsChanged.connect(self._on_text_changed)
                editor.verticalScrollBar().valueChanged.connect(self._show_marks)
                editor.metrics_changed.connect(self._show_marks)  # in the colours of now
        self._show_marks()

    def _refresh_panel(self) -> None:
        is_on = self._bar.all_tabs.isChecked() and self._bar.isVisible()
        self._panel.setVisible(is_on)
        if is_on:
            new = self._bar.replacement.text() if self._bar.is_replacing else None
            self._hits.refresh(self._bar.query, new)

    def _go_to_hit(self, hit: Hit) -> None:
        tab = hit.where
        if isinstance(tab, DocumentTab) and self._workspace.is_open(tab):
            self._workspace.bring(tab)
            tab.editor.show_selection(hit.start, hit.end)
            self._show_marks()
