"""The dialog that teaches, on runs that are played to it line by line."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from app.runs.texts_chooser import OpenTexts
from app.system.child import Child
from app.teach.adapters_page import Places
from app.teach.teach_dialog import TeachDialog
from app.widgets import dialogs
from app.widgets.message_bar import Severity
from app.window.run_button import RunButton
from engine.adapters import ASKED, TRAINING, WEIGHTS, adapters_folder, list_adapters
from engine.api import Generate, Load, Ready, Unload, Unloaded
from tests.app.house import MODEL, House


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What runs were started with; none is."""
    found: list[list[str]] = []
    monkeypatch.setattr(Child, "start", lambda self, arguments: found.append(list(arguments)))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "notes"
    place.mkdir()
    return place


@pytest.fixture
def dialog(house: House, folder: Path, started: list[list[str]]) -> Iterator[TeachDialog]:
    house.window.workspace.folder.open(folder)
    dialog = house.window.popups.show_teach()
    dialog.teach.show_problem("")  # whether the base is here or not
    yield dialog
    dialog.close()


def test_the_open_folder_is_taught_under_its_name(dialog, folder, started) -> None:
    assert dialog.teach.name.text() == "notes"
    dialog.teach.seed.setValue(7)
    dialog.teach.minutes.setCurrentIndex(0)
    dialog.teach.texts.pattern.setText("*.md, !old/")
    dialog.teach.run.start_button.click()
    assert started == [
        ["teach", "--progress", "--out=notes", "--pattern=*.md", "--pattern=!old/", "--minutes=5",
         "--seed=7", "--", str(folder)]
    ]  # fmt: skip


def test_a_name_that_cannot_be_is_told_before_anything_starts(dialog, started) -> None:
    dialog.teach.name.setText("a/b")
    dialog.teach.run.start_button.click()
    assert started == []
    assert "cannot be the name" in dialog.messages.messages[-1].text


def test_a_name_that_is_taken_is_told_and_another_one_proposed(
    dialog, folder, started, write_adapter
) -> None:
    write_adapter("notes")
    dialog.teach.run.start_button.click()
    assert started == []
    assert "There is an adapter notes already" in dialog.messages.messages[-1].text
    dialog.teach.show_texts(OpenTexts(folder))
    assert dialog.teach.name.text() == "notes 2"


def test_it_says_how_far_it_is_and_draws_the_curve(dialog, monkeypatch) -> None:
    monkeypatch.setattr(Child, "_say", lambda *said: None)
    teaching = dialog.teaching
    teaching.child._process = object()  # as if it ran
    try:
        teaching.name = "letters"  # another than the page asks for: it goes on
        teaching.child.told.emit({"stage": "training"})
        assert dialog.teach.state.text().startswith("letters · Seeing how long a step takes…")
        for line in ({"stage": "training"}, {"step": 2, "steps": 8, "curve": [[0, 2.0], [2, 1.5]]}):
            teaching.child.told.emit(line)
        assert "step 2 of 8" in dialog.teach.state.text()
        assert dialog.teach.run.progress.value() == 2
        assert "2.000 before, 1.500 at best, after step 2" in dialog.teach.curve.said
        teaching.child.told.emit({"stage": "measuring after"})
        teaching.child.told.emit({"done": 3, "of": 40, "subject": 0})
        assert "3 of 40" in dialog.teach.state.text()
        assert teaching.curve == [(0, 2.0), (2, 1.5)]
        teaching.child.stop()
        assert "stopping…" in dialog.teach.state.text()
        assert not dialog.teach.run.stop_button.isEnabled()
    finally:
        teaching.child._process = None
        teaching.child._is_stopping = False


def test_the_open_documents_stay_chosen_whichever_they_are(dialog, folder) -> None:
    one, other = folder / "a.md", folder / "b.md"
    dialog.teach.show_texts(OpenTexts(None, (one,)))
    dialog.teach.texts.box.activated.emit(0)  # there is but one
    dialog.teach.show_texts(OpenTexts(folder, (one, other)))
    assert dialog.teach.texts.places == (one, other)
    assert dialog.teach.texts.box.count() == 2


def test_one_that_helps_is_used_where_it_was_taught(dialog, house, folder, write_adapter) -> None:
    write_adapter("notes", folders=[str(folder)])
    dialog.teaching.ended.emit("notes", "")
    said = dialog.messages.messages[-1].text
    assert "Of 40 gaps in text kept apart 9 were found before, and 13 after." in said
    assert "Loss of text held out: 2.000 before, 1.800 after." in said
    assert "used in notes" in said
    assert house.window.uses.name_for(folder / "a.md") == "notes"
    assert dialog.adapters.for_folder.isChecked()


def test_one_that_does_not_help_says_so_and_is_not_used(
    dialog, house, folder, write_adapter
) -> None:
    write_adapter("notes", folders=[str(folder)], helps=False)
    dialog.teaching.ended.emit("notes", "")
    assert "does not help" in dialog.messages.messages[-1].text
    assert house.window.uses.name_for(folder / "a.md") == ""
    assert "does not help" in dialog.adapters.card.toPlainText()


def test_one_that_was_stopped_at_once_can_go_on(dialog, write_adapter, started) -> None:
    (adapters_folder() / "notes" / TRAINING).mkdir(parents=True)
    (adapters_folder() / "notes" / TRAINING / ASKED).write_text("{}")
    dialog.teaching.ended.emit("notes", "")
    (said,) = dialog.messages.messages
    assert said.text.startswith("notes was stopped before anything was learned")
    assert said.severity is Severity.INFO
    said.remedies[0].run()
    assert started[-1][:3] == ["teach", "--progress", "--out=notes"]


def test_the_card_names_files_and_figures_and_no_text(dialog, write_adapter) -> None:
    write_adapter("notes")
    dialog.adapters.look("notes")
    said = dialog.adapters.card.toPlainText()
    assert "Words: 8 of 20 before, 11 after" in said
    assert "From 15 files with 15,000 characters in /texts/notes" in said
    assert "and 3 more" in said
    assert "\n0.md\n1.md\n" in said


def test_boxes_say_where_it_is_used(dialog, house, folder, write_adapter) -> None:
    write_adapter("notes")
    dialog.adapters.look("notes")
    dialog.adapters.for_folder.click()
    assert house.window.uses.name_for(folder / "a.md") == "notes"
    dialog.adapters.nowhere_button.click()
    assert not dialog.adapters.for_folder.isChecked()
    assert dialog.adapters.used.text() == "Used nowhere."


def test_what_opens_as_a_model_is_not_used_beside_another(dialog, write_adapter) -> None:
    write_adapter("gemma", opens_as_model=True)
    dialog.adapters.look("gemma")
    assert not dialog.adapters.for_folder.isVisibleTo(dialog.adapters)


def test_where_no_folder_is_open_it_can_be_used_where_it_was_taught(
    dialog, house, folder, tmp_path, write_adapter
) -> None:
    dialog.adapters.show_places(Places())
    taught_in = tmp_path / "letters"
    taught_in.mkdir()
    write_adapter("mine", folders=[str(tmp_path / "gone"), str(taught_in)])
    dialog.adapters.look("mine")
    assert dialog.adapters.for_folder.text() == "Use it in the folder letters"
    dialog.adapters.for_folder.click()
    assert house.window.uses.name_for(taught_in / "a.md") == "mine"


def test_what_is_not_saved_is_not_learned_and_that_is_said(dialog, folder) -> None:
    said = "as they were saved last"
    dialog._follow()  # the window's one document has no file
    assert said in dialog.teach.note.text()
    dialog.teach.show_texts(OpenTexts(folder, ()))
    assert said not in dialog.teach.note.text()


def test_it_is_renamed_and_deleted_with_its_uses(
    dialog, house, folder, write_adapter, monkeypatch
) -> None:
    write_adapter("notes")
    house.window.uses.use("notes", folder)
    dialog.adapters.look("notes")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Letters", True))
    dialog.adapters.rename_button.click()
    assert [one.name for one in list_adapters()] == ["Letters"]
    assert house.window.uses.name_for(folder / "a.md") == "Letters"
    monkeypatch.setattr(dialogs, "ask_delete", lambda *_: True)
    dialog.adapters.delete_button.click()
    assert list_adapters() == []
    assert house.window.uses.name_for(folder / "a.md") == ""


def test_a_damaged_one_says_what_to_do(dialog, write_adapter) -> None:
    (write_adapter("notes") / WEIGHTS).write_bytes(b"short")
    dialog.adapters.look("notes")
    assert "damaged" in dialog.adapters.adapters.item(0).text()
    assert "Delete it and teach it again" in dialog.adapters.card.toPlainText()
    assert not dialog.adapters.for_folder.isVisible()
    assert dialog.adapters.delete_button.isEnabled()


def test_one_that_is_gone_from_the_disk_can_be_used_nowhere(
    dialog, house, folder, write_adapter
) -> None:
    house.window.uses.use("notes", folder)
    shutil.rmtree(write_adapter("notes"))
    dialog.adapters.look()
    assert dialog.adapters.adapters.item(0).text() == "notes · not there"
    assert "not there any more" in dialog.adapters.card.toPlainText()
    assert not dialog.adapters.delete_button.isEnabled()
    dialog.adapters.nowhere_button.click()
    assert house.window.uses.name_for(folder / "a.md") == ""
    assert dialog.adapters.adapters.count() == 0


def test_what_was_left_off_is_offered(dialog, started) -> None:
    training = adapters_folder() / "killed" / TRAINING
    training.mkdir(parents=True)
    (training / ASKED).write_text("{}")
    dialog.close()
    dialog.show()
    message = dialog.messages.messages[-1]
    assert "killed was left off" in message.text
    message.remedies[0].run()
    assert started == [["teach", "--progress", "--out=killed"]]


def test_a_run_that_went_wrong_says_why(dialog) -> None:
    dialog.teaching.ended.emit("notes", "There is too little text.")
    assert dialog.messages.messages[-1].text == "There is too little text."


def test_what_is_closed_tells_the_window(dialog, house, folder, write_adapter) -> None:
    write_adapter("notes", folders=[str(folder)])
    dialog.close()
    dialog.teaching.ended.emit("notes", "")
    assert "notes helps" in house.window.message_bar.messages[-1].text


@pytest.mark.parametrize("takes_adapters", [True, False])
def test_a_document_is_written_with_its_adapter_where_the_model_takes_one(
    house: House, folder: Path, takes_adapters: bool
) -> None:
    path = folder / "a.md"
    path.write_text("Some words stand here.")
    house.window.uses.use("notes", folder)
    house.window.workspace.open_paths([path])
    house.window.start_engine(folder, "cpu")
    service = house.services[-1]
    assert "taught notes" in house.window.status_line.format.text()
    model = replace(MODEL, takes_adapters=takes_adapters)
    service.emit(Ready(job_id=service.requests[-1].job_id, model=model))
    QCoreApplication.processEvents()
    house.tab.editor.selectAll()
    house.tab.session.regenerate()
    request = service.requests[-1]
    assert isinstance(request, Generate)
    assert request.adapter == (str(adapters_folder() / "notes") if takes_adapters else "")


def test_a_model_that_is_brought_back_is_asked_with_the_adapter(
    qtbot: QtBot, house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.models.keeper.MINUTE_MS", 20)
    path = folder / "a.md"
    path.write_text("Some words stand here.")
    house.window.uses.use("notes", path)
    house.window.workspace.open_paths([path])
    house.window.start_engine(folder, "cpu")
    service = house.services[-1]
    model = replace(MODEL, takes_adapters=True)
    service.emit(Ready(job_id=service.requests[-1].job_id, model=model))
    house.settings.set_value("unload_minutes", 1)
    qtbot.waitUntil(lambda: isinstance(service.requests[-1], Unload))
    service.emit(Unloaded(job_id=service.requests[-1].job_id))
    QCoreApplication.processEvents()
    house.tab.editor.selectAll()
    house.tab.session.regenerate()
    load, request = service.requests[-2:]
    assert isinstance(load, Load)
    assert isinstance(request, Generate)
    assert request.adapter == str(adapters_folder() / "notes")


def test_the_window_says_how_far_a_run_is(dialog, house, monkeypatch) -> None:
    monkeypatch.setattr(Child, "_say", lambda *said: None)
    line, teaching = house.window.status_line, dialog.teaching
    house.window.show()
    dialog.close()
    (button,) = [one for one in line.findChildren(RunButton) if one.text().startswith("Teaching")]
    assert not button.isVisible()
    teaching.child._process = object()  # as if it ran
    try:
        teaching.child.changed.emit()
        assert button.text() == "Teaching …"
        teaching._take({"stage": "training"})
        teaching._take({"step": 3, "steps": 12, "curve": [(0, 3.0)]})
        assert button.isVisible()
        assert button.text().replace("\u2007", "") == "Teaching 25 %"
        teaching.child.pause()
        assert button.text() == "Teaching paused"
        button.click()
        assert dialog.isVisible()
    finally:
        teaching.child._process = None
    teaching.child.changed.emit()
    assert not button.isVisible()
