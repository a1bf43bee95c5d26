"""The presets in the menu: run one, keep the bar's settings as one, rename and remove them."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.proposal.model.options_model import OptionsModel
from app.proposal.model.presets import MAX_PRESETS, Preset, Presets
from app.settings import Settings
from app.shortcuts import set_title
from app.translation import tr
from app.widgets import dialogs
from app.window.menu_builder import MenuBuilder


class PresetActions:
    """Keeps the menu's lines and the settings file in step with the presets."""

    def __init__(
        self,
        window: QWidget,
        menus: MenuBuilder,
        options: OptionsModel,
        settings: Settings,
        run: Callable[[Preset], None],
    ) -> None:
        self._window, self._options, self._settings = window, options, settings
        self._run = run
        presets = options.presets = Presets(settings.presets, options)
        inner = menus.start_inner(tr("Presets"))
        self._lines = [
            menus.add(f"preset_{number + 1}", partial(self._run_number, number))
            for number in range(MAX_PRESETS)
        ]
        others = {
            "preset_save": self.save,
            "preset_rename": self._rename,
            "preset_remove": self._remove,
        }
        self._others = [menus.add(name, act) for name, act in others.items()]
        for action in self._lines:
            menus.move(action, inner)
        inner.addSeparator()
        for action in self._others:
            menus.move(action, inner)
        presets.changed.connect(self._keep)
        self._show()

    def save(self) -> None:
        """Keep the bar's settings under a name that the user gives."""
        title, question = tr("Keep as a Preset"), tr("Its name; one of the same name is replaced:")
        if name := dialogs.ask_name(self._window, title, question):
            self._options.presets.keep(Preset.of(name, self._options.settings))

    def _run_number(self, number: int) -> None:
        if number < len(self._options.presets.all):
            self._run(self._options.presets.all[number])

    def _rename(self) -> None:
        number = self._chosen(tr("Rename a Preset"))
        if number is not None:
            before = self._options.presets.all[number].name
            title, question = tr("Rename a Preset"), tr("Its new name:")
            name = dialogs.ask_name(self._window, title, question, before)
            self._options.presets.rename(number, name)

    def _remove(self) -> None:
        number = self._chosen(tr("Remove a Preset"))
        if number is not None:
            self._options.presets.remove(number)

    def _chosen(self, title: str) -> int | None:
        names = [one.name for one in self._options.presets.all]
        return dialogs.ask_one(self._window, title, tr("Which one?"), names)

    def _keep(self) -> None:
        self._settings.presets = self._options.presets.as_text()
        self._show()

    def _show(self) -> None:
        presets = self._options.presets.all
        for number, action in enumerate(self._lines):
            is_there = number < len(presets)
            action.setVisible(is_there)
            action.setEnabled(is_there)
            if is_there:
                name = presets[number].name
                action.setText(name.replace("&", "&&"))
                set_title(action, tr("Preset: {name}").format(name=name))
        saving, *of_some = self._others
        saving.setEnabled(not self._options.presets.is_full)
        for action in of_some:
            action.setEnabled(bool(presets))
