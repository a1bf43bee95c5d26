"""What is drawn: the frame's own text, in its place, and nothing that moves without need."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.editor.drawn_rows import cursor_x
from app.proposal import Phase, ProposalSession
from app.proposal.drawing.painter import PAD
from app.proposal.drawing.view import SPARE_LINES
from app.text.positions import as_document_text
from engine.api import RunSettings
from tests.app.fakes import FakeEngine, rect_of, view_of, views_of
from tests.app.proposal.model.test_session import select, select_range

LINES = "first line\nsecond line\nthird line\nfourth line"
LONG_DRAFT = "one\ntwo\nthree\nfour\nfive\nsix"

same_editor = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def waiting(editor: Editor, session: ProposalSession) -> ProposalSession:
    """A session that has asked for "second line"."""
    editor.setPlainText(LINES)
    select(editor, "second line")
    session.regenerate()
    return session


def image_of(editor: Editor) -> QImage:
    return editor.viewport().grab().toImage()


def top_of(editor: Editor, number: int) -> float:
    block = editor.document().findBlockByNumber(number)
    return editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()


def has_color(image: QImage, rect: QRectF, color: QColor) -> bool:
    area = image.copy(rect.toRect())
    pixels = ((x, y) for x in range(0, area.width(), 2) for y in range(area.height()))
    return any(area.pixelColor(x, y) == color for x, y in pixels)


@same_editor
@given(st.text(max_size=60))
def test_the_drawn_text_is_the_frames_text(
    editor: Editor, engine: FakeEngine, session: ProposalSession, text: str
) -> None:
    editor.setPlainText(LINES)
    select_range(editor, 6, 14)
    session.regenerate(is_exact=True)
    engine.frame(text)
    view = view_of(session)
    assert view is not None
    assert view.layout.draft_text == as_document_text(text).text
    assert view.layout.text == f"first {as_document_text(text).text}ond line"


def test_the_old_text_is_shown_before_the_first_frame(
    waiting: ProposalSession, editor: Editor
) -> None:
    assert view_of(waiting) is not None
    assert view_of(waiting).layout.draft_text == "second line"
    rect = rect_of(editor)
    assert rect is not None
    assert rect.top() == top_of(editor, 1)
    assert has_color(image_of(editor), rect, editor.theme.tint)


def test_asking_moves_nothing(editor: Editor, session: ProposalSession) -> None:
    editor.setPlainText("word " * 60 + LINES)
    before = [top_of(editor, number) for number in range(4)]
    select_range(editor, 20, 180)
    session.regenerate()
    assert [top_of(editor, number) for number in range(4)] == before


def test_lines_below_make_room_for_a_longer_draft(
    waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    line = top_of(editor, 2) - top_of(editor, 1)
    before = image_of(editor)
    engine.frame(LONG_DRAFT)
    assert top_of(editor, 2) == pytest.approx(top_of(editor, 1) + 6 * line, abs=2)
    assert image_of(editor) != before
    assert editor.cursorForPosition(QPoint(20, int(top_of(editor, 2)) + 4)).blockNumber() == 2


def test_room_only_grows_while_it_runs(
    waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("one\ntwo\nthree\nfour")
    place = top_of(editor, 2)
    for text in ("short", "two\nlines", ""):
        engine.frame(text)
        assert top_of(editor, 2) == place
    engine.finish("short")
    assert top_of(editor, 2) < place


def test_a_draft_of_many_lines_leaves_only_a_few_when_it_gets_shorter(
    waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    line = top_of(editor, 1) - top_of(editor, 0)
    engine.frame("\n" * 11)
    engine.frame("nine" + "\n" * 8)
    assert room_of(editor) == pytest.approx(12 * line, abs=3)
    engine.frame("short")
    assert room_of(editor) == pytest.approx((1 + SPARE_LINES) * line, abs=3)


def room_of(editor: Editor) -> float:
    return top_of(editor, 2) - top_of(editor, 1)


def test_room_beyond_that_is_given_back_gently(
    qtbot: QtBot, waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    views_of(waiting).reduced_motion = False
    waiting.regenerate()
    line = top_of(editor, 1) - top_of(editor, 0)
    engine.frame("\n" * 11)
    qtbot.waitUntil(lambda: room_of(editor) == pytest.approx(12 * line, abs=3))
    engine.frame("short")
    assert room_of(editor) == pytest.approx(12 * line, abs=3)
    engine.frame("short again")
    qtbot.waitUntil(lambda: room_of(editor) < 4.5 * line)
    assert waiting.status.phase is Phase.RUNNING


def wheel(editor: Editor, notches: int) -> None:
    place = QPointF(200, 200)
    event = QWheelEvent(
        place,
        editor.viewport().mapToGlobal(place),
        QPoint(),
        QPoint(0, -120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.viewport(), event)


def lines_in_view(editor: Editor, session: ProposalSession) -> set[int]:
    """Return which of the draft's lines are wholly in the viewport."""
    rect, view = rect_of(editor), view_of(session)
    assert rect is not None
    assert view is not None
    boxes = [box.translated(0, rect.top() - view.scrolled) for box in view.layout.draft_rects]
    bottom = min(rect.bottom(), editor.viewport().height())
    return {
        number
        for number, box in enumerate(boxes)
        if box.top() >= max(0.0, rect.top()) - 2 and box.bottom() <= bottom + 2
    }


TALL = "\n".join(f"draft {number}" for number in range(60))


@pytest.mark.parametrize("num_lines", [1, 10, 40])
@pytest.mark.parametrize("by", ["wheel", "page"])
def test_every_line_of_a_tall_draft_can_be_scrolled_into_view(
    qtbot: QtBot,
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    num_lines: int,
    by: str,
) -> None:
    editor.setPlainText("\n".join(["line"] * 100))
    select_range(editor, 5 * 20, 5 * (20 + num_lines) - 1)
    editor.verticalScrollBar().setValue(15)
    session.regenerate()
    engine.finish(TALL)
    seen = lines_in_view(editor, session)
    for direction in [1] * 60 + [-1] * 60:
        if by == "wheel":
            wheel(editor, direction)
        elif set(range(60)) - seen:
            key = Qt.Key.Key_PageDown if direction > 0 else Qt.Key.Key_PageUp
            qtbot.keyClick(editor, key)
        if rect_of(editor) is not None:
            seen |= lines_in_view(editor, session)
    assert seen == set(range(60))
    assert session.accepting.accept()


def test_what_is_scrolled_out_of_a_tall_draft_is_not_drawn_over_the_text(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(LINES)
    select(editor, "second line")
    before = image_of(editor).copy(0, 0, 640, int(top_of(editor, 1)))
    session.regenerate()
    engine.finish(TALL)
    editor.verticalScrollBar().setValue(0)
    for _ in range(40):
        wheel(editor, 1)
    editor.verticalScrollBar().setValue(0)
    assert view_of(session) is not None
    assert view_of(session).scrolled == view_of(session).scroll_range > 0
    assert image_of(editor).copy(0, 0, 640, int(top_of(editor, 1))) == before


def test_a_tall_draft_that_was_parked_can_be_scrolled(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("gone")
    editor.selectAll()
    session.regenerate()
    engine.finish(TALL)
    editor.insertPlainText("typed")
    first = image_of(editor)
    for _ in range(60):
        wheel(editor, 1)
    assert view_of(session) is not None
    assert view_of(session).scrolled == view_of(session).scroll_range > 0
    assert image_of(editor) != first


def test_surplus_room_is_given_back_gently(
    qtbot: QtBot, waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    views_of(waiting).reduced_motion = False
    waiting.regenerate()
    line = top_of(editor, 1) - top_of(editor, 0)
    engine.frame(LONG_DRAFT)
    qtbot.waitUntil(lambda: room_of(editor) == pytest.approx(6 * line, abs=2))
    place = top_of(editor, 2)
    engine.finish("short")
    assert top_of(editor, 2) == pytest.approx(place, abs=1)
    qtbot.waitUntil(lambda: top_of(editor, 2) < top_of(editor, 1) + 1.5 * line)


def test_the_document_below_a_shorter_draft_moves_up(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(LINES)
    line = top_of(editor, 1) - top_of(editor, 0)
    select_range(editor, 0, LINES.index("\nfourth"))
    session.regenerate()
    engine.finish("short")
    assert top_of(editor, 3) == pytest.approx(line + editor.document().documentMargin(), abs=14)
    clear = QRectF(120, top_of(editor, 3) + 2 * line, 200, 3 * line)
    assert not has_color(image_of(editor), clear, editor.theme.text)


def test_the_last_line_can_be_reached_below_a_tall_draft(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("\n".join(["line"] * 60))
    select_range(editor, 0, 4)
    session.regenerate()
    highest = editor.verticalScrollBar().maximum()
    session.stop_or_reject()
    select_range(editor, 299, 299)
    session.regenerate()
    engine.frame(LONG_DRAFT)
    assert editor.verticalScrollBar().maximum() >= highest + 5
    rect = rect_of(editor)
    assert rect is not None
    assert rect.bottom() <= editor.viewport().height()


def test_a_rejected_proposal_leaves_the_picture_as_it_was(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(LINES)
    select(editor, "second line")
    before = image_of(editor)
    session.regenerate()
    engine.frame(LONG_DRAFT)
    engine.finish("x")
    session.stop_or_reject()
    assert image_of(editor) == before


def test_words_fade_with_their_entropy(
    waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("wwww", entropy=0.0)
    rect = rect_of(editor)
    assert rect is not None
    assert has_color(image_of(editor), rect, editor.theme.text)
    engine.frame("wwwwwwwwwwww", entropy=9.0)
    beyond_first = rect.translated(70, 0)
    assert not has_color(image_of(editor), beyond_first, editor.theme.text)


def test_a_click_on_the_draft_gives_it_the_focus_back(
    qtbot: QtBot, waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame(LONG_DRAFT)
    select_range(editor, 0, 0)
    proposal = waiting.proposal
    assert proposal is not None
    assert not proposal.has_focus
    rect = rect_of(editor)
    assert rect is not None
    qtbot.mouseClick(
        editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, int(rect.bottom()) - 6)
    )
    assert proposal.has_focus


def test_a_click_below_the_draft_finds_the_line_that_is_drawn_there(
    qtbot: QtBot, waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame(LONG_DRAFT)
    place = QPoint(14, int(top_of(editor, 2)) + 6)
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert editor.textCursor().position() == LINES.index("third")


def test_a_click_beside_the_draft_places_the_caret(
    qtbot: QtBot, editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("before gone after")
    select(editor, "gone")
    session.regenerate()
    engine.frame("a draft")
    rect = rect_of(editor)
    view = view_of(session)
    assert rect is not None
    assert view is not None
    place = rect.topLeft() + QPointF(view.layout.width, 6)
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert editor.textCursor().position() == len("before gone after")


def test_a_parked_draft_stands_below_the_text_that_was_typed(
    waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame("draft")
    editor.textCursor().insertText("typed")
    rect = rect_of(editor)
    assert rect is not None
    assert view_of(waiting) is not None
    assert view_of(waiting).layout.draft_text == "draft"
    assert rect.top() > top_of(editor, 1)
    assert rect.bottom() == pytest.approx(top_of(editor, 2), abs=1)
    assert has_color(image_of(editor), rect, editor.theme.panel)


def test_it_is_laid_out_again_when_the_text_is_zoomed(
    waiting: ProposalSession, editor: Editor, engine: FakeEngine
) -> None:
    engine.frame(LONG_DRAFT)
    assert view_of(waiting) is not None
    before = view_of(waiting)._height.height
    editor.zoom_in()
    assert view_of(waiting)._height.height > before


@pytest.mark.parametrize("wraps", [True, False])
def test_the_tint_reaches_across_the_lines_that_go_on(
    editor: Editor, engine: FakeEngine, session: ProposalSession, wraps: bool
) -> None:
    modes = QPlainTextEdit.LineWrapMode
    editor.setLineWrapMode(modes.WidgetWidth if wraps else modes.NoWrap)
    editor.setPlainText(LINES)
    select(editor, "second line")
    session.regenerate()
    engine.frame("short\nand a longer line\nend")
    assert view_of(session) is not None
    first, second, last = view_of(session).layout.draft_rects
    assert first.width() == second.width() > last.width() > 0


def tint_of(session: ProposalSession) -> list[QRectF]:
    """Return the ground of a draft as it is seen, a box a line."""
    view = view_of(session)
    assert view is not None
    return [box.adjusted(-PAD, 0.0, PAD, 0.0) for box in view._lines]


def test_the_empty_ends_of_lines_are_not_tinted(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText(LINES)
    select(editor, "second line")
    session.regenerate()
    engine.frame("short\n\na longer line\nend")
    short, empty, longer, end = (box.width() for box in tint_of(session))
    advance = QFontMetricsF(editor.font()).horizontalAdvance
    # A space at the end says that the line is one of the draft's.
    for width, text in ((short, "short "), (empty, " "), (longer, "a longer line "), (end, "end")):
        assert width == pytest.approx(advance(text) + 2 * PAD, abs=1.5)


@pytest.mark.parametrize(
    ("text", "start", "end", "draft", "before", "behind"),
    [
        ("f(one, b)", 2, 5, "two", "f(", ", b)"),
        ("The old house", 4, 7, "new", "The", "house"),
        ("The house", 9, 9, " stood", "The house", ""),
        ("one two", 0, 3, "drei", "", "two"),
    ],
)
def test_the_tint_leaves_the_letters_beside_it_alone(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    text: str,
    start: int,
    end: int,
    draft: str,
    before: str,
    behind: str,
) -> None:
    editor.setPlainText(text)
    select_range(editor, start, end)
    session.regenerate(is_exact=True)
    engine.frame(draft)
    (box,) = tint_of(session)
    view = view_of(session)
    assert view is not None
    whole = text[:start] + draft + text[end:]
    assert view.layout.text == whole
    line = view.layout.rows[0].line
    if before:
        assert box.left() >= cursor_x(line, len(before))
    if behind:
        assert box.right() <= cursor_x(line, len(whole) - len(behind))
    assert box.width() >= QFontMetricsF(editor.font()).horizontalAdvance(draft.strip())


def test_the_tint_of_a_leftward_script_ends_at_the_left(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("שלום עולם")
    select_range(editor, 5, 9)
    session.regenerate()
    engine.frame("שלום " * 30)
    assert view_of(session) is not None
    first, *_ = view_of(session).layout.draft_rects
    assert first.left() == editor.document().documentMargin()


def test_a_proposal_scrolled_out_of_view_is_not_drawn(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setPlainText("line\n" * 200)
    select_range(editor, 0, 4)
    session.regenerate()
    engine.frame(LONG_DRAFT)
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert rect_of(editor) is None
    bar.setValue(0)
    assert rect_of(editor) is not None


def test_only_what_changes_in_the_text_is_drawn_again(
    editor: Editor,
    engine: FakeEngine,
    session: ProposalSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    editor.setPlainText("second line\n" + LINES)
    select_range(editor, 0, 11)
    session.options.set_settings(RunSettings(candidates=2))
    session.regenerate()
    engine.frame("a first frame")
    redrawn, resized = [], []
    monkeypatch.setattr(editor, "redraw", redrawn.append)
    editor.overlays_changed.connect(lambda: resized.append(1))
    engine.frame("of a candidate that is not in view", candidate=1)
    assert not redrawn
    # As tall as the one before, it needs no other room, however wide it is.
    engine.frame("a frame")
    engine.frame("a frame that is wider than that")
    assert len(redrawn) == 2
    assert not resized
    engine.frame("two\nlines")
    engine.frame("three\nlines\nof it")
    assert resized
    redrawn.clear()
    select_range(editor, 30, 30)  # without the focus it has another outline
    assert redrawn


def test_a_line_that_is_not_wrapped_can_be_scrolled_to_its_end(
    editor: Editor, engine: FakeEngine, session: ProposalSession
) -> None:
    editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    editor.setPlainText(LINES)
    select(editor, "second line")
    session.regenerate()
    engine.frame("word " * 300)
    view = view_of(session)
    assert view is not None
    assert view.layout.width > editor.viewport().width()
    bar, width = editor.horizontalScrollBar(), editor.viewport().width()
    assert bar.maximum() + width >= view.layout.width - 1
