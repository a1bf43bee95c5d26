"""What stands around a draft shows what the model says, and can be used without a mouse."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.editor import Editor
from app.proposal import Drawing, ProposalSession
from app.proposal.model.options_model import NO_INSTRUCTIONS, NO_MODEL, verb_of
from app.proposal.widgets.options_bar import OptionsBar
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from engine.api import AlternativesFound, RunSettings, WordOption
from tests.app.fakes import FakeEngine, rect_of, view_of
from tests.app.proposal.model.test_session import TEXT, text_of


@pytest.fixture
def done(widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine) -> ProposalWidgets:
    session.regenerate()
    engine.start()
    engine.frame("a frame", entropy=2.0)
    engine.frame("a draft", entropy=0.5)
    engine.finish("a draft")
    return widgets


def test_the_panel_stands_below_the_draft_and_covers_nothing(
    done: ProposalWidgets, editor: Editor
) -> None:
    assert done.panel is not None
    rect = rect_of(editor)
    assert rect is not None
    assert done.panel.isVisible()
    assert rect.contains(done.panel.geometry().toRectF())
    below = editor.document().findBlockByNumber(1)
    top = editor.contentOffset().y() + editor.blockBoundingGeometry(below).top()
    assert done.panel.geometry().bottom() <= top
    view = view_of(done._session)
    assert view is not None
    assert done.panel.geometry().top() >= rect.top() + view.layout.height


def test_the_panel_goes_with_the_proposal(done: ProposalWidgets, session: ProposalSession) -> None:
    session.accepting.accept()
    assert done.panel is None


def test_the_timeline_leads_to_every_frame(
    qtbot: QtBot, done: ProposalWidgets, session: ProposalSession
) -> None:
    assert done.panel is not None
    timeline = done.panel.timeline
    assert (timeline.minimum(), timeline.maximum(), timeline.value()) == (0, 1, 1)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Left)
    assert session.proposal is not None
    assert session.proposal.draft is not None
    assert session.proposal.draft.text == "a frame"
    assert done.panel.step.text() == "step 1/2"
    assert not done.panel.branch_button.isHidden()
    qtbot.mouseClick(
        timeline,
        Qt.MouseButton.LeftButton,
        pos=QPoint(timeline.width() - 2, timeline.height() // 2),
    )
    assert session.proposal.draft.text == "a draft"


def test_new_frames_do_not_stop_the_timeline_at_an_old_one(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    session.regenerate()
    engine.start()
    for text in "abc":
        engine.frame(text)
    assert session.proposal is not None
    assert session.proposal.candidates.frame is None


def test_the_strip_lists_candidates_once_there_are_several(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    session.options.set_settings(RunSettings(candidates=2))
    session.regenerate()
    engine.start()
    assert widgets.panel is not None
    done = [engine.finish_one(n, f"text {n}", -1.0 - n) for n in range(2)]
    engine.finish("text 0", candidates=tuple(done))
    strip = widgets.panel.candidate_list
    assert not strip.isHidden()
    spoken = [
        strip.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(strip.count())
    ]
    # Of a scale from 0 down to -6: scores of -1 and -2.
    said = ["Version 1, how sure: 83 %: text 0", "Version 2, how sure: 67 %: text 1"]
    assert spoken == said
    strip.setCurrentRow(1)
    assert session.proposal is not None
    assert session.proposal.draft is not None
    assert session.proposal.draft.text == "text 1"


def test_every_control_has_a_name(done: ProposalWidgets) -> None:
    assert done.panel is not None
    for button in done.panel.findChildren(QToolButton):
        face = QAccessible.queryAccessibleInterface(button)
        assert face.text(QAccessible.Text.Name), button
    bar = done.bar
    fields = (bar.fields.strength, bar.fields.length, bar.fields.candidates, bar.fields.seed)
    for widget in (bar.instruction, *fields):
        assert widget.accessibleName()


def test_changes_are_announced(
    done: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    assert done.announcer.last == "Draft settled: a draft"
    session.proposal.candidates.toggle_old()
    assert done.announcer.last == "Old text: two"
    session.proposal.candidates.toggle_old()
    session.proposal.candidates.show_next_frame(-1)
    assert done.announcer.last == "Step 1 of 2: a frame"


def test_the_end_of_a_draft_is_said_whatever_was_shown_of_it(
    done: ProposalWidgets, session: ProposalSession
) -> None:
    session.proposal.candidates.show_next_frame(-1)
    session.accepting.accept()
    assert done.announcer.last == "Draft accepted"
    session.regenerate()
    session.stop_or_reject()
    assert done.announcer.last == "Draft rejected"


def test_what_is_accepted_in_parts_is_announced_and_what_is_left(
    widgets: ProposalWidgets, session: ProposalSession, engine: FakeEngine, qtbot: QtBot
) -> None:
    session.regenerate()
    engine.start()
    engine.frame("a whole draft")
    engine.finish("a whole draft")
    session.accepting.accept_word()
    assert widgets.announcer.last.startswith("Accepted: a, ")
    session.stop_or_reject()
    assert widgets.announcer.last == "The rest of the draft rejected, what was accepted stays"


def test_the_last_part_is_announced_before_the_end(
    done: ProposalWidgets, session: ProposalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(done.announcer, "say", said.append)
    while session.proposal is not None:
        session.accepting.accept_word()
    assert said[-2:] == ["Accepted: draft", "Draft accepted"]


def test_what_is_done_to_words_is_said(
    done: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    assert view_of(session) is not None
    pointer = view_of(session).pointer
    pointer.move_word(1)
    assert done.announcer.last == "a"
    pointer.pin()
    assert done.announcer.last == "a, pinned"
    pointer.pin()
    assert done.announcer.last == "a"
    pointer.melt()
    assert done.announcer.last == "a, melting"


def test_the_bar_runs_with_enter_and_never_covers_the_region(
    qtbot: QtBot, widgets: ProposalWidgets, editor: Editor, engine: FakeEngine
) -> None:
    widgets.open_bar()
    assert widgets.bar.isVisible()
    assert not widgets.bar.geometry().intersects(editor.cursorRect())
    widgets.bar.fields.candidates.setValue(4)
    qtbot.keyClick(widgets.bar, Qt.Key.Key_Return)
    assert engine.job.settings.candidates == 4
    assert engine.job.region == "two"
    assert widgets.bar.isHidden()


def test_escape_closes_the_bar(qtbot: QtBot, widgets: ProposalWidgets, engine: FakeEngine) -> None:
    widgets.open_bar()
    qtbot.keyClick(widgets.bar, Qt.Key.Key_Escape)
    assert widgets.bar.isHidden()
    assert engine.requests == []


def test_the_bar_says_why_there_is_no_instruction(widgets: ProposalWidgets) -> None:
    bar: OptionsBar = widgets.bar
    model = widgets._session.options
    assert bar.instruction.placeholderText() == NO_MODEL
    model.notify_model(False, 24)
    assert not bar.instruction.isEnabled()
    assert bar.instruction.placeholderText() == NO_INSTRUCTIONS
    model.notify_model(True, 24)
    assert bar.instruction.isEnabled()


def test_instructions_are_recalled(qtbot: QtBot, widgets: ProposalWidgets) -> None:
    model = widgets._session.options
    model.notify_model(True, 24)
    for text in ("shorter", "as a poem"):
        model.change(instruction=text)
        model.notify_used()
    widgets.open_bar()
    widgets.bar.window().activateWindow()
    widgets.bar._recall(1)
    assert model.settings.instruction == "as a poem"
    widgets.bar._recall(1)
    assert model.settings.instruction == "shorter"
    widgets.bar._recall(-2)
    assert model.settings.instruction == ""


@pytest.mark.parametrize(
    ("region", "is_at_end", "verb"),
    [("", False, "Fill In"), (" \n", True, "Write"), ("words", False, "Rewrite")],
)
def test_the_button_says_what_will_happen(region: str, is_at_end: bool, verb: str) -> None:
    assert verb_of(region, is_at_end=is_at_end) == verb


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_popup_pins_what_is_chosen(
    qtbot: QtBot, done: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    assert view_of(session) is not None
    view_of(session).pointer.move_word(1)
    view_of(session).pointer.ask()
    engine.answer("a", "the", "his")
    assert done.popup.isVisible()
    qtbot.keyClick(done.popup, Qt.Key.Key_Down)
    with qtbot.waitSignal(done.popup.chosen) as chosen:
        qtbot.keyClick(done.popup, Qt.Key.Key_Return)
    assert chosen.args == [1]
    assert engine.newest.job_id != engine.job.job_id


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_word_of_the_draft_may_stand_anywhere_in_the_popup(
    qtbot: QtBot, done: ProposalWidgets
) -> None:
    options = (
        WordOption(text="the", probability=0.6, rank=1),
        WordOption(text="a", probability=0.4, rank=0),
    )
    done.popup.show_options(AlternativesFound(question_id=1, options=options), QPoint(0, 0))
    with qtbot.waitSignal(done.popup.chosen) as chosen:
        qtbot.keyClick(done.popup, Qt.Key.Key_Return)
    assert chosen.args == [1]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_popup_says_why_there_are_no_other_words(
    qtbot: QtBot, done: ProposalWidgets, session: ProposalSession, engine: FakeEngine
) -> None:
    assert view_of(session) is not None
    view_of(session).pointer.move_word(1)
    view_of(session).pointer.ask()
    phase = session.status.phase
    reason = "There is not enough memory for this. Select less text, or choose a smaller model."
    engine.refuse(reason)
    assert done.popup.isVisible()
    assert reason in done.popup.item(0).text()
    assert done.popup.sizeHintForRow(0) > 2 * done.popup.fontMetrics().height()  # all of it is seen
    with qtbot.assertNotEmitted(done.popup.chosen):
        qtbot.keyClick(done.popup, Qt.Key.Key_Return)
    assert session.status.phase is phase  # the job has ended, and did not end once more


@pytest.mark.parametrize(
    ("drawing", "drawn"),
    [
        (Drawing.FULL, "new"),
        (Drawing.CALM, "new"),
        (Drawing.OFF, "two"),
        (Drawing.RAW, "n漢w"),
    ],
)
def test_drafts_are_drawn_as_the_user_wants(
    widgets: ProposalWidgets,
    session: ProposalSession,
    editor: Editor,
    engine: FakeEngine,
    drawing: Drawing,
    drawn: str,
) -> None:
    session.options.set_drawing(drawing)
    session.regenerate()
    engine.start()
    engine.frame("new", raw="n漢w")
    editor.grab()
    assert view_of(session) is not None
    assert view_of(session).layout.draft_text == drawn
    engine.finish("new")
    assert view_of(session).layout.draft_text == "new"
    assert session.accepting.accept()
    assert text_of(editor) == TEXT.replace("two", "new")


def test_live_follows_its_surroundings_with_the_same_seed(
    qtbot: QtBot,
    widgets: ProposalWidgets,
    session: ProposalSession,
    editor: Editor,
    engine: FakeEngine,
) -> None:
    session.regenerate()
    engine.start()
    engine.frame("zwei")
    engine.finish("zwei")
    session.set_live(True)
    cursor = editor.textCursor()
    cursor.setPosition(0)
    editor.setTextCursor(cursor)
    first = engine.job
    editor.insertPlainText("zero ")
    assert session.proposal is not None
    qtbot.waitUntil(lambda: engine.job.job_id != first.job_id)
    assert engine.job.before == "zero one "
    assert engine.job.seed == first.seed
    assert editor.textCursor().position() == 5
    engine.finish("deux")
    assert session.accepting.accept()
    assert text_of(editor) == "zero " + TEXT.replace("two", "deux")


@pytest.mark.parametrize("way", ["Esc", "a click beside it"])
def test_the_popup_is_left_without_choosing(done: ProposalWidgets, qtbot: QtBot, way: str) -> None:
    options = (WordOption(rank=0, text="word", probability=0.5),)
    done.popup.show_options(AlternativesFound(question_id=1, options=options), QPoint(50, 50))
    chosen: list[int] = []
    done.popup.chosen.connect(chosen.append)
    if way == "Esc":
        qtbot.keyClick(done.popup, Qt.Key.Key_Escape)
    else:
        # As Qt tells a popup of a press anywhere else.
        place, left = QPointF(-20, -20), Qt.MouseButton.LeftButton
        press = QMouseEvent(
            QEvent.Type.MouseButtonPress, place, place, left, left, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(done.popup, press)
    assert not done.popup.isVisible()
    assert not chosen
