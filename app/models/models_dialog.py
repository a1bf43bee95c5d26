"""The models dialog: what there is, what fits, what is on disk, and how the rest gets there."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.engine_bridge import EngineBridge
from app.models import questions
from app.models.details import DetailsPanel
from app.models.downloads import Downloads, Task, Work, WorkPhase, verdict_text
from app.models.fits import Fits
from app.models.keeper import ModelKeeper
from app.models.local_models import LocalModels, LocalModelsError
from app.models.model_entries import SMALL_KEY, ModelEntry, ModelOrigin, index_of
from app.models.model_list import ENTRY, ModelList, ModelRow
from app.models.model_texts import fit_text, size_text
from app.models.refresh import HubFacts
from app.models.token import TokenDialog
from app.settings import Settings
from app.translation import tr
from app.widgets import dialogs
from app.widgets.fitting import resize_to_fit
from app.widgets.message_bar import Message, MessageBar, Remedy, Severity
from app.widgets.ringed import RingedButton
from app.workspace.workspace import documents_folder
from engine.hub import local
from engine.hub.embedded import default_model, missing_base, smallest_model
from engine.hub.fetch_base import fetched_bytes
from engine.hub.verify import Verdict

LIST_WIDTH = 340  # px


class ModelsDialog(QDialog):
    """Stays open beside the window; downloads go on when it is closed.

    Nothing in it connects to any machine before Download, Fetch, Resume or Refresh is pressed.

    Signals:
        message: A `Message` for the window, when something ended while the dialog was closed.
    """

    message = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        keeper: ModelKeeper,
        settings: Settings,
        next_job_id: Callable[[], int],
        root: Path,
        parent: QWidget | None = None,
        cache: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._root = root  # where models of several parts are put together
        self._cache = cache or local.cache_root()
        self._wanted: str | None = None  # the key to choose once it is in the list
        self.local_models = LocalModels(settings, self._cache, root, self)
        self.downloads = Downloads(self._cache, self)
        self.fits = Fits(bridge, next_job_id, self)
        self.hub = HubFacts(self._cache, self)
        self.models = ModelList(self)
        self.pages = QTabWidget()
        self.messages = MessageBar()
        self.list = QListView()
        self.details = DetailsPanel()
        self.add = RingedButton(tr("&Add Folder…"))
        self.refresh_button = RingedButton(tr("Refres&h"))
        self.token = RingedButton(tr("Access &Token…"))
        self.close_button = RingedButton(tr("Close"))
        self.setWindowTitle(tr("Models – Inlay"))
        resize_to_fit(self, 920, 600)
        self._set_up()
        self._lay_out()
        self._connect()

    @property
    def entry(self) -> ModelEntry | None:
        """Return the chosen entry."""
        found = self.list.currentIndex().data(ENTRY)
        return found if isinstance(found, ModelEntry) else None

    def use(self) -> None:
        """Load the chosen model; documents stay open."""
        entry = self.entry
        if entry is None or not entry.is_complete or entry.key == self.models.used:
            return
        try:
            self._keeper.use(self.local_models.folder_of(entry))
        except LocalModelsError as error:
            self._say(str(error))

    def download(self) -> None:
        """Fetch the chosen model, or go on with it."""
        entry = self.entry
        if entry is not None and entry.missing is not None:
            self.downloads.fetch_base(entry.key, entry.missing)
        elif entry is not None and entry.known is not None and self._is_wanted_here(entry):
            self.downloads.download(entry.known)

    def _is_wanted_here(self, entry: ModelEntry) -> bool:
        """Ask before gigabytes come that this machine cannot use; who has begun was asked."""
        _, fit = self.fits.of(entry)
        if entry.on_disk or fit is None or fit.fits:
            return True
        size = size_text(self.hub.with_facts(entry).num_bytes)
        return questions.ask_too_large(self, entry.title, size, fit_text(fit))

    def fetch_base(self) -> None:
        """Fetch what Inlay Small is built on, and show how far it is."""
        self._wanted = SMALL_KEY
        self.local_models.look()
        base = missing_base()
        if base is not None and not self.downloads.is_busy:
            self.downloads.fetch_base(SMALL_KEY, base)

    def cancel(self) -> None:
        """Stop what is being done; a download that is cancelled leaves nothing."""
        work, entry = self.downloads.work, self.entry
        if work is None or entry is None:
            return
        done = max(work.progress.done_bytes, entry.on_disk)
        is_loss = work.task is Task.DOWNLOAD and done > 0
        if not is_loss or questions.ask_discard(self, size_text(done)):
            self.downloads.cancel()

    def delete(self) -> None:
        """Delete the chosen model from the disk, or a folder from the list."""
        entry = self.entry
        if entry is None:
            return
        size = size_text(entry.on_disk)
        match entry.origin:
            case ModelOrigin.FOLDER:
                is_sure = True
            case ModelOrigin.COPY:
                is_sure = questions.ask_delete_copy(self, size, entry.place)
            case ModelOrigin.EMBEDDED:
                is_sure = questions.ask_delete_base(self, size_text(fetched_bytes()))
            case _:
                is_sure = questions.ask_delete(self, entry.title, size, entry.place)
        if is_sure:
            self.local_models.remove(entry)

    def add_folder(self) -> None:
        """Ask for a folder with a model and put it into the list."""
        folder = dialogs.ask_model_folder(self, documents_folder())
        if folder is not None:
            self.add_to_list(folder)

    def add_to_list(self, folder: Path) -> None:
        """Put a folder into the list and choose it, if there is a model in it."""
        try:
            self._wanted = self.local_models.add(folder)
        except LocalModelsError as error:
            self._say(str(error))

    def ask_token(self) -> None:
        """Ask for an access token."""
        dialog = TokenDialog(self)
        dialog.finished.connect(lambda _: self._take_token(dialog.token))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _set_up(self) -> None:
        self.list.setModel(self.models)
        self.list.setItemDelegate(ModelRow(self.list))
        self.list.setAccessibleName(tr("Models"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.refresh_button.setToolTip(tr("Ask the hub for sizes and licences"))
        for button in (self.add, self.refresh_button, self.token, self.close_button):
            button.setAutoDefault(False)
        self.pages.setDocumentMode(True)

    def _lay_out(self) -> None:
        page = QWidget()
        columns = QHBoxLayout()
        columns.setSpacing(0)
        columns.addWidget(self.list)
        columns.addWidget(self.details, 1)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.messages)
        column.addLayout(columns, 1)
        self.pages.addTab(page, tr("Models"))
        buttons = QHBoxLayout()
        for button in (self.add, self.refresh_button, self.token):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(10)
        layout.addWidget(self.pages, 1)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._show_chosen)
        self.list.activated.connect(lambda _: self.details.press_first())
        self.models.dataChanged.connect(self._show_chosen)
        details = self.details
        details.use_wanted.connect(self.use)
        details.download_wanted.connect(self.download)
        details.pause_wanted.connect(self.downloads.pause)
        details.cancel_wanted.connect(self.cancel)
        details.verify_wanted.connect(self._verify)
        details.delete_wanted.connect(self.delete)
        self.local_models.found.connect(self._take_entries)
        self.local_models.failed.connect(self._say)
        self.downloads.changed.connect(self._follow_work)
        self.downloads.fetched.connect(self._take_fetched)
        self.downloads.discarded.connect(self._discard)
        self.downloads.verified.connect(self._take_verdict)
        self.downloads.failed.connect(lambda _, text: self._say(text))
        self._keeper.changed.connect(self._mark_used)
        # The window says it in any case, but may stand behind this one.
        self._keeper.failed.connect(lambda text: self.isVisible() and self._say(text))
        self.fits.found.connect(self._show_chosen)
        self.hub.changed.connect(self._show_chosen)
        self.hub.failed.connect(self._say)
        self.add.clicked.connect(self.add_folder)
        self.refresh_button.clicked.connect(lambda: self.hub.ask(self.downloads.session_token))
        self.token.clicked.connect(self.ask_token)
        self.close_button.clicked.connect(self.close)
        self.pages.currentChanged.connect(self._show_buttons)

    @Slot(int)
    def _show_buttons(self, page: int) -> None:
        """Show what can be done with models on their page, and not on others."""
        for button in (self.add, self.refresh_button, self.token):
            button.setVisible(page == 0)

    @Slot(object)
    def _take_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        key = self._wanted or (self.entry.key if self.entry else None)
        self._wanted = None
        self.models.set_entries(entries)
        self._mark_used()
        row = max(self.models.row_of(key if key else self.models.used), 0)
        self.list.setCurrentIndex(self.models.index(row))

    def _mark_used(self) -> None:
        self.models.set_used(index_of(self.models.entries, self._keeper.folder, self._root))

    @Slot()
    def _show_chosen(self) -> None:
        entry = self.entry
        self.details.setEnabled(entry is not None)
        if entry is None:
            return
        work = self.downloads.work
        self.details.show_entry(
            self.hub.with_facts(entry),
            work if work is not None and work.key == entry.key else None,
            is_used=self._is_used(entry),
            is_busy=self.downloads.is_busy,
            licence=self.hub.licence(entry),
        )
        self.details.show_fit(*self.fits.of(entry))
        self.details.show_disk(self.local_models.disk_space_text(self.hub.with_facts(entry)))

    def _is_used(self, entry: ModelEntry) -> bool:
        """Whether it is in use; a copy may be just being written."""
        is_copy = entry.copy is not None
        return self._keeper.is_loading if is_copy else entry.key == self.models.used

    def _verify(self) -> None:
        if self.entry is not None:
            self.downloads.verify(self.entry.key, self.entry.parts)

    @Slot(object)
    def _follow_work(self, work: Work | None) -> None:
        self.models.set_work(work)
        if work is None or work.phase is WorkPhase.PAUSED:
            self.local_models.look()

    @Slot(str)
    def _take_fetched(self, key: str) -> None:
        self.local_models.look()
        entry = self.models.entry(key)
        if entry is None:
            return
        text = tr("{title} is on disk and all of its hashes are right.").format(title=entry.title)
        if key == SMALL_KEY:
            text = tr(
                "Inlay Small is complete now: what it is built on is here, its hash is right."
            )
        self._say(text, Severity.INFO)
        # Who works with the stand-in goes on with the model itself; another one was chosen.
        if key == SMALL_KEY and self._keeper.folder == smallest_model():
            self._keeper.use(default_model())

    @Slot(str)
    def _discard(self, key: str) -> None:
        if (entry := self.models.entry(key)) is not None:
            self.local_models.remove(entry)

    @Slot(str, object)
    def _take_verdict(self, key: str, verdict: Verdict) -> None:
        entry = self.models.entry(key)
        severity = Severity.ERROR if verdict.damaged else Severity.INFO
        self._say(verdict_text(entry.title if entry else key, verdict), severity)

    def _take_token(self, token: str | None) -> None:
        if token is not None:
            self.downloads.session_token = token

    @Slot(str)
    def _say(self, text: str, severity: Severity = Severity.ERROR) -> None:
        """Say it here, or in the window if nobody would see it here."""
        message = Message(text, severity)
        if self.isVisible():
            self._clear_messages()
            self.messages.show_message(message)
        else:
            self.message.emit(Message(text, severity, (Remedy(tr("Models…"), self.show),)))

    def _clear_messages(self) -> None:
        while self.messages.messages:
            self.messages.close_message()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what is on disk now, ready for the keyboard."""
        super().showEvent(event)
        self.local_models.look()
        self.list.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave no old message for the next time."""
        self._clear_messages()
        super().closeEvent(event)
