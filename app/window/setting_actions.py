"""The lines of the menus that stand for a setting, and their marks."""

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.appearance import Appearance
from app.settings import Settings
from app.translation import tr
from app.window.menu_builder import MenuBuilder


class SettingActions(QObject):
    """Changes a setting from the menu, and follows it when it is changed elsewhere."""

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._checks: dict[str, QAction] = {}
        self._appearances: dict[str, QAction] = {}
        settings.changed.connect(self._follow)

    def add_check(self, menus: MenuBuilder, key: str) -> None:
        """Add an option that is on or off."""
        self._checks[key] = menus.add_check(
            key, partial(self._settings.set_value, key), is_on=self._settings.is_on(key)
        )

    def add_appearances(self, menus: MenuBuilder) -> None:
        """Add light, dark and what the system says."""
        looks = (Appearance.SYSTEM, Appearance.LIGHT, Appearance.DARK)
        now = self._settings.appearance
        choices = [
            (f"look_{look.value}", partial(self._set_appearance, look), look is now)
            for look in looks
        ]
        actions = menus.add_choice(tr("Theme"), choices)
        self._appearances = {a.value: action for a, action in zip(looks, actions, strict=True)}

    def _set_appearance(self, appearance: Appearance) -> None:
        self._settings.appearance = appearance

    def _follow(self, key: str) -> None:
        if key in self._checks:
            self._checks[key].setChecked(self._settings.is_on(key))
        if key == "appearance":
            self._appearances[str(self._settings.value(key))].setChecked(True)
