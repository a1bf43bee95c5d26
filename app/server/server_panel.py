"""The page on which a server is entered: its address, its key, and which of its models."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.engine_model import EngineModel, EnginePhase, LoadingModel, ModelReady
from app.server.known import KnownServer, place_of
from app.server.link import ServerLink
from app.server.nearby import NearbyServer
from app.server.server_texts import server_abilities
from app.stages import stage_text
from app.translation import tr
from app.widgets.ringed import RingedBox, RingedButton
from engine.api import ModelInfo

EXAMPLE = "http://localhost:8000"
KEPT = "\u2022" * 8  # stands for a key that is not shown


class ServerPanel(QWidget):
    """Connects when asked to, and says what the server can do.

    Signals:
        leave_wanted: A model on this computer shall do the work again.
    """

    leave_wanted = Signal()

    def __init__(self, link: ServerLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._has_asked = False
        self._model = ""  # to be asked for; empty: the first the server names
        self._nearby: tuple[NearbyServer, ...] = ()
        self.known = RingedBox()
        self.forget_button = RingedButton(tr("&Forget"))
        self.address, self.key = QLineEdit(link.address), QLineEdit()
        self.model = RingedBox()
        self.reasoning = QCheckBox(tr("Let it &reason before an edit"))
        self.connect_button = RingedButton(tr("&Connect"))
        self.leave_button = RingedButton(tr("&Use This Computer Instead"))
        self.note, self.warning = QLabel(), QLabel()
        self._set_up()
        self._lay_out()
        self.address.textChanged.connect(self._on_address)
        self.address.returnPressed.connect(self._connect)
        self.key.returnPressed.connect(self._connect)
        self.connect_button.clicked.connect(self._connect)
        self.leave_button.clicked.connect(self._leave)
        self.model.activated.connect(self._choose_model)
        self.known.activated.connect(self._choose_known)
        self.forget_button.clicked.connect(self._forget)
        self.reasoning.clicked.connect(self._choose_reasoning)
        link.found.connect(self._show_nearby)
        engine = link.engine
        engine.phase_changed.connect(self._show)
        engine.failed.connect(self._show_failure)
        place = place_of(link.address)
        known = [server for server in link.known if place_of(server.address) == place]
        self.reasoning.setChecked(any(server.wants_reasoning for server in known))
        self._show(engine.phase)
        self._list_servers()
        self._on_address(self.address.text())

    @property
    def _engine(self) -> EngineModel:
        return self._link.engine

    def _set_up(self) -> None:
        self.address.setPlaceholderText(EXAMPLE)
        self.address.setClearButtonEnabled(True)
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(
            tr("as before") if self._link.address else tr("if the server wants one")
        )
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.reasoning.setToolTip(
            tr("For models that can: it takes longer, and what it thinks is not part of the text.")
        )
        for widget, name in (
            (self.known, tr("Servers used before or found")),
            (self.address, tr("Address of the server")),
            (self.key, tr("Key of the server")),
            (self.model, tr("Model of the server")),
            (self.note, tr("What the server can do")),
        ):
            widget.setAccessibleName(name)
        self.note.setWordWrap(True)
        for label in (self.note, self.warning):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.warning.setText(tr("Not encrypted on its way: use https:// across a network."))
        for button in (self.connect_button, self.leave_button, self.forget_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        intro = QLabel(
            tr(
                "A model on another machine can do the work: enter the address of a vLLM server, "
                "or of another that speaks OpenAI's protocol. With every rewrite the selection, "
                "the text around it and the instruction are sent there. Nothing is sent before "
                "you press Connect; this page only looks whether a server runs on this computer."
            )
        )
        intro.setWordWrap(True)
        intro.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        servers = QHBoxLayout()
        servers.setSpacing(8)
        servers.addWidget(self.known, 1)
        servers.addWidget(self.forget_button)
        self._servers = servers
        label = QLabel(tr("&Server"))
        label.setBuddy(self.known)
        form.addRow(label, servers)
        form.addRow(tr("Addr&ess"), self.address)
        form.addRow("", self.warning)
        form.addRow(tr("&Key"), self.key)
        form.addRow(tr("&Model"), self.model)
        form.addRow("", self.reasoning)
        self._form = form
        buttons = QHBoxLayout()
        buttons.addWidget(self.connect_button)
        buttons.addWidget(self.leave_button)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 14)
        column.setSpacing(14)
        column.addWidget(intro)
        column.addLayout(form)
        column.addLayout(buttons)
        column.addWidget(self.note)
        column.addStretch()
        self.setFocusProxy(self.address)

    def _on_address(self, text: str) -> None:
        """Offer what can be done with an address, and warn of one that is open to listeners."""
        text, self._model = text.strip(), ""
        self.connect_button.setEnabled(bool(text))
        host = text.removeprefix("http://").split("/")[0].rsplit(":", 1)[0]
        is_open = text.startswith("http://") and host not in ("", "localhost", "127.0.0.1", "[::1]")
        self._form.setRowVisible(self.warning, is_open)
        self._select(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Look for servers on this machine when the page is opened, and not before."""
        super().showEvent(event)
        self._link.look_around()

    @Slot(object)
    def _show_nearby(self, found: tuple[NearbyServer, ...]) -> None:
        self._nearby = found
        self._list_servers()

    def _list_servers(self) -> None:
        """Offer the servers that were used before, and those that run on this machine."""
        known = self._link.known
        self.known.clear()
        self.known.addItem(tr("Another server"), KnownServer(address=""))
        for server in known:
            self.known.addItem(server.address, server)
        used = {place_of(server.address) for server in known}
        for nearby in self._nearby:
            if place_of(nearby.address) not in used:
                words = tr("{address}, on this computer (the port of {program})")
                text = words.format(address=nearby.address, program=nearby.program)
                self.known.addItem(text, KnownServer(address=nearby.address))
        self._form.setRowVisible(self._servers, self.known.count() > 1)
        self._select(self.address.text().strip())

    def _select(self, address: str) -> None:
        """Show in the list what the fields say."""
        place = place_of(address)
        listed = [place_of(self.known.itemData(n).address) for n in range(self.known.count())]
        self.known.setCurrentIndex(listed.index(place) if place in listed[1:] else 0)
        used = {place_of(server.address) for server in self._link.known}
        is_in_use = place == place_of(self._link.address)
        self.forget_button.setEnabled(place in used and not is_in_use)

    def _choose_known(self) -> None:
        server: KnownServer = self.known.currentData()
        self.address.setText(server.address)
        self._model = server.model
        self.reasoning.setChecked(server.wants_reasoning)
        self.key.clear()
        is_kept = server in self._link.known
        self.key.setPlaceholderText(tr("as before") if is_kept else tr("if the server wants one"))

    def _forget(self) -> None:
        self._link.forget(self.address.text().strip())
        self._has_asked = False
        self.note.clear()  # it may say that the server is asked, and no answer comes any more
        self.address.clear()
        self._list_servers()

    def _connect(self) -> None:
        if address := self.address.text().strip():
            self._has_asked = True
            # At once: the keyring may take its time, or ask to be unlocked.
            self.note.setText(f"{tr('Asking the server')}…")
            server = KnownServer(
                address=address, model=self._model, wants_reasoning=self.reasoning.isChecked()
            )
            self._link.connect_to(server, self.key.text() or None)

    def _choose_reasoning(self) -> None:
        """Ask a server that is used again: what it takes may be another."""
        if self._is_of_used:
            self._connect()

    def _choose_model(self) -> None:
        """Use another model of the server that is used, and of no other that was only typed."""
        if self._is_of_used:
            self._model = self.model.currentText()
            self._connect()

    @property
    def _is_of_used(self) -> bool:
        """Whether the address in the field is that of the server in use."""
        phase = self._engine.phase
        server = phase.model.server if isinstance(phase, ModelReady) else ""
        return bool(server) and place_of(server) == place_of(self.address.text().strip())

    def _leave(self) -> None:
        self._has_asked = False
        self._link.withdraw()
        self.leave_wanted.emit()

    @Slot(object)
    def _show(self, phase: EnginePhase) -> None:
        """Show what has come of it."""
        model = phase.model if isinstance(phase, ModelReady) else None
        is_connected = model is not None and bool(model.server)
        self._form.setRowVisible(self.model, is_connected)
        self.leave_button.setVisible(is_connected or bool(self._link.address))
        if self._has_asked and isinstance(phase, LoadingModel):
            self.note.setText(f"{stage_text(phase.stage)}…")
        elif model is not None and is_connected:
            self._show_server(model)
        elif model is not None:
            self.note.setText(tr("A model on this computer does the work."))

    def _show_server(self, model: ModelInfo) -> None:
        self.address.setText(model.server)
        self.model.clear()
        self.model.addItems(list(model.served))
        self.model.setCurrentText(model.name)
        self._model = model.name
        if self.key.text():
            self.key.clear()
            self.key.setPlaceholderText(KEPT)
        self._list_servers()
        connected = tr("Connected. The server does the work from now on, until you leave it.")
        self.note.setText(f"{connected}\n\n{server_abilities(model)}")

    @Slot(str)
    def _show_failure(self, text: str) -> None:
        if self._has_asked:
            self._model = ""
            self.note.setText(text)
