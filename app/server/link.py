"""Which server the editor uses, from one run to the next; none unless the user has entered one."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.engine_model import EngineModel, EnginePhase, ModelFailed, ModelReady
from app.settings import Settings
from app.system.background import Background
from app.system.secrets import SecretsError, read_secret, store_secret
from engine.api import Answer, Connect, Event, Failed, Ready


class ServerLink(QObject):
    """Connects, and remembers the server once that has gone well.

    Signals:
        message: What the user has to know of the keyring.
    """

    message = Signal(str)

    def __init__(
        self,
        settings: Settings,
        engine: EngineModel,
        submit: Callable[[Connect], None],
        next_job_id: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.engine = engine
        self._settings = settings
        self._submit = submit
        self._next_job_id = next_job_id
        self._asked: Connect | None = None
        self._keys: dict[str, str] = {}  # used in this run, by address
        self._kept: dict[str, str] = {}  # what the keyring is known to hold
        self._background = Background(self)
        engine.phase_changed.connect(self._follow)

    @property
    def address(self) -> str:
        """The server that is used, or will be with the next start; empty: none."""
        return self._settings.server_address

    def connect_to(self, address: str, model: str = "", key: str | None = None) -> None:
        """Use a server from now on, if it can be.

        Args:
            address: As the user writes it.
            model: As the server calls it; empty: the first it names.
            key: None: the one that is kept for this address.
        """
        known = self._keys.get(address) if key is None else key
        if known is None:
            self._background.start(self._connect_with_kept(address, model))
        else:
            self._connect(address, model, known)

    def reconnect(self) -> None:
        """Use the server of the last run."""
        self.connect_to(self.address, self._settings.server_model)

    def wake(self) -> None:
        """Try once more, before a request, if the server could not be reached."""
        is_lost = isinstance(self.engine.phase, ModelFailed)
        if is_lost and self.address and self.address in self._keys:
            self.reconnect()

    async def _connect_with_kept(self, address: str, model: str) -> None:
        try:
            # The keyring may ask the user to unlock it.
            key = self._kept[address] = await self._background.do(partial(read_secret, address))
        except SecretsError as error:
            self.message.emit(str(error))
            key = ""
        self._connect(address, model, key)

    async def _keep(self, address: str, key: str) -> None:
        try:
            await self._background.do(partial(store_secret, address, key))
        except SecretsError as error:
            self.message.emit(str(error))

    def _connect(self, address: str, model: str, key: str) -> None:
        self._keys[address] = key
        job_id = self._next_job_id()
        self._asked = Connect(job_id=job_id, address=address, model=model, key=key)
        self.engine.notify_submitted(job_id)
        self._submit(self._asked)

    @Slot(object)
    def handle(self, event: Event) -> None:
        """Keep the key with which a server let us in."""
        asked = self._asked
        if asked is None or isinstance(event, Answer) or event.job_id != asked.job_id:
            return
        if isinstance(event, Ready):
            server, key = event.model.server, asked.key
            self._keys[server] = key
            if self._kept.get(server, "") != key:
                self._kept[server] = key
                self._background.start(self._keep(server, key))
        if isinstance(event, Ready | Failed):
            self._asked = None

    @Slot(object)
    def _follow(self, phase: EnginePhase) -> None:
        """Remember a server that is used now, and forget it when another model is."""
        if isinstance(phase, ModelReady):
            server = phase.model.server
            self._settings.server_address = server
            self._settings.server_model = phase.model.name if server else ""
