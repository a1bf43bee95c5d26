"""Converted copies in the models dialog: what they are called, and how they go."""

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.models import questions
from app.models.model_list import STATE
from app.models.models_dialog import ModelsDialog
from engine.hub.converted import MANIFEST, ORIGIN, RESIDENT, converted_folder
from tests.app.house import House
from tests.app.models.conftest import choose
from tests.app.models.test_keeper import ready


def make_copy(name: str, files: dict[str, object]) -> Path:
    """Put a copy of 300 kB beside the others, whole or begun."""
    folder = converted_folder() / name
    folder.mkdir(parents=True)
    (folder / RESIDENT).write_bytes(b"x" * 300_000)
    for file, values in files.items():
        (folder / file).write_text(json.dumps(values))
    return folder


@pytest.fixture
def copies(qtbot: QtBot, dialog: ModelsDialog, house: House) -> list[str]:
    """The keys of a whole, a begun and an old copy, beside a model that is loaded."""
    ready(house)
    folders = [
        make_copy("a-int8-int8-int8-v1", {MANIFEST: {"version": 1}, ORIGIN: {"name": "tuned"}}),
        make_copy("b-int4-int8-int8-v1", {"journal.jsonl": [], ORIGIN: {"name": "tuned"}}),
        make_copy("c-int4-int4-int8-v0", {MANIFEST: {"version": 0, "source": "older"}}),
    ]
    dialog.local_models.look()
    qtbot.waitUntil(lambda: len(dialog.models.entries) == 5)
    return [f"copy:{folder}" for folder in folders]


def test_each_says_what_it_is(dialog: ModelsDialog, copies: list[str]) -> None:
    entries = [dialog.models.entry(key) for key in copies]
    assert [entry.title for entry in entries if entry] == [
        *("Copy of tuned", "Copy of tuned", "Copy of older"),
    ]
    states = [str(dialog.models.index(dialog.models.row_of(key)).data(STATE)) for key in copies]
    assert [state.partition(" · ")[0] for state in states] == [
        *("converted", "unfinished", "by another version of Inlay, of no use"),
    ]
    words = ["nobody reads it", "(int4-int8-int8), and not finished", "(int8-int8-int8) when"]
    for key, part in zip(reversed(copies), words, strict=True):
        choose(dialog, key)
        assert part in dialog.details.about.text()
    choose(dialog, copies[1])
    assert not dialog.details.delete.isHidden()
    for button in (dialog.details.use, dialog.details.download, dialog.details.verify):
        assert button.isHidden()


@pytest.mark.parametrize("is_sure", [True, False])
def test_an_unfinished_one_is_deleted_when_asked(
    qtbot: QtBot,
    dialog: ModelsDialog,
    copies: list[str],
    monkeypatch: pytest.MonkeyPatch,
    is_sure: bool,
) -> None:
    monkeypatch.setattr(questions, "ask_delete_copy", lambda *_: is_sure)
    choose(dialog, copies[1])
    with qtbot.waitSignal(
        dialog.local_models.found, raising=is_sure, timeout=5000 if is_sure else 200
    ):
        dialog.details.delete.click()
    left = {folder.name[0] for folder in converted_folder().iterdir()}
    assert left == ({"a", "c"} if is_sure else {"a", "b", "c"})


def test_none_is_deleted_while_a_model_is_loaded_from_it_or_into_it(
    dialog: ModelsDialog, copies: list[str], house: House
) -> None:
    house.window.keeper.use(Path("elsewhere"))
    choose(dialog, copies[1])
    assert not dialog.details.delete.isEnabled()
