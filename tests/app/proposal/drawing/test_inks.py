"""A draft has the colours of the document's language, each as full as the model is sure."""

import pytest
from PySide6.QtGui import QColor, QTextCharFormat
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.editor.theme import DARK, LIGHT
from app.proposal import ProposalSession
from app.proposal.drawing.compose import lay_out_ghost
from app.proposal.drawing.inks import Shade, coloured
from app.proposal.model.candidate import Draft
from tests.app.fakes import FakeEngine, view_of, views_of
from tests.app.proposal.model.test_session import select

CODE = "def f():\n    return 1\n"
PROSE = f"# Title\n\n```python\n{CODE}```\n"


def in_color(color: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(color)
    return made


def test_stretches_are_cut_where_the_style_changes() -> None:
    """Two tokens of four units, and a style over the two in the middle and the last."""
    plain, red = QColor("#111111"), QColor("#ff0000")
    shades = [Shade(start=start, length=4, format_in=in_color) for start in (0, 4)]
    styles = [(2, 4, "Keyword"), (7, 1, "Keyword")]
    runs = list(coloured(shades, styles, plain, lambda _: in_color(red)))
    assert [(run.start, run.length, run.format.foreground().color()) for run in runs] == [
        (0, 2, plain),
        (2, 2, red),
        (4, 2, red),
        (6, 1, plain),
        (7, 1, red),
    ]


def colors(session: ProposalSession, words: str) -> set[str]:
    """Return the colours that words of the draft are drawn in."""
    view = view_of(session)
    assert view is not None
    layout = view.layout
    start = layout.draft_range[0] + layout.draft_text.index(words)
    pieces = layout.glyphs(start, len(words))
    return {(piece.color or LIGHT.text).name() for piece in pieces}


@pytest.mark.parametrize(
    ("name", "text"), [("a.py", CODE), ("a.md", PROSE)], ids=["a program", "code in prose"]
)
def test_a_draft_is_highlighted_as_the_document_is(
    qtbot: QtBot,
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    name: str,
    text: str,
) -> None:
    editor.set_theme(LIGHT)
    editor.set_language(name)
    editor.setPlainText(text)
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    views_of(session).reduced_motion = False  # else the unsure is hardly drawn
    select(editor, "    return 1")
    session.regenerate()
    engine.frame("    return 2", entropy=0.0)
    keyword = LIGHT.syntax["Keyword"].name()
    assert colors(session, "return") == {keyword}
    engine.frame("    return 2", entropy=50.0)
    unsure = colors(session, "return")
    assert LIGHT.unsettled.name() in unsure
    assert keyword not in unsure
    engine.finish("    return 2")
    assert colors(session, "return") == {keyword}
    assert colors(session, "2") == {LIGHT.syntax["Literal.Number"].name()}


def test_code_in_a_draft_is_set_in_the_typeface_of_code(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.set_language("a.md")
    editor.setPlainText(PROSE)
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    select(editor, "return 1")
    session.regenerate()
    engine.frame("iiiiiiii")
    view = view_of(session)
    assert view is not None
    narrow = view.layout.stretch_rects(0, 8)[0].width()
    engine.frame("mmmmmmmm")
    assert view.layout.stretch_rects(0, 8)[0].width() == narrow


def test_the_rest_of_a_line_takes_on_another_theme(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.set_theme(LIGHT)
    editor.set_language("a.py")
    editor.setPlainText(CODE)
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    select(editor, " f()")
    session.regenerate()
    engine.frame(" g()")
    editor.set_theme(DARK)
    view = view_of(session)
    assert view is not None
    drawn = [piece.color for piece in view.layout.glyphs(0, 3)]  # def
    assert drawn == [DARK.syntax["Keyword"]]


def test_what_is_filled_in_a_pause_is_set_so_too(qtbot: QtBot, editor: Editor) -> None:
    editor.set_language("a.md")
    editor.setPlainText(PROSE)
    qtbot.waitUntil(lambda: editor.highlighter.is_settled)
    position = PROSE.index("return")
    widths = []
    for text in ("iiiiiiii", "mmmmmmmm"):
        draft = Draft(text=text, spans=())
        layout = lay_out_ghost(editor, draft, position).layout
        widths.append(layout.stretch_rects(0, 8)[0].width())
    assert widths[0] == widths[1]
