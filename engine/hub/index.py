"""Where a wheel lies on the package index that pip or uv are set up for on this machine."""

import ast
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import httpx2

from engine.hub.base import Base

_PYPI = "https://pypi.org/simple"
_FIRST, _MORE = "index-url", "extra-index-url"
_VARIABLES = {
    _FIRST: ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"),
    _MORE: ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL"),
}
_SECTIONS = ("global", "install", ":env:")  # each overrules those before it
_PIP_TIMEOUT_S = 30.0


def find_wheel(base: Base, client: httpx2.Client) -> str | None:
    """Return the address of a base's wheel on the first index that has it; None if none has.

    Raises:
        httpx2.HTTPError: If no index has it, and one could not be asked.
    """
    failure: httpx2.HTTPError | None = None
    for index in _indexes():
        try:
            for link in _links(f"{index.rstrip('/')}/{base.package}/", client):
                if _is_wheel_of(base, link):
                    return link
        except httpx2.HTTPError as error:
            failure = error
    if failure is not None:
        raise failure
    return None


def _indexes() -> Iterator[str]:
    """Yield the addresses that are asked, one after the other; those of folders are left out."""
    settings = _of_pip() or _of_environment()
    found = f"{settings.get(_FIRST) or _PYPI} {settings.get(_MORE, '')}".split()
    return (address for address in found if urlsplit(address).scheme in ("http", "https"))


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
    keys = [(f"{section}.{name}", name) for section in _SECTIONS for name in (_FIRST, _MORE)]
    return {name: str(ast.literal_eval(lines[key])) for key, name in keys if key in lines}


def _of_environment() -> dict[str, str]:
    found = {name: [os.environ.get(key) for key in keys] for name, keys in _VARIABLES.items()}
    return {name: next(filter(None, values), "") for name, values in found.items()}


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
