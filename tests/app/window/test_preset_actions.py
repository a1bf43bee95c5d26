"""Presets in the menu: a tenth one replaces one of the nine, and names are never lost silently."""

import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QInputDialog, QLineEdit

from app.proposal.model.presets import Preset, Presets
from app.widgets import dialogs
from tests.app.house import House


@pytest.fixture
def presets(house: House) -> Presets:
    """Nine of them, called 1 to 9."""
    presets = house.tab.session.options.presets
    for number in range(1, 10):
        presets.keep(Preset(name=f"{number}", instruction=f"as {number}"))
    return presets


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Answer the questions for a name, and for one of several; return what was asked."""

    def give(*names: str, number: int | None = None) -> list[str]:
        asked: list[str] = []
        given: Iterator[str] = iter(names)

        def ask_name(_window: object, _title: str, question: str, now: str = "") -> str:
            asked.append(question)
            return next(given)

        def ask_one(_window: object, _title: str, question: str, names: list[str]) -> int | None:
            asked.append(f"{question} {len(names)}")
            return number

        monkeypatch.setattr(dialogs, "ask_name", ask_name)
        monkeypatch.setattr(dialogs, "ask_one", ask_one)
        return asked

    return give


def names(presets: Presets) -> str:
    return " ".join(one.name for one in presets.all)


def test_where_all_are_taken_it_is_asked_which_one_is_replaced(
    house: House, presets: Presets, answer: Callable[..., list[str]]
) -> None:
    house.tab.session.options.change(instruction="as a poem")
    asked = answer("poem", number=2)
    action = house.window.shortcuts.actions["preset_save"]
    assert action.isEnabled()
    action.trigger()
    assert asked[1] == "There is room for 9 presets. Which one is replaced? 9"
    assert names(presets) == "1 2 poem 4 5 6 7 8 9"
    assert presets.all[2].instruction == "as a poem"
    assert house.window.shortcuts.actions["preset_3"].text() == "poem"
    assert json.loads(house.settings.presets)[2]["name"] == "poem"


def test_one_of_the_same_name_is_replaced_without_a_question(
    house: House, presets: Presets, answer: Callable[..., list[str]]
) -> None:
    house.tab.session.options.change(instruction="as a poem")
    asked = answer("5")
    house.window.shortcuts.actions["preset_save"].trigger()
    assert len(asked) == 1
    assert names(presets) == "1 2 3 4 5 6 7 8 9"
    assert presets.all[4].instruction == "as a poem"


def test_who_would_rather_not_replaces_none(
    house: House, presets: Presets, answer: Callable[..., list[str]]
) -> None:
    answer("poem", number=None)
    house.window.shortcuts.actions["preset_save"].trigger()
    assert names(presets) == "1 2 3 4 5 6 7 8 9"


def test_a_name_that_another_one_has_is_asked_for_again(
    house: House, presets: Presets, answer: Callable[..., list[str]]
) -> None:
    asked = answer("4", "four", number=2)
    house.window.shortcuts.actions["preset_rename"].trigger()
    assert asked[1:] == ["Its new name:", "Another one is called so. Its new name:"]
    assert names(presets) == "1 2 four 4 5 6 7 8 9"


@pytest.mark.parametrize(
    ("instruction", "proposed"),
    [
        ("as a poem", "As a poem"),
        ("as 5, but with more of everything", "As 5, but with"),
        ("  shorter,\n please!  ", "Shorter, please"),
        ("extraordinarily incomprehensibilities abound", "Extraordinarily"),
        ("as a limerick", "As a limerick 2"),  # another one is called so
        ("", ""),
    ],
)
def test_a_name_is_proposed_from_the_first_words(
    house: House, monkeypatch: pytest.MonkeyPatch, instruction: str, proposed: str
) -> None:
    options = house.tab.session.options
    options.presets.keep(Preset(name="As a limerick", instruction="as a limerick about lamps"))
    asked: list[str] = []
    monkeypatch.setattr(dialogs, "ask_name", lambda *given: asked.append(given[3]) or "")
    options.change(instruction=instruction)
    house.window.shortcuts.actions["preset_save"].trigger()
    assert asked == [proposed]


def test_what_is_proposed_for_a_preset_that_is_kept_again_is_its_name(house: House) -> None:
    presets = house.tab.session.options.presets
    presets.keep(Preset(name="As a poem", instruction="as a poem"))
    assert presets.name_for("as a poem") == "As a poem"  # which it replaces


def test_what_is_proposed_is_selected(house: House) -> None:
    seen: list[str] = []

    def look() -> None:
        dialog = house.window.findChildren(QInputDialog)[-1]
        seen.append(dialog.findChildren(QLineEdit)[0].selectedText())
        dialog.reject()

    QTimer.singleShot(0, look)
    house.window.show()
    house.tab.session.options.change(instruction="as a poem")
    house.window.shortcuts.actions["preset_save"].trigger()
    assert seen == ["As a poem"]


def test_one_is_removed(house: House, presets: Presets, answer: Callable[..., list[str]]) -> None:
    answer(number=0)
    house.window.shortcuts.actions["preset_remove"].trigger()
    assert names(presets) == "2 3 4 5 6 7 8 9"
