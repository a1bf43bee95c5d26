"""A hub on this machine: it speaks as much of the protocol as the library's client asks for."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Faults:
    """What goes wrong; each counts its turns."""

    cuts: list[int] = field(default_factory=list)  # bytes after which the next streams are cut
    status: dict[str, int] = field(default_factory=dict)  # of a path's end
    error_code: str = ""
    claims: dict[str, int] = field(default_factory=dict)  # Content-Length of a file
    garbles: bool = False
    knows_ranges: bool = True
    large_files_at: str = ""  # the address of another server
    stalls_at: str = ""  # a path's end at which answers come to a halt
    stalls_in_body: bool = False  # and not before it


class StandIn:
    """Serves repositories from memory; large files are those of more than 1,000 bytes."""

    def __init__(self, **repos: dict[str, bytes]) -> None:
        self.repos = {name.replace("__", "/"): files for name, files in repos.items()}
        self.faults = Faults()
        self.requests: list[tuple[str, str, str, str]] = []  # method, path, Range, Authorization
        self.licence = "apache-2.0"
        self.is_stalled, self.goes_on = threading.Event(), threading.Event()
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        # A client that was stopped hangs up in the middle; that is its right.
        self._server.handle_error = lambda request, client_address: None
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def fetched(self, name: str) -> list[str]:
        """The ranges for which a file was asked."""
        return [
            r for method, path, r, _ in self.requests if method == "GET" and path.endswith(name)
        ]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.goes_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def is_large(data: bytes) -> bool:
    return len(data) > 1000


def etag(data: bytes) -> str:
    if is_large(data):
        return sha256(data).hexdigest()
    return sha1(b"blob %d\0" % len(data) + data).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: StandIn

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = self.path.partition("?")[0]
        headers = self.headers
        if not self.hub.faults.stalls_in_body:
            self._stall(path)
        self.hub.requests.append(
            (self.command, path, headers.get("Range", ""), headers.get("Authorization", ""))
        )
        status = next((s for end, s in self.hub.faults.status.items() if path.endswith(end)), 0)
        if status:
            code = (
                {"X-Error-Code": self.hub.faults.error_code} if self.hub.faults.error_code else {}
            )
            self._send(status, b"no", code)
        elif path.startswith("/api/models/"):
            self._describe(path.removeprefix("/api/models/").partition("/revision/")[0])
        else:
            self._serve(path)

    def _describe(self, repo: str) -> None:
        if repo not in self.hub.repos:
            return self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        files = [_sibling(name, data) for name, data in self.hub.repos[repo].items()]
        card = {"license": self.hub.licence}
        body = {"id": repo, "sha": COMMIT, "siblings": files, "gated": False, "cardData": card}
        return self._send(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _serve(self, path: str) -> None:
        repo, _, rest = path.lstrip("/").partition("/resolve/")
        name = rest.partition("/")[2]
        data = self.hub.repos.get(repo, {}).get(name)
        if data is None:
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        headers = {"ETag": f'"{etag(data)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if self.hub.faults.large_files_at and is_large(data):
            linked = {"X-Linked-Etag": f'"{etag(data)}"', "X-Linked-Size": str(len(data))}
            place = {"Location": self.hub.faults.large_files_at + self.path}
            return self._send(302, b"", {**headers, **linked, **place})
        wanted = self.headers.get("Range", "")
        if not wanted or not self.hub.faults.knows_ranges:
            return self._send(200, data, headers, name)
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(data):
            return self._send(416, b"", headers)
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return self._send(206, data[start:], headers, name)

    def _send(self, status: int, body: bytes, headers: dict[str, str], name: str = "") -> None:
        faults = self.hub.faults
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(faults.claims.get(name, len(body))))
        self.end_headers()
        if self.command == "HEAD":
            return
        if faults.garbles and name.endswith(".safetensors"):
            body = body[:-1] + bytes([body[-1] ^ 1])
        if faults.cuts and name and name.endswith(".safetensors"):
            body = body[: faults.cuts.pop(0)]
            self.close_connection = True
        self.wfile.write(body[:50_000])
        self._stall(name)
        self.wfile.write(body[50_000:])

    def _stall(self, path: str) -> None:
        faults = self.hub.faults
        if faults.stalls_at and path.endswith(faults.stalls_at):
            self.hub.is_stalled.set()
            self.hub.goes_on.wait(60)


def _sibling(name: str, data: bytes) -> dict[str, object]:
    file: dict[str, object] = {"rfilename": name, "size": len(data), "blobId": etag(data)[:40]}
    if is_large(data):
        file["lfs"] = {"sha256": etag(data), "size": len(data), "pointerSize": 130}
    return file


@contextmanager
def in_the_hubs_place(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """Let the library take a stand-in for the hub."""
    with hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.address)
        template = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        close_session()
        yield hub
    close_session()
