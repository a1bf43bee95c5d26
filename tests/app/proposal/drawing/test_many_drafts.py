"""Many drafts in a text cost a key no more than their lines cost."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QTextBlock
from PySide6.QtWidgets import QApplication

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.drawing import view
from app.proposal.drawing.view import ProposalView
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import insert, select_range

NUM = 12
LINE = "The old woman lit the lamp."


@pytest.fixture
def many(
    editor: Editor, engine: FakeEngine, session: ProposalSession, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The texts of the lines that are laid out from now on, with a draft in each of twelve."""
    editor.setPlainText("start\n" + "\n".join([LINE] * NUM))
    for number in range(NUM):
        at = len("start\n") + number * (len(LINE) + 1) + LINE.index("lit")
        select_range(editor, at, at + len("lit the lamp"))
        session.regenerate()
        engine.finish("sat down")
    select_range(editor, 0, 0)
    seen: list[str] = []
    lay_out = view.lay_out_in_place

    def counted(*args: object, **kwargs: object) -> object:
        shown = lay_out(*args, **kwargs)
        seen.append(shown.layout.text)
        return shown

    monkeypatch.setattr(view, "lay_out_in_place", counted)
    return seen


def test_a_key_above_them_lays_none_out(
    many: list[str], editor: Editor, session: ProposalSession
) -> None:
    insert(editor, 5, "!\n")
    assert many == []
    views = views_of(session)
    for number, proposal in enumerate(session.proposals):
        (drawn,) = views.of(proposal).geometry.composition.drafts
        assert drawn.region == proposal.place.region
        inset = editor.inset_of(views.of(proposal))
        assert inset is not None
        assert (inset.first, inset.last) == (number + 2, number + 2)


def test_a_key_in_the_line_of_one_lays_that_one_out(many: list[str], editor: Editor) -> None:
    insert(editor, len("start\n"), "Then ")
    assert many == ["Then The old woman sat down."]


def test_room_for_all_is_made_once(
    many: list[str], editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    editor.overlays_changed.connect(lambda: told.append(1))
    insert(editor, 5, "\n\n")
    assert len(told) == 1


def test_what_is_typed_behind_a_draft_in_its_line_is_drawn(
    many: list[str], editor: Editor, session: ProposalSession
) -> None:
    insert(editor, len("start\n") + len(LINE), " Then.")
    assert many == ["The old woman sat down. Then."]
    view_ = views_of(session).of(next(iter(session.proposals)))
    assert view_.layout.text == "The old woman sat down. Then."


def test_the_same_room_again_is_drawn_again(
    many: list[str], editor: Editor, session: ProposalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    overlay = views_of(session).of(next(iter(session.proposals)))
    updated = []
    monkeypatch.setattr(editor.viewport(), "update", lambda *_: updated.append(1))
    editor.set_inset(overlay, editor.inset_of(overlay))
    assert updated


def test_what_is_selected_in_a_drafts_line_is_marked_and_the_caret_below_is_not(
    many: list[str], editor: Editor, session: ProposalSession
) -> None:
    geometry = views_of(session).of(next(iter(session.proposals))).geometry
    start = len("start\n")
    select_range(editor, start, start + 3)
    (box,) = geometry.selection_rects()
    assert box.width() > 0
    select_range(editor, start + len(LINE) + 9, start + len(LINE) + 9)  # in the next line
    assert geometry.selection_rects() == []
    assert geometry.caret_offset() is None


def test_the_text_of_a_drafts_lines_is_read_once_for_a_frame(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editor.setPlainText(LINE)
    select_range(editor, 14, 26)
    session.regenerate()
    engine.frame("sat")
    read = []
    text_between = view.text_between

    def counted(*args: object) -> str:
        read.append(args[1:])
        return text_between(*args)

    monkeypatch.setattr(view, "text_between", counted)
    engine.frame("sat down")
    assert read == [(0, len(LINE))]


def test_one_that_moves_has_its_own_lines_drawn_and_no_others(
    many: list[str], editor: Editor, session: ProposalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.resize(600, 900)
    editor.show()
    editor.viewport().repaint()
    lines: list[int] = []
    drawn: list[int] = []
    proposals = list(session.proposals)
    show = editor.highlighter.show

    def noted(block: QTextBlock) -> None:
        lines.append(block.blockNumber())
        show(block)

    monkeypatch.setattr(editor.highlighter, "show", noted)
    paint = ProposalView.paint

    def counted(view: ProposalView, painter: QPainter, rect: QRectF) -> None:
        drawn.append(proposals.index(view.proposal))
        paint(view, painter, rect)

    monkeypatch.setattr(ProposalView, "paint", counted)
    views_of(session).of(proposals[4]).animation.moved.emit()
    QApplication.processEvents()
    # An outline may reach into the lines beside it; all of these have drafts.
    assert 4 in drawn
    assert set(drawn) <= {3, 4, 5}
    assert set(lines) <= {4, 5, 6}


def test_a_text_that_is_shorter_than_where_a_draft_stood_is_drawn(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    """The room of a draft is looked for while the lines that it was in are being taken away."""
    editor.resize(600, 900)
    editor.show()
    editor.setPlainText("\n\n".join([LINE] * NUM))
    start = (NUM - 1) * (len(LINE) + 2)
    select_range(editor, start, start + 3)
    widgets = ProposalWidgets(session, views_of(session))
    session.regenerate()
    engine.finish("One")
    assert widgets.panel is not None
    QApplication.processEvents()
    editor.selectAll()
    editor.cut()
    QApplication.processEvents()
    assert editor.toPlainText() == ""
