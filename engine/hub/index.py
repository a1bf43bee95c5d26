"""Where a wheel lies on the package index that pip or uv are set up for on this machine."""

import ast
import importlib.util
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import httpx2

from engine.hub.base import Base

_PYPI = "https://pypi.org/simple"
_FIRST, _MORE = "index-url", "extra-index-url"
_PROXY, _CERT, _CLIENT_CERT = "proxy", "cert", "client-cert"
_OF_PIP = (_FIRST, _MORE, _PROXY, _CERT, _CLIENT_CERT)
_VARIABLES = {
    _FIRST: ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"),
    _MORE: ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"),
}
_SECTIONS = ("global", "install", ":env:")  # each overrules those before it
_PIP_TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """How packages come to this machine."""

    indexes: tuple[str, ...]  # addresses that are asked, one after the other
    proxy: str = ""  # empty: as the environment says
    cert: str = ""  # a file of certificates to believe; empty: the usual ones
    client_cert: str = ""

    @classmethod
    def of_this_machine(cls) -> "IndexSettings":
        """Read what pip or uv are set up for; indexes in folders are left out."""
        pip = _of_pip()
        indexes = pip if {_FIRST, _MORE} & set(pip) else _of_uv()
        found = f"{indexes.get(_FIRST) or _PYPI} {indexes.get(_MORE, '')}".split()
        return cls(
            indexes=tuple(one for one in found if urlsplit(one).scheme in ("http", "https")),
            proxy=pip.get(_PROXY, ""),
            cert=pip.get(_CERT, ""),
            client_cert=pip.get(_CLIENT_CERT, ""),
        )


def find_wheel(base: Base, settings: IndexSettings, client: httpx2.Client) -> str | None:
    """Return the address of a base's wheel on the first index that has it; None if none has.

    Raises:
        httpx2.HTTPError: If no index has it, and one could not be asked.
    """
    failure: httpx2.HTTPError | None = None
    for index in settings.indexes:
        try:
            for link in _links(f"{index.rstrip('/')}/{base.package}/", client):
                if _is_wheel_of(base, link):
                    return link
        except httpx2.HTTPError as error:
            failure = error
    if failure is not None:
        raise failure
    return None


def _of_pip() -> dict[str, str]:
    """Return the settings that pip has, from its files and the environment; {}: none known."""
    # In a bundle, Python's program is Inlay itself.
    if getattr(sys, "frozen", False) or importlib.util.find_spec("pip") is None:
        return {}
    try:
        listed = subprocess.run(
            [sys.executable, "-m", "pip", "config", "list"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PIP_TIMEOUT_S,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    lines = dict(line.partition("=")[::2] for line in listed.splitlines())
    keys = [(f"{section}.{name}", name) for section in _SECTIONS for name in _OF_PIP]
    return {name: str(ast.literal_eval(lines[key])) for key, name in keys if key in lines}


def _of_uv() -> dict[str, str]:
    """Return the settings that uv has: of the environment, or else of its own files."""
    found = {name: [os.environ.get(key) for key in keys] for name, keys in _VARIABLES.items()}
    of_environment = {name: next(filter(None, values), "") for name, values in found.items()}
    if any(of_environment.values()):
        return of_environment
    for path in _uv_files():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if of_file := _of_table(values) or _of_table(values.get("pip")):
            return of_file
    return {}


def _of_table(values: object) -> dict[str, str]:
    """Return the settings of a table of uv's, in its newer or its older way; {}: it has none."""
    if not isinstance(values, dict):
        return {}
    found: dict[str, list[str]] = {_FIRST: [], _MORE: []}
    tables = values.get("index", [])
    for table in tables if isinstance(tables, list) else []:
        if isinstance(table, dict) and isinstance(table.get("url"), str):
            found[_FIRST if table.get("default") else _MORE].append(table["url"])
    for name in found:
        told = values.get(name, [])
        more = [told] if isinstance(told, str) else told
        found[name] += [one for one in more if isinstance(one, str)]
    return {name: " ".join(addresses) for name, addresses in found.items() if addresses}


def _uv_files() -> Iterator[Path]:
    """Yield where uv looks for its settings, the user's before the machine's."""
    if own := os.environ.get("UV_CONFIG_FILE"):
        yield Path(own)
        return
    if sys.platform == "win32":
        for name in ("APPDATA", "PROGRAMDATA"):
            if folder := os.environ.get(name):
                yield Path(folder) / "uv" / "uv.toml"
        return
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    yield Path(home) / "uv" / "uv.toml"
    yield Path("/etc/uv/uv.toml")


def _links(page: str, client: httpx2.Client) -> Iterator[str]:
    """Yield the addresses that an index's page of a package links to."""
    response = client.get(page, headers={"Accept": "text/html"})
    if response.status_code == httpx2.codes.NOT_FOUND:
        return
    response.raise_for_status()
    parser = _Anchors()
    parser.feed(response.text)
    yield from (urljoin(str(response.url), link) for link in parser.found)


def _is_wheel_of(base: Base, link: str) -> bool:
    name = unquote(urlsplit(link).path).rpartition("/")[2]
    start = f"{base.package.replace('-', '_')}-{base.version}-"
    return name.startswith(start) and name.endswith(".whl")


class _Anchors(HTMLParser):
    """Collects where a page's links go."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.extend(value for name, value in attrs if name == "href" and value)
