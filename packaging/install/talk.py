"""What the installer says and asks, and how it shows that something goes on."""

import shutil
import sys

STEPS = 6
WIDTH = 24  # of the bar


class Talk:
    """Prints; asks only where somebody can answer."""

    def __init__(self, *, takes_defaults: bool) -> None:
        """`takes_defaults`: no question is asked."""
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # old consoles
        self._asks = sys.stdin.isatty() and not takes_defaults
        self._is_live = sys.stdout.isatty()
        self._step = 0

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._step += 1
        self.say(f"[{self._step}/{STEPS}] {title}")

    def say(self, text: str) -> None:
        """Print a line."""
        self._clear()
        print(text, flush=True)

    def ask(self, question: str, *, default: bool) -> bool:
        """Ask for yes or no; return the default where nobody can answer."""
        if not self._asks:
            return default
        try:
            answer = input(f"{question} [{'Y/n' if default else 'y/N'}] ").strip().lower()
        except EOFError:
            return default
        return answer[0] in "yj" if answer else default

    def progress(self, text: str, done: int, total: int) -> None:
        """Show how far something is, on one line, where lines can be written over."""
        if not self._is_live or total <= 0:
            return
        full = round(WIDTH * done / total)
        bar = "#" * full + "." * (WIDTH - full)
        line = f"      [{bar}] {100 * done // total:3} %  {text}"
        print(f"\r{line[: shutil.get_terminal_size().columns - 1]}\033[K", end="", flush=True)

    def _clear(self) -> None:
        if self._is_live:
            print("\r\033[K", end="")


def size_text(num_bytes: int) -> str:
    """Return a number of bytes for people."""
    if num_bytes >= 10**9:
        return f"{num_bytes / 10**9:.1f} GB"
    if num_bytes >= 10**6:
        return f"{num_bytes / 10**6:.0f} MB"
    return f"{num_bytes / 1000:.0f} kB"
