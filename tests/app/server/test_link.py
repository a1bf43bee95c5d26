"""Which server is used: entered, remembered, left; its key in the keyring."""

import json
from collections.abc import Iterator
from dataclasses import replace

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringError, PasswordDeleteError
from pytestqt.qtbot import QtBot

from app.engine_model import EngineModel
from app.server import KnownServer, ServerLink
from app.server.known import remember
from app.settings import Settings
from app.system.secrets import SecretsError, read_secret, store_secret
from engine.api import Connect, Event, Failed, FailureKind, ModelInfo, Ready
from tests.app.house import MODEL, House

ADDRESS = "http://gpu:8000"
SERVER = ModelInfo(
    name="big",
    folder=ADDRESS,
    parameters=0,
    bytes=0,
    device="server",
    dtype="",
    canvas_length=256,
    max_denoising_steps=48,
    server=ADDRESS,
    served=("big", "small"),
)


class Keys(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, str] = {}
        self.is_locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_locked:
            raise KeyringError("locked")
        return self.held.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.is_locked:
            raise KeyringError("locked")
        self.held[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if username not in self.held:
            raise PasswordDeleteError("none")
        del self.held[username]


@pytest.fixture(autouse=True)
def keys() -> Iterator[Keys]:
    """The keyring of the desktop."""
    before, keys = keyring.get_keyring(), Keys()
    keyring.set_keyring(keys)
    yield keys
    keyring.set_keyring(before)


class LinkUnderTest:
    """A link whose engine the test plays."""

    def __init__(self, settings: Settings) -> None:
        self.engine, self.settings = EngineModel(), settings
        self.asked: list[Connect] = []
        ids = iter(range(1, 100))
        self.link = ServerLink(settings, self.engine, self.asked.append, ids.__next__)
        self.messages: list[str] = []
        self.link.message.connect(self.messages.append)

    def answer(self, event: Event) -> None:
        self.engine.handle(event)
        self.link.handle(event)

    def accept(self, model: ModelInfo = SERVER) -> None:
        self.answer(Ready(job_id=self.asked[-1].job_id, model=model))

    def refuse(self) -> None:
        kind, job_id = FailureKind.SERVER, self.asked[-1].job_id
        self.answer(Failed(job_id=job_id, kind=kind, message="no"))


@pytest.fixture
def widgets(qtbot: QtBot, house: House) -> LinkUnderTest:
    return LinkUnderTest(house.settings)


def test_no_server_is_used_unless_one_is_entered(widgets) -> None:
    assert widgets.link.address == ""
    widgets.link.wake()
    assert widgets.asked == []


def test_a_server_that_answers_is_remembered_and_its_key_kept(qtbot, widgets, keys) -> None:
    widgets.link.connect_to(KnownServer(address="gpu:8000"), key="sk-1")
    assert (widgets.asked[0].address, widgets.asked[0].key) == ("gpu:8000", "sk-1")
    widgets.accept()
    assert (widgets.settings.server_address, widgets.settings.server_model) == (ADDRESS, "big")
    qtbot.waitUntil(lambda: keys.held == {ADDRESS: "sk-1"})
    widgets.settings.sync()
    assert "sk-1" not in widgets.settings.path.read_text()


def test_the_next_run_takes_the_key_from_the_keyring(qtbot, widgets, keys) -> None:
    keys.held[ADDRESS] = "sk-1"
    widgets.settings.server_address, widgets.settings.server_model = ADDRESS, "small"
    widgets.link.reconnect()
    qtbot.waitUntil(lambda: len(widgets.asked) == 1)
    asked = widgets.asked[0]
    assert (asked.address, asked.model, asked.key) == (ADDRESS, "small", "sk-1")


def test_a_server_that_fails_is_not_remembered_and_its_key_not_kept(qtbot, widgets, keys) -> None:
    widgets.link.connect_to(KnownServer(address=ADDRESS), key="sk-1")
    widgets.accept()
    qtbot.waitUntil(lambda: ADDRESS in keys.held)
    widgets.link.connect_to(KnownServer(address="http://other"), key="sk-2")
    widgets.refuse()
    assert widgets.settings.server_address == ADDRESS
    assert keys.held == {ADDRESS: "sk-1"}


def test_a_model_on_this_computer_ends_it(widgets) -> None:
    widgets.link.connect_to(KnownServer(address=ADDRESS), key="")
    widgets.accept()
    widgets.engine.notify_submitted(50)
    widgets.answer(Ready(job_id=50, model=MODEL))
    assert widgets.settings.server_address == ""


def test_a_server_that_was_away_is_tried_again_with_the_next_request(qtbot, widgets) -> None:
    widgets.settings.server_address = ADDRESS
    widgets.link.reconnect()
    qtbot.waitUntil(lambda: len(widgets.asked) == 1)
    widgets.refuse()
    widgets.link.wake()
    assert len(widgets.asked) == 2
    widgets.link.wake()  # while that is going on
    assert len(widgets.asked) == 2


def test_a_locked_keyring_is_told_and_the_server_asked_without_a_key(qtbot, widgets, keys) -> None:
    keys.is_locked = True
    widgets.link.connect_to(KnownServer(address=ADDRESS))
    qtbot.waitUntil(lambda: len(widgets.asked) == 1)
    assert "Unlock it" in widgets.messages[0]
    assert widgets.asked[0].key == ""


def test_a_desktop_without_a_keyring_says_that_the_key_is_not_kept() -> None:
    keyring.set_keyring(NoKeyring())
    assert read_secret("x") == ""
    store_secret("x", "")
    with pytest.raises(SecretsError, match="not kept"):
        store_secret("x", "sk-1")


def test_an_empty_key_is_forgotten(keys) -> None:
    keys.held["x"] = "sk-1"
    store_secret("x", "")
    store_secret("y", "")
    assert keys.held == {}


def test_several_servers_are_remembered_each_with_its_key(qtbot, widgets, keys) -> None:
    widgets.link.connect_to(KnownServer(address=ADDRESS), key="sk-1")
    widgets.accept()
    other = replace(SERVER, server="http://other", folder="http://other", name="small")
    widgets.link.connect_to(KnownServer(address="http://other", wants_reasoning=True), key="sk-2")
    assert widgets.asked[-1].wants_reasoning
    widgets.accept(other)
    assert widgets.link.known == (
        KnownServer(address="http://other", model="small", wants_reasoning=True),
        KnownServer(address=ADDRESS, model="big"),
    )
    qtbot.waitUntil(lambda: keys.held == {ADDRESS: "sk-1", "http://other": "sk-2"})
    widgets.link.reconnect()
    assert (widgets.asked[-1].model, widgets.asked[-1].wants_reasoning) == ("small", True)


def test_a_server_is_forgotten_with_its_key(qtbot, widgets, keys) -> None:
    widgets.link.connect_to(KnownServer(address=ADDRESS), key="sk-1")
    widgets.accept()
    qtbot.waitUntil(lambda: ADDRESS in keys.held)
    widgets.link.forget(ADDRESS)
    qtbot.waitUntil(lambda: not keys.held)
    assert widgets.link.known == ()


def test_what_was_found_out_of_a_server_is_handed_back_later(qtbot, widgets, keys) -> None:
    widgets.link.connect_to(KnownServer(address=ADDRESS), key="")
    assert widgets.asked[-1].known == ""
    widgets.answer(Ready(job_id=widgets.asked[-1].job_id, model=SERVER, known="it chats"))
    later = LinkUnderTest(Settings(widgets.settings.path))
    later.link.reconnect()
    qtbot.waitUntil(lambda: len(later.asked) == 1)
    assert (later.asked[-1].address, later.asked[-1].known) == (ADDRESS, "it chats")
    later.link.connect_to(KnownServer(address=ADDRESS), key="")  # as by the button
    assert later.asked[-1].known == ""


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("http://127.0.0.1:8000", "http://localhost:8000", True),
        ("http://[::1]:8000/llm", "http://LOCALHOST:8000/llm", True),
        ("http://127.0.0.1:8000", "http://localhost:8001", False),
        ("http://127.0.0.1:8000", "https://localhost:8000", False),
        ("http://gpu:8000", "http://127.0.0.1:8000", False),
    ],
)
def test_this_machine_is_listed_by_one_of_its_names(widgets, one, other, is_same) -> None:
    remember(widgets.settings, KnownServer(address=one, model="a"))
    remember(widgets.settings, KnownServer(address=other, model="b"))
    assert [server.model for server in widgets.link.known] == ["b", "a"][: 2 - is_same]


def test_a_server_listed_twice_by_an_older_version_is_listed_once(widgets) -> None:
    names = [{"address": f"http://{host}:1", "model": "m"} for host in ("localhost", "127.0.0.1")]
    widgets.settings.servers = json.dumps(names)
    assert [server.address for server in widgets.link.known] == ["http://localhost:1"]


def test_a_server_of_this_machine_is_forgotten_by_any_name(qtbot, widgets, keys) -> None:
    keys.held["http://localhost:1"] = "sk-1"
    remember(widgets.settings, KnownServer(address="http://localhost:1"))
    widgets.link.forget("http://127.0.0.1:1")
    qtbot.waitUntil(lambda: not keys.held)
    assert widgets.link.known == ()


@pytest.mark.parametrize("text", ["nonsense", "{}", "[1]", '[{"address": 1}]', '[{"model": "x"}]'])
def test_a_list_that_somebody_has_damaged_is_none(widgets, text) -> None:
    widgets.settings.servers = text
    assert widgets.link.known == ()
