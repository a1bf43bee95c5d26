"""A server that speaks as vLLM does, with a model made of a few lines of Python."""

import json
import re
import select
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.engine.remote.vllm_contract import refusal

CANVAS = 32  # tokens
VOCABULARY = 5000
SPECIAL = ("<|turn>", "<turn|>", "<|channel>", "<channel|>", "<pad>")
BROKEN = b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'
_TOKEN = re.compile("|".join(map(re.escape, SPECIAL)) + r"| ?\w+| ?[^\w\s]|\s")


class Tokens:
    """A tokenizer that learns its vocabulary as it goes."""

    def __init__(self) -> None:
        self.pieces = list(SPECIAL)

    def encode(self, text: str) -> list[int]:
        return [self._id(piece) for piece in _TOKEN.findall(text)]

    def piece(self, token: int) -> str:
        return self.pieces[token] if token < len(self.pieces) else f"⟨{token}⟩"

    def _id(self, piece: str) -> int:
        if piece not in self.pieces:
            self.pieces.append(piece)
        return self.pieces.index(piece)


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up, as those do that cancel."""


@dataclass
class Behaviour:
    """What the server can do, and what goes wrong with it."""

    takes_canvas: bool = True
    has_narrow_canvas: bool = True  # a request may ask for a shorter one
    forgets_pins: bool = False  # and sends back what it would have put there, as vLLM does
    has_tokenize: bool = True
    takes_suffix: bool = False
    chats: bool = True
    completes: bool = True
    streams: bool = True
    models: tuple[str, ...] = ("toy-diffusion", "other")
    key: str = ""
    text: str = " jumped over it"  # what it writes, again and again in a canvas
    finish: str = "stop"  # why it says that it has ended
    status: int = 0  # with which it refuses all but the list of models
    error: str = "no"
    garbage: bytes = b""  # in the place of every answer but the list of models
    cuts_off: bool = False  # closes the connection in the middle of a stream
    breaks: bool = False  # sends an error in the middle of one
    stalls_at: int = -1  # sends so many pieces, and then nothing any more
    only_after: int = 0  # requests that go well before any of this goes wrong


@dataclass
class Asked:
    """One request."""

    path: str
    body: dict
    headers: dict[str, str] = field(repr=False)


class StandIn:
    """The server, in threads of its own."""

    def __init__(self) -> None:
        self.does = Behaviour()
        self.tokens = Tokens()
        self.asked: list[Asked] = []
        self.is_stalled = threading.Event()
        self.was_left = threading.Event()  # a client closed the connection while it waited
        outer = self

        class Handler(_Handler):
            server_model = outer

        self._http = _QuietServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = False
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def bodies(self, path: str) -> list[dict]:
        """Return what was asked at a path, without the questions of connecting."""
        found = [asked.body for asked in self.asked if asked.path == path]
        return [body for body in found if body.get("stream")]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server_model: StandIn

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        does = self.server_model.does
        if not self._may():
            return
        if self.path == "/v1/models":
            data = [{"id": name, "max_model_len": 4096} for name in does.models]
            self._send(200, {"object": "list", "data": data})
        else:
            self._send(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server, does = self.server_model, self.server_model.does
        server.asked.append(Asked(self.path, body, dict(self.headers)))
        goes_wrong = len(server.asked) > does.only_after
        if not self._may():
            return
        if does.status and goes_wrong:
            self._send(does.status, {"error": {"message": does.error, "code": does.status}})
        elif does.garbage and goes_wrong:
            self._raw(does.garbage)
        elif body.get("model") not in does.models:
            self._send(404, {"error": {"message": "The model does not exist.", "code": 404}})
        elif self.path == "/tokenize" and does.has_tokenize:
            self._tokenize(body)
        elif self.path == "/v1/completions" and does.completes:
            self._complete(body)
        elif self.path == "/v1/chat/completions" and does.chats:
            self._write(body, [does.text], is_chat=True)
        else:
            self._send(404, {"detail": "Not Found"})

    def _may(self) -> bool:
        key = self.server_model.does.key
        if key and self.headers.get("Authorization") != f"Bearer {key}":
            self._send(401, {"error": "Unauthorized"})
            return False
        return True

    def _tokenize(self, body: dict) -> None:
        if "messages" in body:
            text = f"<|turn>user\n{body['messages'][0]['content'].strip()}<turn|>\n<|turn>model\n"
        else:
            text = body["prompt"]
        ids = self.server_model.tokens.encode(text)
        self._send(200, {"count": len(ids), "max_model_len": 4096, "tokens": ids})

    def _complete(self, body: dict) -> None:
        does, xargs = self.server_model.does, body.get("vllm_xargs") or {}
        if does.takes_canvas:
            known = dict(body, vllm_xargs=dict(xargs))
            if not does.has_narrow_canvas:
                known["vllm_xargs"].pop("diffusion_canvas_length", None)
            if wrong := refusal(known, CANVAS, VOCABULARY):
                self._refuse(wrong)
            elif "diffusion_seed_canvas" in xargs:
                self._denoise(body, xargs)
            else:
                self._write(body, re.findall(r"\s?\S+", does.text), is_chat=False)
        elif body.get("suffix") is not None and not does.takes_suffix:
            self._refuse("suffix is not currently supported")
        else:
            # The one gap that it is tried with.
            text = "5, 6" if body.get("suffix", "").startswith(", 7, 8") else does.text
            self._write(body, re.findall(r"\s?\S+", text), is_chat=False)

    def _denoise(self, body: dict, xargs: dict) -> None:
        """Fill the free slots with the model's one text; stop where the turn ends."""
        tokens, does = self.server_model.tokens, self.server_model.does
        own, pinned = tokens.encode(does.text), set(xargs.get("diffusion_pinned", ()))
        pinned = set() if does.forgets_pins else pinned
        canvas = list(xargs["diffusion_seed_canvas"])
        free = [slot for slot in range(len(canvas)) if slot not in pinned]
        for number, slot in enumerate(free):
            canvas[slot] = own[number % len(own)]
        ids = canvas[: body["max_tokens"]]
        finish = "length"
        if tokens.encode("<turn|>")[0] in ids:
            ids, finish = ids[: ids.index(tokens.encode("<turn|>")[0])], "stop"
        pieces = [tokens.piece(token) for token in ids]
        choice = {
            "index": 0,
            "text": "".join(pieces),
            "token_ids": ids,
            "logprobs": {
                "tokens": pieces,
                "token_logprobs": [-0.1] * len(ids),
                "top_logprobs": [{piece: -0.1, " else": -2.4} for piece in pieces],
            },
            "finish_reason": finish,
        }
        self._answer(body, [choice])

    def _write(self, body: dict, parts: list[str], *, is_chat: bool) -> None:
        does = self.server_model.does
        is_streamed = does.streams and body.get("stream")
        if not is_streamed:
            parts = ["".join(parts)]
        name = "delta" if is_streamed else "message"
        choices = [
            {name: {"content": part}} if is_chat else {"text": part} for part in parts if part
        ]
        for number, choice in enumerate(choices):
            choice["finish_reason"] = does.finish if number == len(choices) - 1 else None
        self._answer(body, choices)

    def _answer(self, body: dict, choices: list[dict]) -> None:
        does = self.server_model.does
        if not (does.streams and body.get("stream")):
            self._send(200, {"choices": choices})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        for number, event in enumerate(_events(choices)):
            if number == does.stalls_at:
                self._stall()
                return
            if number and does.cuts_off:
                return
            self.wfile.write(BROKEN if does.breaks else event)
            self.wfile.flush()

    def _stall(self) -> None:
        """Wait until the client has closed the connection."""
        self.server_model.is_stalled.set()
        readable, _, _ = select.select([self.connection], [], [], 30)
        if readable and self._is_left():
            self.server_model.was_left.set()

    def _is_left(self) -> bool:
        try:
            return self.connection.recv(1) == b""
        except ConnectionResetError:  # closed before it had read what was sent to it
            return True

    def _refuse(self, message: str) -> None:
        error = {"message": message, "type": "BadRequestError", "code": 400}
        self._send(400, {"error": error})

    def _send(self, status: int, value: dict) -> None:
        self._raw(json.dumps(value).encode(), status)

    def _raw(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _events(choices: list[dict]) -> Iterator[bytes]:
    for choice in choices:
        yield b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"
