"""One large file, received so that every byte counts: cut, stopped or killed, it goes on."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx2
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session, hf_raise_for_status

from engine.hub.errors import wrong_size
from engine.hub.network_thread import STOPPED, Wait, produced_elsewhere
from engine.hub.source import HubError, RemoteFile, Stage, StoppedError
from engine.hub.verify import file_hash

log = logging.getLogger(__name__)
MAX_FAILURES = 6  # in a row, without a byte
READ_TIMEOUT_S = 15.0
CHUNK_BYTES = 1 << 18
TRANSIENT = (408, 429, 500, 502, 503, 504)
RANGE_NOT_SATISFIABLE = 416

Tell = Callable[[Stage, int], None]  # of so many bytes of this file
DiskError = Callable[[OSError, int], HubError]  # what to say, with so many bytes still to come


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Fetches files into unfinished ones that stay on disk until they are whole."""

    headers: Mapping[str, str]  # of every request; an access token, say
    tell: Tell
    wait: Wait
    disk_error: DiskError
    session: Callable[[], httpx2.Client] = get_session  # which knows when it must be offline
    first_wait_s: float = 1.0  # after a cut connection; doubled with each one in a row

    def receive(self, url: str, file: RemoteFile, partial: Path) -> None:
        """Fetch what `partial` lacks of a file, and compare the whole with its hash.

        Raises:
            HubError: If it cannot be had, or was stopped.
        """
        failures = 0
        while (start := size_of(partial)) < file.num_bytes:
            try:
                self._stream(url, file, partial, start)
            except (httpx2.TransportError, HfHubHTTPError) as error:
                failures = 0 if size_of(partial) > start else failures + 1
                self._judge(error, failures, file, partial)
            except OSError as error:
                raise self.disk_error(error, file.num_bytes - size_of(partial)) from error
        self._check(file, partial)

    def _stream(self, url: str, file: RemoteFile, partial: Path, start: int) -> None:
        with closing(produced_elsewhere(lambda: self._ask(url, start), self.wait)) as answer:
            response = next(answer)
            assert isinstance(response, httpx2.Response)
            if response.status_code != httpx2.codes.PARTIAL_CONTENT:
                start = 0  # a server that knows no ranges begins anew
            announced = response.headers.get("Content-Length", "")
            if announced.isdecimal() and start + int(announced) != file.num_bytes:
                partial.unlink(missing_ok=True)
                raise wrong_size(file, start + int(announced))
            self._write(answer, file, partial, start)

    def _ask(self, url: str, start: int) -> Iterator[httpx2.Response | bytes]:
        """Yield the response, then its bytes."""
        headers = {
            **self.headers,
            "Accept-Encoding": "identity",  # a compressed stream could not be resumed by its bytes
            "Connection": "close",  # nobody reads on where an answer was left, or was too long
        }
        if start:
            headers["Range"] = f"bytes={start}-"
        timeout = httpx2.Timeout(READ_TIMEOUT_S)
        with self.session().stream("GET", url, headers=headers, timeout=timeout) as response:
            hf_raise_for_status(response)
            yield response
            yield from response.iter_bytes(CHUNK_BYTES)

    def _write(
        self,
        chunks: Iterator[httpx2.Response | bytes],
        file: RemoteFile,
        partial: Path,
        start: int,
    ) -> None:
        size = start
        with partial.open("ab" if start else "wb") as out:
            for chunk in chunks:
                assert isinstance(chunk, bytes)
                size += len(chunk)
                if size > file.num_bytes:
                    out.truncate(0)
                    raise wrong_size(file, size)
                out.write(chunk)
                self.tell(Stage.FETCHING, size)
        if size < file.num_bytes:
            raise httpx2.RemoteProtocolError("the stream ended too early")

    def _judge(
        self,
        error: httpx2.TransportError | HfHubHTTPError,
        failures: int,
        file: RemoteFile,
        partial: Path,
    ) -> None:
        """Wait for another try, unless there is no use in one."""
        if isinstance(error, HfHubHTTPError):
            status = error.response.status_code
            if status == RANGE_NOT_SATISFIABLE:
                size = size_of(partial)
                partial.unlink()
                raise wrong_size(file, size) from error
            if status not in TRANSIENT:
                raise error
        if failures >= MAX_FAILURES:
            log.info("the connection broke: %s", error)
            raise HubError(
                f"The connection broke {failures} times in a row. What has come is kept: go on "
                "when the network is back."
            ) from error
        self.tell(Stage.WAITING, size_of(partial))
        if self.wait(self.first_wait_s * 2**failures):
            raise StoppedError(STOPPED) from error

    def _check(self, file: RemoteFile, partial: Path) -> None:
        def count(num_bytes: int) -> None:
            self.tell(Stage.CHECKING, num_bytes)

        found = file_hash(partial, 64, count, lambda: self.wait(0.0))
        if found != file.sha256:
            partial.unlink()
            raise HubError(
                f"{file.name} was damaged on its way: its SHA-256 begins with {found[:12]}, and "
                f"should with {str(file.sha256)[:12]}. It was thrown away; fetch it again."
            )


def size_of(path: Path) -> int:
    """Return a file's size; 0 if there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
