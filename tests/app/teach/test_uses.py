"""Which adapter a document is written with."""

from pathlib import Path

import pytest

from app.settings import Settings
from app.teach.uses import AdapterUses
from engine.adapters import adapters_folder

FOLDER, INNER = Path("/texts/notes"), Path("/texts/notes/old")
DOCUMENT = INNER / "a.md"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "settings.ini")


@pytest.fixture
def uses(settings: Settings) -> AdapterUses:
    return AdapterUses(settings)


def test_the_nearest_folder_around_a_document_says(uses) -> None:
    uses.use("notes", FOLDER)
    assert uses.name_for(DOCUMENT) == "notes"
    uses.use("old notes", INNER)
    assert uses.name_for(DOCUMENT) == "old notes"
    assert uses.name_for(FOLDER / "b.md") == "notes"
    assert uses.name_for(Path("/texts/other/b.md")) == ""
    assert uses.name_for(None) == ""


def test_a_document_of_its_own_comes_first(uses) -> None:
    uses.use("notes", FOLDER)
    uses.use("letters", DOCUMENT)
    assert uses.name_for(DOCUMENT) == "letters"
    assert uses.folder_for(DOCUMENT) == str(adapters_folder() / "letters")
    uses.leave(DOCUMENT)
    assert uses.name_for(DOCUMENT) == "notes"


def test_uses_follow_a_new_name_and_go_with_an_adapter(uses, qtbot) -> None:
    uses.use("a", FOLDER)
    uses.use("b", INNER)
    with qtbot.waitSignal(uses.changed):
        uses.rename("a", "c")
    assert uses.places("c") == [FOLDER]
    uses.forget("c")
    assert uses.name_for(FOLDER / "b.md") == ""
    assert uses.name_for(DOCUMENT) == "b"


def test_uses_are_kept(uses, settings) -> None:
    uses.use("ä & b", FOLDER)
    settings.sync()
    again = AdapterUses(Settings(settings.path))
    assert again.name_for(DOCUMENT) == "ä & b"


@pytest.mark.parametrize("text", ["{", "[]", '{"/texts/notes": ""}', "[" * 9999])
def test_settings_that_are_damaged_use_nothing(uses, settings, text) -> None:
    settings.adapter_uses = text
    assert uses.name_for(DOCUMENT) == ""
    uses.use("a", FOLDER)
    assert uses.name_for(DOCUMENT) == "a"
