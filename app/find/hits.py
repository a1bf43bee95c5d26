"""The list of matches in all tabs, found in a thread."""

from collections.abc import Callable
from functools import partial

from app.editor import Editor
from app.find.hit import Hit
from app.find.results import MAX_ROWS, ResultsPanel
from app.find.search import Query, Replacement, replacements
from app.system.background import Background, Job
from app.text.positions import to_code_points
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace


class HitList:
    """Fills the panel with what a query finds in the open documents."""

    def __init__(
        self,
        workspace: Workspace,
        panel: ResultsPanel,
        background: Background,
        text_of: Callable[[Editor], str],
    ) -> None:
        self._workspace, self._panel = workspace, panel
        self._background, self._text_of = background, text_of
        self._job: Job[list[list[Replacement]]] | None = None

    def refresh(self, query: Query, template: str | None) -> None:
        """List the matches, with what would stand in their places unless `template` is None."""
        if self._job is not None:
            self._job.cancel()
        tabs = list(self._workspace.tabs())
        texts = [(self._text_of(tab.editor), tab.editor.hidden) for tab in tabs]
        revisions = [tab.editor.document().revision() for tab in tabs]

        def show(found: list[list[Replacement]]) -> None:
            open_tabs = set(self._workspace.tabs())
            groups = []
            for tab, revision, made in zip(tabs, revisions, found, strict=True):
                if made and tab in open_tabs and tab.editor.document().revision() == revision:
                    is_new = template is not None
                    hits = [hit_at(tab, one, is_replacing=is_new) for one in made[:MAX_ROWS]]
                    groups.append((tab.name, len(made), hits))
            self._panel.show_hits(groups)

        def work() -> list[list[Replacement]]:
            made = partial(replacements, query=query, template=template or "")
            return [made(text, hidden=hidden) for text, hidden in texts]

        # What is wrong with an expression stands beside its line already.
        self._job = self._background.run(work, show, lambda _: self._panel.show_hits(()))


def hit_at(tab: DocumentTab, made: Replacement, *, is_replacing: bool) -> Hit:
    """Return a line of the list: a match, what stands around it, and what would stand there."""
    document = tab.editor.document()
    block = document.findBlock(made.start)
    line = block.text()
    start, end = (to_code_points(line, at - block.position()) for at in (made.start, made.end))
    return Hit(
        where=tab,
        start=made.start,
        end=made.end,
        line=block.blockNumber() + 1,
        before=line[:start],
        text=line[start:end],
        after=line[end:],
        replacement=made.text if is_replacing else None,
    )
