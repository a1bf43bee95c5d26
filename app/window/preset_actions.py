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
        presets, instead_of = self._options.presets, None
        proposed = presets.name_for(self._options.settings.instruction)
        name = dialogs.ask_name(self._window, title, question, proposed)
        if not name:
            return
        if presets.is_full and presets.number_of(name) is None:
            question = tr("There is room for {count} presets. Which one is replaced?")
            instead_of = self._chosen(title, question.format(count=MAX_PRESETS))
            if instead_of is None:
                return
        presets.keep(Preset.of(name, self._options.settings), instead_of=instead_of)

    def _run_number(self, number: int) -> None:
        if number < len(self._options.presets.all):
            self._run(self._options.presets.all[number])

    def _rename(self) -> None:
        title, question = tr("Rename a Preset"), tr("Its new name:")
        number = self._chosen(title, tr("Which one?"))
        if number is None:
            return
        name = self._options.presets.all[number].name
        while name := dialogs.ask_name(self._window, title, question, name):
            if self._options.presets.rename(number, name):
                return
            question = tr("Another one is called so. Its new name:")

    def _remove(self) -> None:
        number = self._chosen(tr("Remove a Preset"), tr("Which one?"))
        if number is not None:
            self._options.presets.remove(number)

    def _chosen(self, title: str, question: str) -> int | None:
        names = [one.name for one in self._options.presets.all]
        return dialogs.ask_one(self._window, title, question, names)

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
        for action in self._others[1:]:
            action.setEnabled(bool(presets))
