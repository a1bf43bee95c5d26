"""The dialog in which the model is taught, and in which adapters are looked after."""

from pathlib import Path

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.runs.run_dialog import RunDialog
from app.runs.texts_chooser import open_texts
from app.settings import Settings
from app.teach.adapters_page import AdaptersPage, Places
from app.teach.teach_page import TeachPage
from app.teach.teach_texts import found_text, loss_text, verdict
from app.teach.teaching import Teaching
from app.teach.uses import AdapterUses
from app.translation import tr
from app.widgets import dialogs
from app.widgets.message_bar import Message, Remedy, Severity
from app.workspace.workspace import Workspace
from engine.adapters import (
    Condition,
    Taught,
    adapters_folder,
    checked_name,
    delete_adapter,
    described,
    import_adapter,
    is_taken,
    list_adapters,
    rename_adapter,
)
from engine.errors import EngineError
from engine.hub.embedded import base_file


class TeachDialog(RunDialog):
    """Stays open beside the window; a run goes on when it is closed."""

    def __init__(
        self,
        uses: AdapterUses,
        settings: Settings,
        workspace: Workspace,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(settings, parent)
        self._uses, self._workspace = uses, workspace
        self.teaching = Teaching(self)
        self.teach = TeachPage(self.teaching, self.ask_folder, self)
        self.adapters = AdaptersPage(uses, self)
        pages: dict[str, QWidget] = {tr("Teach"): self.teach, tr("Adapters"): self.adapters}
        self.lay_out(tr("Teach – Inlay"), QSize(860, 620), pages)
        self.teach.start_wanted.connect(self.start)
        self.adapters.go_on_wanted.connect(self.go_on)
        self.adapters.rename_wanted.connect(self._rename)
        self.adapters.delete_wanted.connect(self._delete)
        self.adapters.import_wanted.connect(self._import)
        self.teaching.ended.connect(self._end)
        workspace.current_tab_changed.connect(self._follow)
        workspace.folder.changed.connect(self._follow)

    def start(self) -> None:
        """Teach what is chosen."""
        page = self.teach
        if self.teaching.child.is_running or not page.texts.places:
            return
        self.clear()
        try:
            name = checked_name(page.name.text())
        except EngineError as error:
            self.say_wrong(str(error))
            return
        if is_taken(name):
            text = tr(
                "There is an adapter {name} already. Choose another name, or delete it first."
            )
            self.say_wrong(text.format(name=name))
            page.name.setFocus()
            return
        minutes, seed = page.minutes.currentData(), page.seed.value()
        self.teaching.start(name, page.texts.places, page.texts.patterns, minutes, seed)

    @Slot(str)
    def go_on(self, name: str) -> None:
        """Go on with a training that was left off."""
        if not self.teaching.child.is_running:
            self.clear()
            self.teaching.go_on(name)
            self.pages.setCurrentWidget(self.teach)

    @Slot(str, str)
    def _end(self, name: str, problem: str) -> None:
        self.adapters.look(name)
        taught = described(adapters_folder() / name)
        if not problem and taught.card is not None:
            self.pages.setCurrentWidget(self.adapters)
            self.say(Message(self._said(taught), Severity.INFO, self.way_here(tr("Teach…"))))
            return
        again = Remedy(tr("Go On"), lambda: self.go_on(name))
        goes_on = taught.goes_on and self.isVisible()
        remedies = (again,) if goes_on else self.way_here(tr("Teach…"))
        if problem:
            self.say(Message(problem, Severity.ERROR, remedies))
        elif taught.goes_on:
            text = tr("{name} was stopped before anything was learned. It can go on where it was.")
            self.say(Message(text.format(name=name), Severity.INFO, remedies))

    def _said(self, taught: Taught) -> str:
        """Switch an adapter on where it was taught, if it helps; say what was done and why."""
        card = taught.card
        assert card is not None
        parts = [verdict(taught.name, card), found_text(card), loss_text(card)]
        folders = [place for place in map(Path, card.folders) if place.is_dir()]
        if card.helps and taught.stands_beside and not taught.goes_on:
            for folder in folders:
                self._uses.use(taught.name, folder)
            if folders:
                text = tr("From now on it is used in {folders}.")
                parts.append(text.format(folders=", ".join(folder.name for folder in folders)))
        elif not card.helps:
            self._uses.forget(taught.name)
            parts.append(tr("It is not used."))
        return " ".join(part for part in parts if part)

    @Slot(str)
    def _rename(self, name: str) -> None:
        new = dialogs.ask_name(self, tr("Rename"), tr("The adapter's name:"), name)
        if not new or new == name or self._is_taught_now(name):
            return
        self.clear()
        try:
            folder = rename_adapter(name, new)
        except EngineError as error:
            self.say_wrong(str(error))
            return
        self._uses.rename(name, folder.name)
        self.adapters.look(folder.name)

    @Slot(str)
    def _delete(self, name: str) -> None:
        why = tr("What it has learned goes with it.")
        if self._is_taught_now(name) or not dialogs.ask_delete(self, name, why):
            return
        self.clear()
        try:
            delete_adapter(name)
        except EngineError as error:
            self.say_wrong(str(error))
        else:
            self._uses.forget(name)
        self.adapters.look()

    def _is_taught_now(self, name: str) -> bool:
        is_it = self.teaching.child.is_running and self.teaching.name == name
        if is_it:
            text = tr("{name} is being taught. Stop that first.")
            self.say(Message(text.format(name=name), Severity.INFO))
        return is_it

    def _import(self) -> None:
        if (source := self.ask_folder()) is None:
            return
        self.clear()
        try:
            folder = import_adapter(source, source.name)
        except EngineError as error:
            self.say_wrong(str(error))
            return
        self.adapters.look(folder.name)

    @Slot()
    def _follow(self) -> None:
        """Offer what is open now."""
        if not self.isVisible():
            return
        tab = self._workspace.current
        document = tab.document.path if tab else None
        self.adapters.show_places(Places(self._workspace.folder.path, document))
        self.teach.show_texts(open_texts(self._workspace))

    def showEvent(self, event: QShowEvent) -> None:
        """Offer what is open now, what there is, and to go on with what was left off."""
        super().showEvent(event)
        self._follow()
        self.adapters.look()
        missing = tr(
            "Inlay Small is taught, and its base is not on this disk. Fetch it in Models first."
        )
        self.teach.show_problem("" if base_file() is not None else missing)
        if self.teaching.child.is_running or self.messages.messages:
            return
        left = [one for one in list_adapters() if one.condition is Condition.UNFINISHED]
        if left:
            text = tr("The training of {name} was left off before its end.")
            again = Remedy(tr("Go On"), lambda: self.go_on(left[0].name))
            self.say(Message(text.format(name=left[0].name), Severity.INFO, (again,)))
