import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.widgets.message_bar import Message, Severity
from app.window import updates
from app.window.updates import OPTION, Release, UpdateNotice, read_release, releases_address

ADDRESS = "https://releases.invalid/latest"
PAGE = "https://releases.invalid/v9"


class World:
    """A publisher who counts who asks, and a user who reads messages."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(folder / "settings.ini")
        self.asked: list[str] = []
        self.answer: Release | Exception = Release("99.0.0", PAGE)
        self.messages: list[Message] = []
        self.notice = UpdateNotice(self.settings, self.fetch)
        self.notice.message.connect(self.messages.append)

    def fetch(self, address: str) -> Release:
        self.asked.append(address)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(updates, "releases_address", lambda: ADDRESS)
    world = World(tmp_path)
    yield world
    world.notice.deleteLater()


def test_nobody_is_asked_unless_the_user_turns_it_on(world: World, qtbot: QtBot) -> None:
    world.notice.look()
    world.settings.set_value("white_space", True)
    qtbot.wait(50)
    assert world.asked == []
    assert not world.settings.is_on(OPTION)


def test_a_whole_window_opens_no_connection_while_it_is_off(house: object, qtbot: QtBot) -> None:
    asked: list[str] = []
    is_on = [True]

    def listen(event: str, _: object) -> None:
        if is_on[0] and event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
            asked.append(event)

    sys.addaudithook(listen)  # cannot be taken away again
    with qtbot.waitSignal(house.window.first_painted):  # type: ignore[attr-defined]
        house.window.show()  # type: ignore[attr-defined]
    qtbot.wait(50)
    is_on[0] = False
    assert asked == []


def test_a_newer_version_is_told_with_its_page(world: World, qtbot: QtBot) -> None:
    with qtbot.waitSignal(world.notice.message):
        world.settings.set_value(OPTION, True)
    assert world.asked == [ADDRESS]
    assert "99.0.0" in world.messages[0].text
    assert PAGE in world.messages[0].text


def test_it_asks_once_a_day(world: World, qtbot: QtBot) -> None:
    with qtbot.waitSignal(world.notice.message):
        world.settings.set_value(OPTION, True)
    world.notice.look()
    qtbot.wait(50)
    assert len(world.asked) == 1
    assert world.settings.updates_seen == datetime.now(UTC).date().isoformat()
    world.settings.updates_seen = "2001-01-01"
    with qtbot.waitSignal(world.notice.message):
        world.notice.look()
    assert len(world.asked) == 2


def test_the_newest_version_is_not_news(world: World, qtbot: QtBot) -> None:
    world.answer = Release("0.0.1", PAGE)
    with qtbot.waitSignal(world.notice.message):
        world.settings.set_value(OPTION, True)
    assert "newest" in world.messages[0].text
    world.settings.updates_seen = ""
    world.notice.look()
    qtbot.waitUntil(lambda: len(world.asked) == 2 and world.settings.updates_seen != "")
    assert len(world.messages) == 1


def test_a_silent_publisher_is_told_only_to_who_has_just_asked(world: World, qtbot: QtBot) -> None:
    world.answer = OSError("no route")
    with qtbot.waitSignal(world.notice.message):
        world.settings.set_value(OPTION, True)
    assert world.messages[0].severity is Severity.WARNING
    assert "no route" in world.messages[0].text
    world.notice.look()
    qtbot.waitUntil(lambda: len(world.asked) == 2)
    qtbot.wait(50)
    assert len(world.messages) == 1


def test_a_copy_without_an_address_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "releases_address", lambda: None)
    world.settings.set_value(OPTION, True)
    assert "was not made by a release" in world.messages[0].text
    assert world.asked == []


@pytest.mark.parametrize(
    ("text", "address"),
    [(f"{ADDRESS}\n", ADDRESS), ("http://plain.invalid", None), ("file:///etc/passwd", None)],
)
def test_only_an_encrypted_address_is_taken(
    text: str, address: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "releases.txt").write_text(text)
    monkeypatch.setattr(updates, "resource_path", lambda name: tmp_path / name)
    assert releases_address() == address


def test_an_answer_is_read() -> None:
    answer = json.dumps({"tag_name": "v1.2.3", "html_url": PAGE}).encode()
    assert read_release(answer) == Release("1.2.3", PAGE)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"tag_name": "nightly", "html_url": "https://a.invalid"}',
        b'{"tag_name": "v1.2", "html_url": "javascript:alert(1)"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_no_release_is_refused(answer: bytes) -> None:
    with pytest.raises(OSError, match="no release"):
        read_release(answer)
