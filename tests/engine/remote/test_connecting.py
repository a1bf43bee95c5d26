"""Connecting: what a server is found to be able to do, and what is said if it cannot be used."""

import socket
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from engine.api import (
    Cancel,
    CanvasUpdated,
    Connect,
    Failed,
    FailureKind,
    Finished,
    Length,
    LengthMode,
    Load,
    Loading,
    Ready,
)
from engine.remote.address import is_on_this_machine, normalised
from engine.remote.errors import ServerError
from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import CANVAS, StandIn


def test_a_diffusion_server_is_known_by_how_it_refuses(editor, server) -> None:
    model = editor.connect(server).model
    assert (model.name, model.server) == ("toy-diffusion", server.address)
    assert (model.canvas_length, model.max_denoising_steps) == (CANVAS, 48)
    assert model.takes_instructions
    assert model.served == ("toy-diffusion", "other")
    assert [event.stage for event in editor.of(1, Loading)] == [
        "Asking the server",
        "Looking for a canvas",
    ]


@pytest.mark.parametrize("does", [{"takes_canvas": False}, {"has_tokenize": False}])
def test_a_server_without_canvases_or_tokens_is_a_plain_one(editor, server, does) -> None:
    for name, value in does.items():
        setattr(server.does, name, value)
    model = editor.connect(server).model
    assert (model.canvas_length, model.max_denoising_steps) == (0, 0)


def test_connecting_writes_few_tokens_for_each_question(editor, server) -> None:
    server.does.takes_canvas = False
    editor.connect(server)
    bodies = [asked.body for asked in server.asked]
    budgets = [body.get("max_tokens", body.get("n_predict")) for body in bodies]
    # A canvas, the two ways of a gap, a completion, a chat.
    assert budgets == [1, 8, 8, 1, 16]
    assert [event.stage for event in editor.of(1, Loading)] == [
        "Asking the server",
        "Looking for a canvas",
        "Looking how it fills gaps",
        "Looking how it answers in a chat",
    ]


def test_a_model_that_is_still_talking_is_not_waited_for(editor, server) -> None:
    """Whether it was thinking is found out by its first answer, of which nothing is shown before.

    Only a long text is worth a question of its own.
    """
    server.does.takes_canvas = server.does.completes = False
    server.does.finish, server.does.text = "length", "I wonder"
    editor.connect(server)
    server.does.finish, server.does.text = "stop", "A fox jumps.</think>jumped"
    assert editor.generate(instruction="livelier").text == "jumped"
    assert {event.text for event in editor.of(2, CanvasUpdated)} == {"jumped"}
    chats = [asked.body for asked in server.asked if asked.path == "/v1/chat/completions"]
    assert [body["max_tokens"] for body in chats] == [16, 32]
    editor.generate(3, instruction="livelier")
    assert (
        server.bodies("/v1/chat/completions")[-1]["max_tokens"] == 4096 // 2
    )  # room to think, of the context


def test_a_long_text_is_streamed_after_one_question(editor, server) -> None:
    server.does.takes_canvas = server.does.completes = False
    server.does.finish, server.does.text = "length", "I wonder"
    editor.connect(server)
    length = Length(mode=LengthMode.WORDS, count=100)
    editor.generate(instruction="livelier", length=length)
    chats = [asked.body for asked in server.asked if asked.path == "/v1/chat/completions"]
    assert [body["max_tokens"] for body in chats] == [16, 256, 300]


def test_the_key_goes_along_and_is_never_shown(editor, server) -> None:
    server.does.key = "sk-secret"
    assert isinstance(editor.connect(server, key="sk-secret"), Ready)
    assert isinstance(editor.generate(), Finished)
    assert {asked.headers["Authorization"] for asked in server.asked} == {"Bearer sk-secret"}
    assert "sk-secret" not in repr(Connect(job_id=1, address="x", key="sk-secret"))


def test_a_model_can_be_chosen(editor, server) -> None:
    assert editor.connect(server, model="other").model.name == "other"
    editor.generate()
    assert server.bodies("/v1/completions")[0]["model"] == "other"


def failure(editor: Editor, server: StandIn, **fields: str) -> str:
    """Return what is said of a server that cannot be used."""
    failed = editor.connect(server, **fields)
    assert isinstance(failed, Failed)
    assert failed.kind is FailureKind.SERVER
    return failed.message


def test_an_unknown_model_is_told_with_those_there_are(editor, server) -> None:
    message = failure(editor, server, model="gone")
    assert "no model called gone" in message
    assert "toy-diffusion, other" in message


def test_a_wrong_key_is_told(editor, server) -> None:
    server.does.key = "right"
    assert "wants a key" in failure(editor, server, key="wrong")


@pytest.mark.parametrize("key", ["a b", "ключ", "a\nb"])
def test_what_cannot_be_a_key_is_not_sent(editor, server, key) -> None:
    assert "Copy it again" in failure(editor, server, key=key)


def test_a_server_without_models_is_none(editor, server) -> None:
    server.does.models = ()
    assert "names no model" in failure(editor, server)


def test_a_model_that_writes_nothing_is_told(editor, server) -> None:
    server.does.takes_canvas = server.does.completes = server.does.chats = False
    assert "completes no text" in failure(editor, server)


def test_nobody_at_home_is_told(editor, server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "no connection to" in failure(editor, server, address=address)


def test_a_name_nobody_knows_is_told(editor, server) -> None:
    assert "no connection to" in failure(editor, server, address="http://nowhere.invalid")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("localhost:8000", "http://localhost:8000"),
        (" http://gpu.example.org:8000/v1/ ", "http://gpu.example.org:8000"),
        ("https://example.org/inlay/v1", "https://example.org/inlay"),
        ("127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses_are_taken_as_people_write_them(written, address) -> None:
    assert normalised(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "gpu.example.org",
        "ftp://x",
        "http://",
        "http://a b",
        "http://x:port",
        "http://x:99999999",
        "http://[::",
        "http://name:word@host",
        "http://host/?q=1",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_address_is_refused(written) -> None:
    with pytest.raises(ServerError):
        normalised(written)


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("http://localhost:1", True),
        ("http://127.0.0.2", True),
        ("http://[::1]", True),
        ("http://192.168.0.1", False),
        ("http://localhost.example.org", False),
    ],
)
def test_only_this_machine_is_this_machine(address, is_here) -> None:
    assert is_on_this_machine(address) is is_here


def test_connecting_can_be_stopped(editor, server) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # takes the connection and says nothing
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        editor.engine.submit(Connect(job_id=5, address=address))
        editor.wait(5, (Loading,))
        editor.engine.submit(Cancel(job_id=5))
        assert editor.wait(5).kind is FailureKind.STOPPED


def test_a_failed_connection_leaves_the_one_there_was(editor, server) -> None:
    editor.connect(server)
    failure(editor, server, model="gone", job_id=2)
    editor.engine.submit(Load(job_id=3, folder="/no/such/folder"))
    assert isinstance(editor.wait(3), Failed)
    assert isinstance(editor.generate(4), Finished)


def test_no_torch_is_needed() -> None:
    import subprocess

    code = "import sys, engine.remote; sys.exit('torch' in sys.modules or 'PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_nobody_pays_for_the_http_library_who_has_no_server() -> None:
    import subprocess

    code = "import sys, engine.service; sys.exit('httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_web_server_that_serves_no_models_is_told(editor: Editor) -> None:
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), quiet) as web:
        Thread(target=web.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{web.server_port}"
        editor.engine.submit(Connect(job_id=1, address=address))
        failed = editor.wait(1)
        web.shutdown()
    assert isinstance(failed, Failed)
    assert f"What answers at {address} is no server of models (HTTP 404" in failed.message
