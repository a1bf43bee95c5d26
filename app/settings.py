"""What the editor remembers from one run to the next, in a plain file anyone may edit."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QObject, QSettings, QStandardPaths, Signal

from app.appearance import Appearance
from app.documents.names import from_setting, to_setting
from app.setting_table import BY_KEY

MAX_RECENT = 12
MAX_TREES = 12
MAX_OPEN_FOLDERS = 300  # of one tree


class Settings(QObject):
    """A typed view of the settings file; anything unreadable in it counts as absent.

    Signals:
        changed: The key of an option that has another value now.
        failed: What to tell the user, once, when the file cannot be written.
    """

    changed = Signal(str)
    failed = Signal(str)

    def __init__(self, path: Path | None = None) -> None:
        """Use the settings file of the user, or another."""
        super().__init__()
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
        self.path = path or Path(folder) / "settings.ini"
        self._store = QSettings(str(self.path), QSettings.Format.IniFormat)
        self._was_told = False

    def value(self, key: str) -> bool | int | str:
        """Return the value of an option."""
        option = BY_KEY[key]
        stored = self._store.value(key)
        if isinstance(option.default, bool):
            known = {"true": True, "false": False}
            return known.get(str(stored).lower(), option.default)
        if isinstance(option.default, int):
            text = str(stored)
            number = int(text) if text.isdecimal() else option.default
            return min(option.high, max(option.low, number))
        values = [value for value, _ in option.choices]
        is_good = isinstance(stored, str) and (option.source is not None or stored in values)
        return str(stored) if is_good else option.default

    def is_on(self, key: str) -> bool:
        """Return the value of an option that is on or off."""
        return bool(self.value(key))

    def set_value(self, key: str, value: bool | int | str) -> None:
        """Give an option another value."""
        if value != self.value(key):
            self._store.setValue(key, str(value).lower() if isinstance(value, bool) else value)
            self.changed.emit(key)
            self.sync()

    def reload(self) -> None:
        """Take in what somebody has written into the file."""
        before = {key: self.value(key) for key in BY_KEY}
        self._store.sync()
        for key, value in before.items():
            if self.value(key) != value:
                self.changed.emit(key)

    def sync(self) -> None:
        """Write what is new to the file; what cannot be written holds until the end."""
        self._store.sync()
        if self._store.status() != QSettings.Status.NoError and not self._was_told:
            self._was_told = True
            text = self.tr(
                "Your settings hold until Inlay is closed, but cannot be kept: {path} cannot be "
                "written. Make room or allow it, and change one again."
            )
            self.failed.emit(text.format(path=self.path))

    @property
    def appearance(self) -> Appearance:
        """Return the chosen appearance."""
        return Appearance(self.value("appearance"))

    @appearance.setter
    def appearance(self, appearance: Appearance) -> None:
        self.set_value("appearance", appearance.value)

    @property
    def wraps_words(self) -> bool:
        """Say whether long lines are wrapped."""
        return self.is_on("word_wrap")

    @property
    def spelling_language(self) -> str:
        """Return the code of the language that is usually checked, as in "en_GB"."""
        return str(self.value("spelling_language")) or QLocale.system().name()

    @property
    def geometry(self) -> QByteArray:
        """Return the place of the window as Qt gave it; empty if there is none yet."""
        value = self._store.value("geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("geometry", geometry)

    @property
    def was_welcomed(self) -> bool:
        """Say whether the first page was shown in an earlier run."""
        return self._store.value("welcomed", "false") in ("true", True)

    @was_welcomed.setter
    def was_welcomed(self, was_welcomed: bool) -> None:
        self._store.setValue("welcomed", "true" if was_welcomed else "false")

    @property
    def was_draft_explained(self) -> bool:
        """Say whether the keys at a draft were told, as they are at the very first one."""
        return self._store.value("draft_explained", "false") in ("true", True)

    @was_draft_explained.setter
    def was_draft_explained(self, was_explained: bool) -> None:
        self._store.setValue("draft_explained", "true" if was_explained else "false")

    @property
    def drafts_left(self) -> int:
        """Return how many drafts the last run has put into the history undecided."""
        count = str(self._store.value("drafts_left", 0))
        return int(count) if count.isdecimal() else 0

    @drafts_left.setter
    def drafts_left(self, count: int) -> None:
        self._store.setValue("drafts_left", count)

    def open_folders_of(self, root: Path) -> list[Path]:
        """Return which folders are open in the tree of one, as they were left."""
        return [from_setting(name) for name in self._trees.get(to_setting(root), [])]

    def keep_open_folders(self, root: Path, folders: Iterable[Path]) -> None:
        """Keep which folders are open in the tree of one; the trees seen last are kept."""
        name = to_setting(root)
        others = [(other, kept) for other, kept in self._trees.items() if other != name]
        kept = sorted(map(to_setting, folders))[:MAX_OPEN_FOLDERS]
        trees = dict([*others, (name, kept)][-MAX_TREES:])
        self._store.setValue("trees", json.dumps(trees))

    @property
    def _trees(self) -> dict[str, list[str]]:
        try:
            found = json.loads(str(self._store.value("trees", "{}")))
        except (ValueError, RecursionError):
            return {}
        trees = found.items() if isinstance(found, dict) else ()
        return {root: _strings(folders) for root, folders in trees}

    @property
    def last_folder(self) -> Path | None:
        """Return the folder that was opened last; None: there was none yet."""
        name = str(self._store.value("last_folder", ""))
        return from_setting(name) if name else None

    @last_folder.setter
    def last_folder(self, folder: Path) -> None:
        self._store.setValue("last_folder", to_setting(folder))

    @property
    def presets(self) -> str:
        """Return the presets as they were kept; empty if there are none."""
        return str(self._store.value("presets", ""))

    @presets.setter
    def presets(self, presets: str) -> None:
        self._store.setValue("presets", presets)

    @property
    def private(self) -> list[str]:
        """Return the paths of the files in which nothing is filled unasked."""
        value = self._store.value("private", [])
        # One path alone comes back as a text.
        found = [value] if isinstance(value, str) else value
        return [str(name) for name in found] if isinstance(found, list) else []

    @private.setter
    def private(self, paths: list[str]) -> None:
        self._store.setValue("private", paths)

    @property
    def adapter_uses(self) -> str:
        """Return which adapter is used where, as `app.teach` has written it down."""
        return str(self._store.value("adapter_uses", ""))

    @adapter_uses.setter
    def adapter_uses(self, uses: str) -> None:
        self._store.setValue("adapter_uses", uses)

    @property
    def server_address(self) -> str:
        """Return the address of the server that does the engine's work; empty: there is none."""
        return str(self._store.value("server/address", ""))

    @server_address.setter
    def server_address(self, address: str) -> None:
        self._store.setValue("server/address", address)

    @property
    def server_model(self) -> str:
        """Return which of the server's models is used; empty: the first it names."""
        return str(self._store.value("server/model", ""))

    @server_model.setter
    def server_model(self, model: str) -> None:
        self._store.setValue("server/model", model)

    @property
    def servers(self) -> str:
        """Return the servers that were used before, as `app.server` has written them down."""
        return str(self._store.value("server/known", ""))

    @servers.setter
    def servers(self, servers: str) -> None:
        self._store.setValue("server/known", servers)

    @property
    def updates_seen(self) -> str:
        """Return the day on which new versions were last asked for, as 2026-01-31."""
        return str(self._store.value("updates_seen", ""))

    @updates_seen.setter
    def updates_seen(self, day: str) -> None:
        self._store.setValue("updates_seen", day)

    @property
    def wants_base(self) -> bool:
        """Say whether to offer what the better embedded model lacks."""
        return self._store.value("wants_base", "true") in ("true", True)

    @wants_base.setter
    def wants_base(self, wants_base: bool) -> None:
        self._store.setValue("wants_base", "true" if wants_base else "false")

    @property
    def recent_files(self) -> list[Path]:
        """Return the files that were opened or saved last, the newest first."""
        return [from_setting(name) for name in _strings(self._store.value("recent_files"))]

    def add_recent_file(self, path: Path) -> None:
        """Put a file at the head of the recent ones."""
        others = [other for other in self.recent_files if other != path]
        self._set_recent([path, *others])

    def forget_recent_files(self) -> None:
        """Forget which files were opened."""
        self._set_recent([])

    def _set_recent(self, paths: Sequence[Path]) -> None:
        self._store.setValue("recent_files", [to_setting(path) for path in paths[:MAX_RECENT]])

    @property
    def model_folder(self) -> str:
        """Return the model that was chosen last; empty: the embedded one."""
        return str(self._store.value("model_folder", ""))

    @model_folder.setter
    def model_folder(self, folder: str) -> None:
        self._store.setValue("model_folder", folder)

    @property
    def model_folders(self) -> list[Path]:
        """Return the folders that the user has added to the models."""
        return [Path(name) for name in _strings(self._store.value("model_folders"))]

    @model_folders.setter
    def model_folders(self, folders: Sequence[Path]) -> None:
        self._store.setValue("model_folders", [str(folder) for folder in folders])

    def keys_of(self, action: str) -> list[str] | None:
        """Return the keys that the user has given an action; None: the ones it comes with."""
        stored = self._store.value(f"keys/{action}")
        if stored is None:
            return None
        return [key for key in str(stored).split(" | ") if key]

    @property
    def given_keys(self) -> set[str]:
        """The keys that the user has given to any action."""
        self._store.beginGroup("keys")
        names = self._store.childKeys()
        self._store.endGroup()
        return {key for name in names for key in self.keys_of(name) or ()}

    def set_keys_of(self, action: str, keys: Sequence[str] | None) -> None:
        """Give an action other keys; None: the ones it comes with."""
        if keys is None:
            self._store.remove(f"keys/{action}")
        else:
            self._store.setValue(f"keys/{action}", " | ".join(keys))


def _strings(value: object) -> list[str]:
    """Return a stored list; Qt gives one string for a list of one."""
    if isinstance(value, str):
        return [value] if value else []
    return [str(item) for item in value] if isinstance(value, list) else []
