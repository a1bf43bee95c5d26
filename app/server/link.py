"""Which server the editor uses, from one run to the next; none unless the user has entered one."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from app.engine_model import EngineModel, EnginePhase, ModelFailed, ModelReady
from app.server.known import KnownServer, forget, known_servers, place_of, remember
from app.server.nearby import find_nearby
from app.settings import Settings
from app.system.background import Background
from app.system.secrets import SecretsError, read_secret, store_secret
from engine.api import Answer, Connect, Event, Failed, Ready


class ServerLink(QObject):
    """Connects, and remembers the server once that has gone well.

    Signals:
        message: What the user has to know of the keyring.
        found: A tuple of `NearbyServer`, of those that run on this machine.
    """

    message = Signal(str)
    found = Signal(object)

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
        self._num_wishes = 0  # what the user has wanted since: the keyring may answer late
        self._keys: dict[str, str] = {}  # used in this run, by address
        self._kept: dict[str, str] = {}  # what the keyring is known to hold
        self._background = Background(self)
        engine.phase_changed.connect(self._follow)

    @property
    def address(self) -> str:
        """The server that is used, or will be with the next start; empty: none."""
        return self._settings.server_address

    @property
    def known(self) -> tuple[KnownServer, ...]:
        """The servers that were used before, the last one first."""
        return known_servers(self._settings)

    def key_of(self, address: str) -> str:
        """Return the key that this run uses for a server; empty: none."""
        return self._keys.get(address, "")

    def connect_to(self, server: KnownServer, key: str | None = None) -> None:
        """Use a server from now on, if it can be.

        Args:
            server: Its address as the user writes it, and how it is to be used.
            key: None: the one that is kept for this address.
        """
        self._num_wishes += 1
        known = self._keys.get(server.address) if key is None else key
        if known is None:
            self._background.start(self._connect_with_kept(server))
        else:
            self._connect(server, known)

    def reconnect(self) -> None:
        """Use the server of the last run."""
        known = [server for server in self.known if server.address == self.address]
        last = KnownServer(address=self.address, model=self._settings.server_model)
        self.connect_to(known[0] if known else last)

    def withdraw(self) -> None:
        """Do not connect to a server whose key the keyring has not told yet."""
        self._num_wishes += 1

    def forget(self, address: str) -> None:
        """Remember a server and its key no more."""
        self.withdraw()
        place = place_of(address)
        listed = {server.address for server in self.known if place_of(server.address) == place}
        forget(self._settings, address)
        for name in {address, *listed}:
            self._keys.pop(name, None)
            self._kept[name] = ""
            self._background.start(self._keep(name, ""))

    def look_around(self) -> None:
        """Look for servers on this machine; nothing is sent to any other."""
        self._background.run(find_nearby, self.found.emit)

    def wake(self) -> None:
        """Try once more, before a request, if the server could not be reached."""
        is_lost = isinstance(self.engine.phase, ModelFailed)
        if is_lost and self.address and self.address in self._keys:
            self.reconnect()

    async def _connect_with_kept(self, server: KnownServer) -> None:
        address, wish = server.address, self._num_wishes
        try:
            # The keyring may ask the user to unlock it.
            key = self._kept[address] = await self._background.do(partial(read_secret, address))
        except SecretsError as error:
            self.message.emit(str(error))
            key = ""
        if wish == self._num_wishes:
            self._connect(server, key)

    async def _keep(self, address: str, key: str) -> None:
        try:
            await self._background.do(partial(store_secret, address, key))
        except SecretsError as error:
            self.message.emit(str(error))

    def _connect(self, server: KnownServer, key: str) -> None:
        self._keys[server.address] = key
        job_id = self._next_job_id()
        self._asked = Connect(
            job_id=job_id,
            address=server.address,
            model=server.model,
            key=key,
            wants_reasoning=server.wants_reasoning,
            known=server.found,
        )
        self.engine.notify_submitted(job_id)
        self._submit(self._asked)

    @Slot(object)
    def handle(self, event: Event) -> None:
        """Keep the key with which a server let us in."""
        asked = self._asked
        if asked is None or isinstance(event, Answer) or event.job_id != asked.job_id:
            return
        if isinstance(event, Ready):
            self._remember_found(event)
            server, key = event.model.server, asked.key
            self._keys[server] = key
            if self._kept.get(server, "") != key:
                self._kept[server] = key
                self._background.start(self._keep(server, key))
        if isinstance(event, Ready | Failed):
            self._asked = None

    def _remember_found(self, event: Ready) -> None:
        """Keep what was found out of a server, so that the next start need not ask it all."""
        for server in self.known:
            if server.address == event.model.server:
                remember(self._settings, replace(server, found=event.known))

    @Slot(object)
    def _follow(self, phase: EnginePhase) -> None:
        """Remember a server that is used now, and forget it when another model is."""
        if isinstance(phase, ModelReady):
            server = phase.model.server
            self._settings.server_address = server
            self._settings.server_model = phase.model.name if server else ""
            # Before its key is kept, as whoever shows what is known hears of the phase as well.
            if server and self._asked is not None:
                reasons = self._asked.wants_reasoning
                used = KnownServer(address=server, model=phase.model.name, wants_reasoning=reasons)
                remember(self._settings, used)
