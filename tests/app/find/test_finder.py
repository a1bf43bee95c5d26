"""Finding and replacing, from the keys to the text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app import translation
from app.editor.theme import DARK, LIGHT
from app.find import replace
from app.find.replace import gathered, replace_all
from app.find.search import Query, replacements
from app.proposal import Phase
from tests.app.fakes import FakeEngine
from tests.app.house import House
from tests.app.proposal.model.test_session import insert, select


@pytest.fixture
def found(qtbot: QtBot, house: House) -> House:
    house.window.show()
    house.type("one two\nONE three\nxone 😀 one")
    house.tab.show_place(0, 0)
    return house


def look_for(qtbot: QtBot, house: House, text: str, count: str) -> None:
    if house.window.find_bar.isHidden():
        house.choose("Find…")
    house.window.find_bar.pattern.setText(text)
    qtbot.waitUntil(lambda: house.window.find_bar.count.text() == count)


def test_typing_goes_to_the_first_match_and_enter_to_the_next(qtbot: QtBot, found: House) -> None:
    look_for(qtbot, found, "one", "1 of 4")
    bar, seen = found.window.find_bar, []
    for _ in range(4):
        QTest.keyClick(bar.pattern, Qt.Key.Key_Return)
        seen.append(found.tab.editor.textCursor().selectionStart())
    assert seen == [8, 19, 26, 0]
    QTest.keyClick(bar.pattern, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "4 of 4"
    QTest.keyClick(bar.pattern, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert found.tab.editor.extraSelections() == []


def test_case_and_words_and_expressions(qtbot: QtBot, found: House) -> None:
    bar = found.window.find_bar
    look_for(qtbot, found, "one", "1 of 4")
    bar.case.click()
    qtbot.waitUntil(lambda: bar.count.text().endswith(" of 3"))
    bar.words.click()
    qtbot.waitUntil(lambda: bar.count.text().endswith(" of 2"))
    bar.regex.click()
    look_for(qtbot, found, "t(wo|hree)", "1 of 2")
    bar.pattern.setText("t(")
    qtbot.waitUntil(lambda: "missing )" in bar.count.text())
    look_for(qtbot, found, "zzz", "nothing found")


def test_replacing_one_and_then_all(qtbot: QtBot, found: House) -> None:
    found.choose("Replace…")
    bar = found.window.find_bar
    look_for(qtbot, found, "one", "1 of 4")
    bar.replacement.setText("1")
    bar.replace_one.click()
    assert found.tab.document.text().startswith("1 two\nONE")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 3")
    bar.replace_all.click()
    qtbot.waitUntil(lambda: found.tab.document.text() == "1 two\n1 three\nx1 😀 1")
    found.tab.editor.undo()
    assert found.tab.document.text() == "1 two\nONE three\nxone 😀 one"


def test_only_in_the_selection(qtbot: QtBot, found: House) -> None:
    found.tab.show_place(17, 0)
    found.choose("Replace…")
    bar = found.window.find_bar
    assert bar.selection.isChecked()
    bar.pattern.setText("one")
    qtbot.waitUntil(lambda: bar.count.text().endswith("2") or bar.count.text() == "2 matches")
    bar.replacement.setText("1")
    bar.replace_all.click()
    qtbot.waitUntil(lambda: found.tab.document.text() == "1 two\n1 three\nxone 😀 one")


def test_all_tabs_with_a_preview(qtbot: QtBot, found: House) -> None:
    found.workspace.new()
    found.type("and one more")
    found.choose("Replace…")
    bar, results = found.window.find_bar, found.window.results
    bar.replacement.setText("1")
    bar.all_tabs.click()
    bar.pattern.setText("one")
    tree = results.list
    qtbot.waitUntil(lambda: tree.topLevelItemCount() == 2)
    assert tree.topLevelItem(0).text(0).endswith("4")
    hit = tree.topLevelItem(1).child(0)
    assert (hit.text(0), hit.text(1)) == ("1", "and ⟦one → 1⟧ more")
    tree.itemActivated.emit(tree.topLevelItem(0).child(2), 0)
    assert found.window.tabs.currentIndex() == 0
    assert found.tab.editor.textCursor().selectionStart() == 19
    bar.replace_all.click()
    first, second = found.workspace.tabs()
    qtbot.waitUntil(lambda: second.document.text() == "and 1 more")
    assert first.document.text() == "1 two\n1 three\nx1 😀 1"


def test_what_is_typed_while_all_is_replaced_is_looked_through_again(
    qtbot: QtBot, found: House
) -> None:
    found.choose("Replace…")
    bar = found.window.find_bar
    look_for(qtbot, found, "one", "1 of 4")
    bar.replacement.setText("1")
    bar.replace_all.click()
    cursor = QTextCursor(found.tab.editor.document())
    cursor.insertText("one ")
    qtbot.waitUntil(lambda: found.tab.document.text() == "1 1 two\n1 three\nx1 😀 1")


def test_matches_follow_the_text(qtbot: QtBot, found: House) -> None:
    look_for(qtbot, found, "one", "1 of 4")
    found.tab.show_place(7, 7)
    found.type(" one")
    qtbot.waitUntil(lambda: found.window.find_bar.count.text() == "5 matches")


def test_f3_goes_on_without_the_bar(qtbot: QtBot, found: House) -> None:
    look_for(qtbot, found, "one", "1 of 4")
    found.window.finder.close()
    found.choose("Find Next")
    assert found.tab.editor.textCursor().selectionStart() == 8


@given(st.text(alphabet="aab\n😀", max_size=40), st.text(alphabet="x😀\n", max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_replacements_in_one_piece_are_the_same(
    monkeypatch: pytest.MonkeyPatch, text: str, new: str
) -> None:
    texts = []
    for many in (1000, 0):
        monkeypatch.setattr(replace, "MANY", many)
        document = QTextDocument()
        document.setPlainText(text)
        made = replacements(text, Query(pattern="a"), new)
        replace_all(document, [gathered(text, made)])
        texts.append(document.toPlainText())
    assert texts == [text.replace("a", new)] * 2


@pytest.fixture
def english(qapp: QApplication) -> Iterator[None]:
    before = set(qapp.findChildren(QTranslator))
    translation.install(qapp, QLocale("en"))
    yield
    for translator in set(qapp.findChildren(QTranslator)) - before:
        qapp.removeTranslator(translator)
        translator.deleteLater()


def test_what_a_draft_hides_is_neither_found_nor_replaced(
    english: None, qtbot: QtBot, found: House
) -> None:
    found.window.start_engine(Path("toy"), "cpu")
    engine = FakeEngine()
    engine.session, engine.requests = found.tab.session, found.services[0].requests
    select(found.tab.editor, "ONE three")
    engine.session.regenerate()
    engine.finish("EINS drei")
    found.tab.show_place(0, 0)
    look_for(qtbot, found, "one", "1 of 3")
    look_for(qtbot, found, "three", "nothing found")
    look_for(qtbot, found, "two\nONE", "nothing found")
    found.choose("Replace…")
    look_for(qtbot, found, "one", "1 of 3")
    bar = found.window.find_bar
    bar.replacement.setText("1")
    bar.replace_all.click()
    qtbot.waitUntil(lambda: found.tab.document.text() == "1 two\nONE three\nx1 😀 1")
    engine.session.reject_all()
    qtbot.waitUntil(lambda: bar.count.text() in ("1 match", "1 of 1"))  # it is seen again


def test_a_draft_between_what_is_replaced_stays_and_moves(
    english: None, qtbot: QtBot, found: House
) -> None:
    found.window.start_engine(Path("toy"), "cpu")
    engine = FakeEngine()
    session = engine.session = found.tab.session
    engine.requests = found.services[0].requests
    select(found.tab.editor, "three")
    session.regenerate()
    engine.start()
    engine.frame("drei")
    select(found.tab.editor, "two")
    session.regenerate()  # waits for the engine
    found.tab.show_place(0, 0)
    found.choose("Replace…")
    look_for(qtbot, found, "one", "1 of 4")
    bar = found.window.find_bar
    bar.replacement.setText("eins!")
    bar.replace_all.click()
    replaced = "eins! two\neins! three\nxeins! 😀 eins!"
    qtbot.waitUntil(lambda: found.tab.document.text() == replaced)
    (proposal,) = session.proposals
    assert (proposal.phase, proposal.place.ends) == (Phase.RUNNING, (16, 21))
    assert [(one.region.start, one.region.end) for one in session.queue] == [(6, 9)]
    engine.finish("drei", job_id=proposal.job_id)
    session.accepting.accept_all()
    assert "eins! drei" in found.tab.document.text()
    session.reject_all()
    found.tab.editor.undo()
    found.tab.editor.undo()
    assert found.tab.document.text() == "one two\nONE three\nxone 😀 one"


def test_what_is_found_is_marked_in_the_colours_of_now(qtbot: QtBot, found: House) -> None:
    look_for(qtbot, found, "one", "1 of 4")
    for theme in (DARK, LIGHT):
        found.tab.editor.set_theme(theme)
        marks = found.tab.editor.extraSelections()
        colours = {mark.format.background().color().name() for mark in marks}
        assert colours == {theme.found.name(), theme.found_current.name()}


def test_one_match_is_said_in_the_singular(english: None, qtbot: QtBot, found: House) -> None:
    bar = found.window.find_bar
    look_for(qtbot, found, "two", "1 of 1")
    found.tab.show_place(0, 0)
    insert(found.tab.editor, 0, "!")
    qtbot.waitUntil(lambda: bar.count.text() == "1 match")
    insert(found.tab.editor, 0, "two ")
    qtbot.waitUntil(lambda: bar.count.text() == "2 matches")
