"""The page on which a server is entered: its address, its key, and which of its models."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.engine_model import EngineModel, EnginePhase, LoadingModel, ModelReady
from app.server.link import ServerLink
from app.server.server_texts import server_abilities
from app.translation import tr
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
        self.address, self.key = QLineEdit(link.address), QLineEdit()
        self.model = QComboBox()
        self.connect_button = QPushButton(tr("&Connect"))
        self.leave_button = QPushButton(tr("&Use This Computer Instead"))
        self.note, self.warning = QLabel(), QLabel()
        self._set_up()
        self._lay_out()
        self.address.textChanged.connect(self._on_address)
        self.address.returnPressed.connect(self._connect)
        self.key.returnPressed.connect(self._connect)
        self.connect_button.clicked.connect(self._connect)
        self.leave_button.clicked.connect(self._leave)
        self.model.activated.connect(self._choose_model)
        engine = link.engine
        engine.phase_changed.connect(self._show)
        engine.failed.connect(self._show_failure)
        self._show(engine.phase)
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
        for widget, name in (
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
        for button in (self.connect_button, self.leave_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        intro = QLabel(
            tr(
                "A model on another machine can do the work: enter the address of a vLLM server, "
                "or of another that speaks OpenAI's protocol. With every rewrite the selection, "
                "the text around it and the instruction are sent there. Nothing is sent before "
                "you press Connect."
            )
        )
        intro.setWordWrap(True)
        intro.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        form.addRow(tr("Addr&ess"), self.address)
        form.addRow("", self.warning)
        form.addRow(tr("&Key"), self.key)
        form.addRow(tr("&Model"), self.model)
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

    def _connect(self) -> None:
        if self.address.text().strip():
            self._has_asked = True
            address, key = self.address.text().strip(), self.key.text()
            self._link.connect_to(address, self._model, key or None)

    def _choose_model(self) -> None:
        self._model = self.model.currentText()
        self._connect()

    def _leave(self) -> None:
        self._has_asked = False
        self.leave_wanted.emit()

    @Slot(object)
    def _show(self, phase: EnginePhase) -> None:
        """Show what has come of it."""
        model = phase.model if isinstance(phase, ModelReady) else None
        is_connected = model is not None and bool(model.server)
        is_asking = self._has_asked and isinstance(phase, LoadingModel)
        self._form.setRowVisible(self.model, is_connected)
        self.leave_button.setVisible(is_connected or bool(self._link.address))
        if is_asking:
            self.note.setText(tr("Asking the server…"))
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
        connected = tr("Connected. The server does the work from now on, until you leave it.")
        self.note.setText(f"{connected}\n\n{server_abilities(model)}")

    @Slot(str)
    def _show_failure(self, text: str) -> None:
        if self._has_asked:
            self._model = ""
            self.note.setText(text)
