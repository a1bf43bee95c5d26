"""Which graphics card there is, and which build of torch suits it."""

import csv
import shutil
import subprocess
from dataclasses import dataclass

from places import IS_WINDOWS, SetupError

INDEX = "https://download.pytorch.org/whl"
QUERY = "name,driver_version,compute_cap,memory.total"
GB = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the driver says of a graphics card."""

    name: str
    driver: int  # the major version
    capability: tuple[int, int]
    memory_mib: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build of torch, and what it costs."""

    name: str
    title: str
    size: int  # bytes of the whole program; measured for the processor, estimated for CUDA
    min_driver: int = 0
    capabilities: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (99, 9))

    @property
    def index(self) -> str:
        """Return the address of its packages."""
        return f"{INDEX}/{self.name}"

    @property
    def room(self) -> int:
        """Return the bytes that must be free: the packages lie beside what they become."""
        return self.size * 3 // 2

    def suits(self, card: Card) -> bool:
        """Return True if the build has code for a card and the driver runs it."""
        low, high = self.capabilities
        return card.driver >= self.min_driver and low <= card.capability <= high


# Drivers by NVIDIA's table of minor version compatibility, capabilities by PyTorch's matrix of the
# releases 2.12 and 2.13; the first that suits is taken.
CUDA_BUILDS = (
    Build(
        name="cu130",
        title="CUDA 13.0",
        size=7 * GB,
        min_driver=580,
        capabilities=((7, 5), (12, 9)),
    ),
    Build(
        name="cu126",
        title="CUDA 12.6",
        size=7 * GB,
        min_driver=528 if IS_WINDOWS else 525,
        capabilities=((5, 0), (9, 0)),
    ),
)
CPU_BUILD = Build(name="cpu", title="the processor", size=5 * GB // 2)
BUILDS = {build.name: build for build in (*CUDA_BUILDS, CPU_BUILD)}


def find_cards() -> list[Card]:
    """Return the NVIDIA cards that the driver knows, the strongest first."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, f"--query-gpu={QUERY}", "--format=csv,noheader,nounits"]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []  # a driver that does not answer cannot be computed with
    cards = [card for row in csv.reader(run.stdout.splitlines()) if (card := _card(row))]
    return sorted(cards, key=lambda card: (card.capability, card.memory_mib), reverse=True)


def _card(row: list[str]) -> Card | None:
    try:
        name, driver, capability, memory = (cell.strip() for cell in row)
        major, minor = capability.split(".")
        return Card(
            name=name,
            driver=int(driver.split(".")[0]),
            capability=(int(major), int(minor)),
            memory_mib=int(memory) if memory.isdecimal() else 0,
        )
    except ValueError:
        return None


def choose(cards: list[Card], wish: str) -> tuple[Build, str]:
    """Return the build for the strongest card, and why it is that one.

    Args:
        cards: As `find_cards` returns them.
        wish: auto, or the name of a build.

    Raises:
        SetupError: If there is no build of that name.
    """
    if wish != "auto":
        if wish not in BUILDS:
            raise SetupError(f"--torch is one of auto, {', '.join(BUILDS)}; not {wish}.")
        return BUILDS[wish], f"torch for {BUILDS[wish].title}, as you wish"
    if not cards:
        return CPU_BUILD, "No NVIDIA card was found: torch for the processor."
    card = cards[0]
    found = f"{card.name}, {card.memory_mib / 1024:.0f} GiB, driver {card.driver}"
    for build in CUDA_BUILDS:
        if build.suits(card):
            return build, f"{found}: torch for {build.title}."
    newest = CUDA_BUILDS[0]
    if newest.capabilities[0] <= card.capability and card.driver < newest.min_driver:
        remedy = f"Install driver {newest.min_driver} or newer and run this again to use the card."
    else:
        remedy = "No build of torch knows this card and driver."
    return CPU_BUILD, f"{found}: torch for the processor. {remedy}"
