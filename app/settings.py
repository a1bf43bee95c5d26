"""What the editor remembers from one run to the next."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from app.theme import Appearance


class Settings:
    """A typed view of the settings file; anything unreadable in it counts as absent."""

    def __init__(self, path: Path | None = None) -> None:
        """Use the settings file of the user, or another."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
        self._store = QSettings(
            str(path or Path(folder) / "settings.ini"), QSettings.Format.IniFormat
        )

    @property
    def appearance(self) -> Appearance:
        """Return the chosen appearance."""
        value = self._store.value("appearance")
        return next((a for a in Appearance if a.value == value), Appearance.SYSTEM)

    @appearance.setter
    def appearance(self, appearance: Appearance) -> None:
        self._store.setValue("appearance", appearance.value)

    @property
    def wraps_words(self) -> bool:
        """Say whether long lines are wrapped."""
        return self._store.value("word_wrap", "true") in ("true", True)

    @wraps_words.setter
    def wraps_words(self, is_on: bool) -> None:
        self._store.setValue("word_wrap", "true" if is_on else "false")

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
        """Say whether the welcome document was shown in an earlier run."""
        return self._store.value("welcomed", "false") in ("true", True)

    @was_welcomed.setter
    def was_welcomed(self, was_welcomed: bool) -> None:
        self._store.setValue("welcomed", "true" if was_welcomed else "false")
