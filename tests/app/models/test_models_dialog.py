"""One user at the models dialog: looks, downloads, pauses, chooses, checks, deletes."""

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.models import questions
from app.models.model_list import STATE
from app.models.models_dialog import ModelsDialog
from app.models.token import TokenDialog
from app.system import secrets
from app.system.secrets import SecretsError
from app.widgets import dialogs
from engine.api import (
    FailureKind,
    FindFit,
    FitFound,
    Load,
    ModelInfo,
    QuestionFailed,
    Ready,
)
from tests.app.house import MODEL, House
from tests.app.models.conftest import choose
from tests.engine.hub.stand_in import StandIn
from tests.engine.hub.trial import REPO

LISTENING = [False]
ASKED: list[str] = []


def listen(event: str, args: tuple[object, ...]) -> None:
    if LISTENING[0] and event in ("socket.connect", "socket.getaddrinfo", "socket.bind"):
        ASKED.append(f"{event} {args}")


def state_of(dialog: ModelsDialog, key: str) -> str:
    return str(dialog.models.index(dialog.models.row_of(key)).data(STATE))


def fetch(qtbot: QtBot, dialog: ModelsDialog) -> None:
    choose(dialog, "toy")
    with qtbot.waitSignal(dialog.downloads.fetched):
        dialog.details.download.click()
    qtbot.waitUntil(lambda: state_of(dialog, "toy").startswith("on disk"))


def test_opening_it_and_looking_around_opens_no_socket(qtbot: QtBot, dialog: ModelsDialog) -> None:
    sys.addaudithook(listen)  # cannot be taken away again
    LISTENING[0] = True
    try:
        dialog.close()
        dialog.show()
        for entry in dialog.models.entries:
            choose(dialog, entry.key)
        with qtbot.waitSignal(dialog.models.dataChanged):
            dialog.local_models.look()
    finally:
        LISTENING[0] = False
    assert ASKED == []


def test_the_embedded_model_is_there_and_in_use(dialog: ModelsDialog) -> None:
    assert state_of(dialog, "embedded").startswith("in use")
    assert dialog.entry is not None
    assert dialog.entry.key == "embedded"
    assert not dialog.details.use.isEnabled()
    assert dialog.details.delete.isHidden()


def test_a_download_ends_on_disk_and_can_be_used_while_documents_stay_open(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn, house: House
) -> None:
    house.type("unsaved words")
    fetch(qtbot, dialog)
    assert "all of its hashes are right" in dialog.messages.messages[-1].text
    dialog.details.use.click()
    load = house.services[0].requests[-1]
    assert isinstance(load, Load)
    assert Path(load.folder).name == "0123456789abcdef0123456789abcdef01234567"
    assert state_of(dialog, "toy").startswith("in use")
    assert house.tab.editor.toPlainText() == "unsaved words"


def test_pause_keeps_what_has_come_and_resume_goes_on(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.faults.cuts = [300_000, *[0] * 3]  # while it waits for the network, it is paused
    choose(dialog, "toy")
    dialog.details.download.click()
    qtbot.waitUntil(lambda: "trying again" in dialog.details.progress_text.text())
    dialog.activateWindow()
    dialog.details.pause.setFocus()
    dialog.details.pause.click()
    qtbot.waitUntil(lambda: state_of(dialog, "toy") == "paused")
    assert dialog.details.download.text() == "&Resume"
    assert dialog.focusWidget() is dialog.details.download
    hub.faults.cuts = []
    with qtbot.waitSignal(dialog.downloads.fetched):
        dialog.details.download.click()
    assert hub.fetched("model-1-of-2.safetensors")[-1].startswith("bytes=")


@pytest.mark.parametrize("is_sure", [True, False])
def test_cancel_asks_and_leaves_nothing(
    qtbot: QtBot,
    dialog: ModelsDialog,
    hub: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    is_sure: bool,
) -> None:
    monkeypatch.setattr(questions, "ask_discard", lambda *_: is_sure)
    hub.faults.cuts = [300_000, *[0] * 3]
    choose(dialog, "toy")
    dialog.details.download.click()
    qtbot.waitUntil(lambda: "trying again" in dialog.details.progress_text.text())
    dialog.details.cancel.click()
    if is_sure:
        qtbot.waitUntil(lambda: state_of(dialog, "toy").startswith("not downloaded"))
        # The folder goes in a thread of its own, maybe while it is looked at.
        root = Path(dialog._cache) / "models--some--model"
        qtbot.waitUntil(lambda: not any(names for *_, names in os.walk(root)))
    else:
        assert dialog.downloads.is_busy
        dialog.downloads.pause()
        qtbot.waitUntil(lambda: not dialog.downloads.is_busy)


def test_a_failed_download_says_why_and_offers_to_resume(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn
) -> None:
    hub.faults.claims["model-2-of-2.safetensors"] = 5
    choose(dialog, "toy")
    with qtbot.waitSignal(dialog.downloads.failed):
        dialog.details.download.click()
    assert "should have 700,000 bytes" in dialog.messages.messages[-1].text
    assert dialog.details.download.isEnabled()
    assert dialog.details.download.text() == "&Resume"


def test_a_failure_while_the_dialog_is_closed_is_told_in_the_window(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn
) -> None:
    hub.repos.clear()
    choose(dialog, "toy")
    dialog.details.download.click()
    dialog.close()
    with qtbot.waitSignal(dialog.message) as told:
        pass
    (message,) = told.args
    assert REPO in message.text
    message.remedies[0].run()
    assert dialog.isVisible()


def test_verify_finds_a_changed_byte(qtbot: QtBot, dialog: ModelsDialog, hub: StandIn) -> None:
    fetch(qtbot, dialog)
    entry = dialog.models.entry("toy")
    assert entry is not None
    (entry.parts[0] / "config.json").resolve().write_bytes(b"{ }")
    with qtbot.waitSignal(dialog.downloads.verified):
        dialog.details.verify.click()
    assert "damaged: config.json" in dialog.messages.messages[-1].text


@pytest.mark.parametrize("is_sure", [True, False])
def test_delete_asks_first(
    qtbot: QtBot,
    dialog: ModelsDialog,
    hub: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    is_sure: bool,
) -> None:
    fetch(qtbot, dialog)
    monkeypatch.setattr(questions, "ask_delete", lambda *_: is_sure)
    dialog.details.delete.click()
    if is_sure:
        qtbot.waitUntil(lambda: state_of(dialog, "toy").startswith("not downloaded"))
    assert (dialog._cache / "models--some--model").exists() is not is_sure


def test_a_folder_of_ones_own_can_be_added_and_taken_off_the_list(
    qtbot: QtBot, dialog: ModelsDialog, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path("resources/model").absolute()
    monkeypatch.setattr(dialogs, "ask_model_folder", lambda *_: folder)
    dialog.add.click()
    qtbot.waitUntil(lambda: len(dialog.models.entries) == 3)
    assert dialog.entry is not None
    assert dialog.entry.place == str(folder)
    assert house.settings.model_folders == [folder]
    dialog.delete()
    qtbot.waitUntil(lambda: len(dialog.models.entries) == 2)
    assert folder.exists()


def test_a_folder_without_a_model_is_refused_with_words(
    dialog: ModelsDialog, tmp_path: Path, house: House
) -> None:
    dialog.add_to_list(tmp_path)
    assert "holds no DiffusionGemma model" in dialog.messages.messages[-1].text
    assert house.settings.model_folders == []


def test_refresh_asks_the_hub_for_size_and_licence(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn
) -> None:
    choose(dialog, "toy")
    assert "Refresh" in dialog.details.facts["licence"].text()
    with qtbot.waitSignal(dialog.hub.changed):
        dialog.refresh_button.click()
    assert dialog.details.facts["licence"].text() == "apache-2.0"
    assert all(path.startswith("/api/") for _, path, _, _ in hub.requests)


def test_the_token_of_the_keyring_goes_to_the_hub(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn, secret: dict[str, str]
) -> None:
    secret["huggingface"] = "hf_kept"
    fetch(qtbot, dialog)
    assert {authorization for *_, authorization in hub.requests} == {"Bearer hf_kept"}


def test_a_token_is_put_into_the_keyring(qtbot: QtBot, secret: dict[str, str]) -> None:
    token = TokenDialog()
    qtbot.addWidget(token)
    token.show()
    qtbot.keyClicks(token.edit, " hf_new ")
    assert token.edit.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClick(token.edit, Qt.Key.Key_Return)
    assert secret == {"huggingface": "hf_new"}


def test_without_a_keyring_a_token_holds_for_the_session_and_one_is_told_so(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, value: str) -> None:
        raise SecretsError("This desktop has no keyring.")

    monkeypatch.setattr(secrets, "store_secret", refuse)
    token = TokenDialog()
    qtbot.addWidget(token)
    token.edit.setText("hf_new")
    token.save()
    assert token.note.text() == "This desktop has no keyring."
    assert token.token == "hf_new"


def test_the_fit_comes_from_the_engine(qtbot: QtBot, dialog: ModelsDialog, house: House) -> None:
    choose(dialog, "toy")
    asked = [r for r in house.services[0].requests if isinstance(r, FindFit)]
    assert [bool(question.folder) for question in asked] == [True, False]
    fit = FitFound(
        question_id=asked[-1].question_id,
        card="Some Card",
        fits=True,
        needed_bytes=18 << 30,
        free_bytes=24 << 30,
        reason="everything at its best",
        table="experts int4 11.96 GiB\nfits: everything at its best",
    )
    house.services[0].emit(fit)
    shown = dialog.details.facts["fit"].text()
    assert shown == ("Fits Some Card: 18.0 GiB of 24.0 GiB that are free. Everything at its best.")
    assert dialog.details.plan.text() == "experts int4 11.96 GiB"


@pytest.mark.parametrize("is_sure", [False, True])
def test_a_model_that_is_too_large_is_downloaded_only_if_the_user_says_so(
    qtbot: QtBot,
    dialog: ModelsDialog,
    house: House,
    hub: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    is_sure: bool,
) -> None:
    choose(dialog, "toy")
    asked = [r for r in house.services[0].requests if isinstance(r, FindFit)]
    fit = FitFound(
        question_id=asked[-1].question_id,
        card="",
        fits=False,
        needed_bytes=18 << 30,
        free_bytes=4 << 30,
        reason="",
        table="",
    )
    house.services[0].emit(fit)
    said: list[str] = []

    def answer(_parent: object, title: str, size: str, reason: str) -> bool:
        said.extend([title, size, reason])
        return is_sure

    monkeypatch.setattr(questions, "ask_too_large", answer)
    dialog.details.download.click()
    assert said[:2] == ["Toy", "1.4 MB"]
    assert said[2].startswith("Too large for this machine")
    assert dialog.downloads.is_busy == is_sure
    if is_sure:
        qtbot.waitSignal(dialog.downloads.fetched).wait()


def test_what_is_said_of_models_stands_on_their_page(dialog: ModelsDialog) -> None:
    dialog.pages.addTab(QWidget(), "Server")
    dialog._say("The hub cannot be reached.")
    assert dialog.messages.isVisible()
    assert dialog.refresh_button.isVisible()
    dialog.pages.setCurrentIndex(1)
    assert not dialog.messages.isVisible()
    assert not dialog.refresh_button.isVisible()
    assert dialog.close_button.isVisible()


def test_a_fit_that_cannot_be_found_is_told(dialog: ModelsDialog, house: House) -> None:
    choose(dialog, "toy")
    asked = [r for r in house.services[0].requests if isinstance(r, FindFit)][-1]
    kind = FailureKind.INTERNAL
    failed = QuestionFailed(question_id=asked.question_id, kind=kind, message="No such luck.")
    house.services[0].emit(failed)
    assert "No such luck." in dialog.details.facts["fit"].text()


def test_enter_does_the_first_thing_that_can_be_done(
    qtbot: QtBot, dialog: ModelsDialog, hub: StandIn, house: House
) -> None:
    choose(dialog, "toy")
    with qtbot.waitSignal(dialog.downloads.fetched):
        qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.details.use.isVisible)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert isinstance(house.services[0].requests[-1], Load)


def test_a_model_is_remembered_once_it_is_loaded(
    qtbot: QtBot, dialog: ModelsDialog, house: House, tmp_path: Path
) -> None:
    house.window.keeper.use(tmp_path)
    assert house.settings.model_folder == ""
    load = house.services[0].requests[-1]
    assert isinstance(load, Load)
    values = {name: getattr(MODEL, name) for name in MODEL.__dataclass_fields__}
    house.services[0].emit(
        Ready(job_id=load.job_id, model=ModelInfo(**{**values, "folder": str(tmp_path)}))
    )
    assert house.settings.model_folder == str(tmp_path)


def test_everything_that_takes_the_keyboard_has_a_name(dialog: ModelsDialog) -> None:
    for widget in dialog.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(dialog):
            interface = QAccessible.queryAccessibleInterface(widget)
            name = interface.text(QAccessible.Text.Name)
            assert name or not isinstance(widget, QAbstractButton | QLineEdit), widget
    row = dialog.models.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "in use" in row
