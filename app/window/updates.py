"""New versions: asked for once a day, and only if the user has turned it on."""

import json
import logging
import re
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException

from PySide6.QtCore import QObject, Signal, Slot

from app.settings import Settings
from app.system.background import Background
from app.system.versions import version_of
from app.translation import tr
from app.widgets.message_bar import Message, Severity
from resources import resource_path

log = logging.getLogger(__name__)

OPTION = "look_for_updates"
# Written by the job that makes releases and by nothing else, so a copy built elsewhere asks nobody.
ADDRESS_FILE = "releases.txt"  # in the resources of a released bundle: where its releases are told
TIMEOUT_S = 10.0
MAX_BYTES = 1024 * 1024
VERSION = re.compile(r"v?(\d+(?:\.\d+){1,3})")


@dataclass(frozen=True, slots=True)
class Release:
    """The newest version there is, and the page that tells of it."""

    version: str
    page: str


Fetch = Callable[[str], Release]


class UpdateNotice(QObject):
    """Tells of a newer version; with the option off it does nothing at all.

    Signals:
        message: A `Message` for the user.
    """

    message = Signal(object)

    def __init__(
        self, settings: Settings, fetch: Fetch | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._fetch = fetch or fetch_latest
        self._background = Background(self)
        settings.changed.connect(self._follow)

    @Slot()
    def look(self) -> None:
        """Look for a newer version, if the user wants that and today has not seen it done."""
        if self._settings.is_on(OPTION) and self._settings.updates_seen != _today():
            self._ask(is_wanted_now=False)

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key == OPTION and self._settings.is_on(OPTION):
            self._ask(is_wanted_now=True)

    def _ask(self, *, is_wanted_now: bool) -> None:
        address = releases_address()
        if address is None:
            if is_wanted_now:
                text = tr(
                    "This copy of Inlay was not made by a release and does not know where new "
                    "versions are told. Update it in the way it was installed."
                )
                self.message.emit(Message(text, Severity.INFO))
            return
        self._background.start(self._look_at(address, is_wanted_now=is_wanted_now))

    async def _look_at(self, address: str, *, is_wanted_now: bool) -> None:
        try:
            release = await self._background.do(partial(self._fetch, address))
        except OSError as error:
            log.info("no answer about new versions: %s", error)
            if is_wanted_now:
                text = tr(
                    "Nobody answers about new versions ({reason}). Inlay asks again when it starts."
                )
                self.message.emit(Message(text.format(reason=error), Severity.WARNING))
        else:
            self._tell(release, is_wanted_now=is_wanted_now)

    def _tell(self, release: Release, *, is_wanted_now: bool) -> None:
        self._settings.updates_seen = _today()
        mine = version_of("inlay")
        facts = {"version": release.version, "mine": mine, "page": release.page}
        if _numbers(release.version) > _numbers(mine):
            text = tr("Inlay {version} is there; this is {mine}. Get it from {page}")
            self.message.emit(Message(text.format(**facts), Severity.INFO))
        elif is_wanted_now:
            text = tr("This is the newest Inlay, {mine}. It looks again once a day.")
            self.message.emit(Message(text.format(**facts), Severity.INFO))


def releases_address() -> str | None:
    """Return where this copy's releases are told; None if it was not made by a release."""
    try:
        address = resource_path(ADDRESS_FILE).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return address if address.startswith("https://") else None


def fetch_latest(address: str) -> Release:
    """Return the newest release; nothing about the user or the machine is sent.

    Raises:
        OSError: If nobody answers, or not with a release.
    """
    headers = {"User-Agent": "Inlay", "Accept": "application/json"}
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return read_release(answer.read(MAX_BYTES))
    except HTTPException as error:
        raise OSError(f"{type(error).__name__} {error}") from error


def read_release(answer: bytes) -> Release:
    """Return what the answer of a list of releases says.

    Raises:
        OSError: If it says something else.
    """
    try:
        facts = json.loads(answer)
        tag, page = str(facts["tag_name"]), str(facts["html_url"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OSError(tr("the answer is no release")) from error
    match = VERSION.fullmatch(tag)
    if match is None or not page.startswith("https://"):
        raise OSError(tr("the answer is no release"))
    return Release(match[1], page)


def _numbers(version: str) -> tuple[int, ...]:
    match = VERSION.match(version)
    return tuple(map(int, match[1].split("."))) if match else ()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
