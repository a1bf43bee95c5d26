"""A run is followed, gives way to drafts, and is asked for what was chosen."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.measure.measuring import Measuring
from app.measure.setup_page import SetupPage, state_text
from app.runs.texts_chooser import OpenTexts
from app.system.child import Child
from engine.api import Mode
from engine.measure.subject import KEY, Subject
from tests.app.measure.conftest import CHOICES


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], dict[str, str] | None]]:
    """What would be started."""
    calls = []
    monkeypatch.setattr(Child, "start", lambda self, words, secrets: calls.append((words, secrets)))
    return calls


def test_what_is_chosen_is_asked_for_and_a_key_is_on_no_command_line(
    qtbot: QtBot, started, tmp_path
) -> None:
    subjects = [Subject(model="/m", mode=Mode.CAUSAL), Subject(server="http://a", model="b")]
    Measuring().start([tmp_path], ["*.py"], subjects, 12, "secret")
    ((words, secrets),) = started
    assert words[:3] == ["measure", "--progress", "--pattern=*.py"]
    asked = [Subject.from_json(word.partition("=")[2]) for word in words[3:5]]
    assert asked == subjects
    assert words[5:] == ["--tasks=12", "--", str(tmp_path)]
    assert secrets == {KEY: "secret"}
    assert "secret" not in json.dumps(words)


def test_what_is_kept_and_what_went_wrong_is_told_at_the_end(qtbot: QtBot, started) -> None:
    measuring, ends = Measuring(), []
    measuring.ended.connect(lambda *what: ends.append(what))
    measuring.go_on("yesterday")
    measuring.child.told.emit({"done": 3, "of": 10, "subject": 0})
    assert (measuring.pace.done, measuring.pace.total) == (3, 10)
    measuring.child.told.emit({"stopped": "yesterday"})
    measuring.child.ended.emit("")
    measuring.go_on("yesterday")
    measuring.child.ended.emit("no room")
    assert ends == [("yesterday", ""), ("", "no room")]


@pytest.fixture
def page(qtbot: QtBot, tmp_path) -> SetupPage:
    made = SetupPage(Measuring(), lambda: tmp_path, None)
    qtbot.addWidget(made)
    return made


def test_nothing_can_be_started_before_there_are_texts_and_models(page, tmp_path) -> None:
    assert not page.run.start_button.isEnabled()
    page.show_choices(CHOICES)
    assert page.subjects == [CHOICES[0].subject]  # the first of them
    assert not page.run.start_button.isEnabled()
    page.texts.button.click()
    assert page.texts.places == (tmp_path,)
    assert page.run.start_button.isEnabled()


def test_what_is_open_is_offered_and_a_chosen_folder_stays(page, tmp_path) -> None:
    files = (tmp_path / "a.txt", tmp_path / "b.txt")
    page.show_texts(OpenTexts(tmp_path / "open", files, has_unsaved=True))
    assert [page.texts.box.itemText(row) for row in range(page.texts.box.count())] == [
        f"The folder {tmp_path / 'open'}",
        "The open documents: 2",
    ]
    assert "as they were saved last" in page.note.text()
    page.texts.add_folder(tmp_path / "other")
    page.show_texts(OpenTexts(None, files, has_unsaved=False))
    assert page.texts.places == (tmp_path / "other",)
    assert "as they were saved last" not in page.note.text()


def test_the_open_documents_stay_chosen_whichever_they_are(page, tmp_path) -> None:
    one, other = tmp_path / "a.txt", tmp_path / "b.txt"
    page.show_texts(OpenTexts(tmp_path, (one,), has_unsaved=False))
    page.texts.box.setFocus()
    QTest.keyClick(page.texts.box, Qt.Key.Key_Down)
    page.show_texts(OpenTexts(tmp_path, (one, other), has_unsaved=False))
    assert page.texts.places == (one, other)
    assert page.texts.box.count() == 2
    page.show_texts(OpenTexts(tmp_path, (), has_unsaved=False))
    assert page.texts.places == (tmp_path,)


def test_patterns_may_stand_with_commas_or_without(page) -> None:
    page.texts.pattern.setText("*.py, !tests/  docs/*.md")
    assert page.texts.patterns == ["*.py", "!tests/", "docs/*.md"]
    page.texts.pattern.setText(" ")
    assert page.texts.patterns == []


def test_what_leaves_the_machine_is_said(page) -> None:
    page.show_choices(CHOICES)
    assert "Nothing leaves this machine." in page.note.text()
    page.models.item(2).setCheckState(Qt.CheckState.Checked)
    assert "is sent to http://localhost:8000" in page.note.text()


def test_how_far_it_is_stands_in_words(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    measuring = Measuring()
    assert state_text(measuring) == ""
    monkeypatch.setattr(Child, "is_running", property(lambda self: True))
    assert state_text(measuring) == "Reading the texts…"
    now = [100.0]
    monkeypatch.setattr("app.runs.pace.time.monotonic", lambda: now[0])
    measuring.child.told.emit({"done": 10, "of": 50, "subject": 0})  # of a run before
    assert state_text(measuring).startswith("10 of 50 gaps · it goes on")
    now[0] = 160.0
    measuring.child.told.emit({"done": 20, "of": 50, "subject": 0})
    assert "about 3 minutes left" in state_text(measuring)  # ten in a minute
    monkeypatch.setattr(Child, "is_paused", property(lambda self: True))
    assert state_text(measuring) == "20 of 50 gaps · paused"  # closed or not, it waits
    monkeypatch.setattr(Child, "is_stopping", property(lambda self: True))
    assert state_text(measuring) == "20 of 50 gaps · stopping…"


def test_tab_goes_from_what_is_asked_to_the_start(page) -> None:
    asked = [page.texts.box, page.texts.button, page.texts.pattern, page.models, page.count]
    wanted = [*asked, page.run.start_button]
    page.show()
    seen, widget = [], page
    for _ in range(40):
        if widget in wanted and widget not in seen:
            seen.append(widget)
        widget = widget.nextInFocusChain()
    assert seen == wanted


def test_at_first_the_folder_that_is_open_is_chosen(page, tmp_path) -> None:
    folder = tmp_path / "open"
    files = (folder / "a.md", folder / "b.md")
    page.show_texts(OpenTexts(None, files))
    assert page.texts.places == files
    page.show_texts(OpenTexts(folder, files))  # opened later; nothing was chosen meanwhile
    assert page.texts.places == (folder,)
