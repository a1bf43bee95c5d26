"""The bar takes the keys, keeps them from the text, and stands in room of its own."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.appearance import make_palette
from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import FakeEngine, views_of
from tests.app.proposal.model.test_session import select, text_of

TEXT = "\n".join(["one two three", *(f"line {number}" for number in range(2, 40))])
Key = Qt.Key


@pytest.fixture
def widgets(qtbot: QtBot, editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    with qtbot.waitActive(editor):
        editor.activateWindow()
    editor.setFocus()
    widgets = ProposalWidgets(session, views_of(session))
    yield widgets
    widgets.popup.close()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def top_of_line(editor: Editor, number: int) -> float:
    block = editor.document().findBlockByNumber(number)
    return editor.contentOffset().y() + editor.blockBoundingGeometry(block).top()


@pytest.mark.parametrize("takes_instructions", [True, False])
@pytest.mark.parametrize("words", ["two", ""])
def test_it_has_the_focus_and_tab_walks_its_fields_and_esc_returns(
    widgets: ProposalWidgets, editor: Editor, words: str, takes_instructions: bool
) -> None:
    widgets._session.options.notify_model(takes_instructions, 24)
    select(editor, words)
    widgets.open_bar()
    seen = []
    for _ in range(30):
        assert widgets.bar.isAncestorOf(focused())
        seen.append(focused().accessibleName() or focused().property("text"))
        QTest.keyClick(focused(), Key.Key_Tab)
    assert {"Length", "Number of versions", "Seed", "More"} <= set(seen)
    assert ("Instruction" in seen) is takes_instructions
    assert ("Strength" in seen) is bool(words)
    first = seen[0]
    before = seen[seen.index(first, 1) - 1]
    widgets.bar.take_focus()
    QTest.keyClick(focused(), Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert (focused().accessibleName() or focused().property("text")) == before
    QTest.keyClick(focused(), Key.Key_Escape)
    assert widgets.bar.isHidden()
    assert editor.hasFocus()
    assert text_of(editor) == TEXT


def test_tab_goes_from_the_instruction_to_the_buttons_beside_it(
    widgets: ProposalWidgets, editor: Editor
) -> None:
    widgets._session.options.notify_model(True, 24)
    select(editor, "two")
    widgets.open_bar()
    bar = widgets.bar
    ways = [button for button in bar.ways.ways if button.isVisible()]
    wanted = [bar.presets, bar.go, *ways, bar.ways.write_on, bar.fields.strength]
    for widget in wanted:
        QTest.keyClick(focused(), Key.Key_Tab)
        assert focused() is widget
    bar.more.pattern.setFocus()
    bar.fold.setFocus()
    QTest.keyClick(focused(), Key.Key_Tab)
    assert focused() is bar.instruction  # the last of those seen is followed by the first


def test_without_an_instruction_the_first_row_comes_before_the_others(
    widgets: ProposalWidgets, editor: Editor
) -> None:
    widgets._session.options.notify_model(False, 24)
    select(editor, "two")
    widgets.open_bar()
    bar = widgets.bar
    wanted = [bar.go, bar.ways.write_on, bar.fields.strength, bar.fields.length]
    for widget in wanted:
        assert focused() is widget
        QTest.keyClick(focused(), Key.Key_Tab)
    bar.fold.setFocus()
    QTest.keyClick(focused(), Key.Key_Tab)
    assert focused() is bar.presets


def test_tab_goes_through_a_narrow_bar_as_it_is_seen(
    qtbot: QtBot, widgets: ProposalWidgets, editor: Editor
) -> None:
    widgets._session.options.notify_model(True, 24)
    editor.resize(330, 400)
    select(editor, "two")
    widgets.open_bar()
    bar = widgets.bar
    qtbot.waitUntil(lambda: bar.presets.y() > bar.fields.y())
    QTest.keyClick(focused(), Key.Key_Tab)
    assert focused() is bar.go
    bar.fold.setFocus()
    QTest.keyClick(focused(), Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert focused() is bar.presets


def colours_of(widget: QWidget) -> set[int]:
    seen = widget.grab().toImage()
    return {seen.pixel(x, y) for x in range(seen.width()) for y in range(seen.height())}


@pytest.fixture
def light(qapp: QApplication) -> Iterator[QPalette]:
    palette, before, style = make_palette(is_dark=False), qapp.palette(), qapp.style().name()
    qapp.setStyle("Fusion")
    qapp.setPalette(palette)
    yield palette
    qapp.setStyle(style)
    qapp.setPalette(before)


@pytest.mark.parametrize("words", ["two", ""])
def test_what_cannot_be_used_is_drawn_so(
    light: QPalette, widgets: ProposalWidgets, editor: Editor, words: str
) -> None:
    select(editor, words)
    widgets.open_bar()
    fields = widgets.bar.fields
    accent = light.color(QPalette.ColorRole.Highlight).hue()
    hues = {QColor(pixel).hue() for pixel in colours_of(fields.strength)}
    assert (accent in hues) is bool(words)
    pale = light.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
    darkest = min(QColor(pixel).lightness() for pixel in colours_of(fields.strength_name))
    assert (darkest < pale.lightness()) is bool(words)


def test_what_no_field_takes_is_not_written_into_the_text(
    widgets: ProposalWidgets, editor: Editor
) -> None:
    select(editor, "two")
    widgets.open_bar()
    widgets.bar.fields.strength.setFocus()
    QTest.keyClicks(focused(), "x y")
    QTest.keyClick(focused(), Key.Key_Backspace)
    QTest.keyClick(focused(), Key.Key_Delete)
    assert text_of(editor) == TEXT


def test_esc_in_the_text_closes_the_bar_before_it_rejects_a_draft(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.finish("zwei")
    widgets.open_bar()
    editor.setFocus()
    QTest.keyClick(editor, Key.Key_Escape)
    assert widgets.bar.isHidden()
    assert session.proposal is not None
    QTest.keyClick(editor, Key.Key_Escape)
    assert session.proposal is None


def test_the_text_makes_room_for_it_and_takes_it_back(
    widgets: ProposalWidgets, editor: Editor
) -> None:
    second = top_of_line(editor, 1)
    select(editor, "two")
    widgets.open_bar()
    bar = widgets.bar.geometry()
    assert bar.top() >= editor.cursorRect().bottom()
    assert bar.bottom() <= top_of_line(editor, 1)
    widgets.bar.fold.setChecked(True)  # it is taller now
    assert widgets.bar.height() > bar.height()
    assert widgets.bar.geometry().bottom() <= top_of_line(editor, 1)
    QTest.keyClick(focused(), Key.Key_Escape)
    assert top_of_line(editor, 1) == second


def test_room_is_made_at_the_bottom_of_the_window_too(
    widgets: ProposalWidgets, editor: Editor
) -> None:
    number = editor.cursorForPosition(editor.viewport().rect().bottomLeft()).blockNumber() - 1
    select(editor, f"line {number + 1}\n")
    widgets.open_bar()
    assert widgets.bar.geometry().bottom() <= editor.viewport().height()
    line = editor.document().findBlockByNumber(number)
    assert widgets.bar.geometry().top() >= top_of_line(editor, number) + 1
    assert line.isVisible()


def test_at_a_draft_it_stands_below_the_panel(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.finish("zwei")
    widgets.open_bar()
    assert widgets.panel is not None
    assert widgets.panel.isVisible()
    assert widgets.bar.geometry().top() >= widgets.panel.geometry().bottom()
    assert widgets.bar.geometry().bottom() <= top_of_line(editor, 1)
    QTest.keyClick(focused(), Key.Key_Escape)
    assert widgets.panel.geometry().bottom() <= top_of_line(editor, 1)
    assert top_of_line(editor, 1) - widgets.panel.geometry().bottom() < 10


def test_tab_in_the_panel_of_a_draft_stays_there(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession, engine: FakeEngine
) -> None:
    select(editor, "two")
    session.regenerate()
    engine.start()
    engine.frame("drei")
    engine.frame("zwei")
    engine.finish("zwei")
    assert widgets.panel is not None
    widgets.panel.timeline.setFocus()
    assert widgets.panel.timeline.hasFocus()
    for _ in range(12):
        QTest.keyClick(focused(), Key.Key_Tab)
        assert widgets.panel.isAncestorOf(focused())
    QTest.keyClicks(focused(), "x")
    assert text_of(editor) == TEXT


def test_who_has_kept_a_preset_goes_on_in_the_bar(
    widgets: ProposalWidgets, editor: Editor, session: ProposalSession
) -> None:
    select(editor, "two")
    widgets.open_bar()
    # As the dialog that asks for a name does.
    widgets.bar.preset_save_wanted.connect(editor.setFocus)
    widgets.bar._fill_presets()
    widgets.bar.presets.menu().actions()[-1].trigger()
    assert widgets.bar.isAncestorOf(focused())
    QTest.keyClick(focused(), Key.Key_Return)
    assert text_of(editor) == TEXT
