"""Inlay's installer: `python packaging/install [install|verify|repair|uninstall]`.

Needs nothing but Python 3.11 to 3.13; `install.sh` and `install.ps1` find or fetch one. INSTALL.md
tells what it does.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from environment import add, damages, fill, make, mend, runs, seal, self_test, size_of
from machine import Build, choose, find_cards
from models import find_models
from places import HERE, Environment, Places, SetupError, State, default_root
from talk import Talk, size_text
from wheels import (
    fetch,
    find_base,
    find_source,
    fingerprint,
    has_base,
    names_own_index,
    renew,
    resolve,
    take_source,
)

if sys.platform == "win32":
    import windows as desktop
else:
    import menu as desktop

NO_BASE = (
    "What Inlay's better model is built on could not be had: Inlay will use its smallest one. "
    "`install` looks for it again, and Models in Inlay fetches it."
)
OLDEST, NEWEST = (3, 11), (3, 13)
FAILED, STOPPED = 1, 130


def main(argv: Sequence[str]) -> int:
    """Do what the command line asks for; return the exit code."""
    options = _parser().parse_args(argv)
    talk = Talk(takes_defaults=options.yes)
    places = Places(options.folder.expanduser().absolute())
    commands: dict[str, Callable[[argparse.Namespace, Places, Talk], int]] = {
        "install": install,
        "verify": verify,
        "repair": repair,
        "uninstall": uninstall,
    }
    try:
        if not OLDEST <= sys.version_info[:2] <= NEWEST:
            raise SetupError(f"This is Python {sys.version.split()[0]}; Inlay needs 3.11 to 3.13.")
        return commands[options.command](options, places, talk)
    except SetupError as error:
        talk.say(f"\ninlay-setup: {error}")
        return FAILED
    except OSError as error:
        talk.say(f"\ninlay-setup: {error}. Close Inlay if it runs, see to this, and try again.")
        return FAILED
    except KeyboardInterrupt:
        talk.say("\nStopped. The same command goes on from here.")
        return STOPPED


def install(options: argparse.Namespace, places: Places, talk: Talk) -> int:
    """Set the program up, or go on with it where it was stopped."""
    source = find_source(options.source)
    talk.step("Looking at this machine")
    build, why = choose(find_cards(), options.torch)
    talk.say(f"      {why}")
    _check_room(places, build)
    talk.say(f"      Inlay goes to {places.root} and takes about {size_text(build.size)} there.")
    if not talk.ask("Go on?", default=True):
        return STOPPED
    places.claim()
    with places.locked():
        state = places.load()
        coming = _prepare(source, build, options.torch != "auto", places, state, talk)
        if coming is None:
            assert state.current is not None
            talk.say("Inlay is installed already.")
            return _mend_if_needed(places, state, talk, tests=False) or _add_base(
                places, state, talk
            )
        _fill(coming, places, state, talk)
        return _put_to_use(coming, options, places, state, talk)


def verify(_options: argparse.Namespace, places: Places, talk: Talk) -> int:
    """Check every file, and let the program check itself."""
    environment = _installed(places)
    folder = places.environment(environment)
    found = damages(folder, environment)
    for damage in found:
        talk.say(f"{damage.package}: {damage.what}")
    if found:
        talk.say("Damaged. Run the installer with `repair`.")
        return FAILED
    talk.say(f"All files of {len(environment.records)} packages are as they were installed.")
    if not has_base(environment, places):
        talk.say(NO_BASE)
    return 0 if self_test(folder, places, talk) else FAILED


def repair(_options: argparse.Namespace, places: Places, talk: Talk) -> int:
    """Fetch again what is damaged, and write menu entry and commands again."""
    _installed(places)
    with places.locked():
        return _mend_if_needed(places, places.load(), talk, tests=True)


def uninstall(options: argparse.Namespace, places: Places, talk: Talk) -> int:
    """Remove the program; documents and settings stay, and models unless they are given up."""
    state = places.load()
    talk.say(f"The program in {places.root} ({size_text(size_of(places.root))}) is removed.")
    talk.say(f"What Inlay keeps of your work stays: {places.root.parent}, and its settings.")
    if not talk.ask("Go on?", default=True):
        return STOPPED
    found = find_models()
    for model in found:
        talk.say(f"A downloaded model: {model} ({size_text(size_of(model))})")
    gives_up = bool(found) and (
        options.remove_models or talk.ask("Remove the models as well?", default=False)
    )
    with places.locked():
        desktop.remove(places, state)
    _remove_program(places)
    for model in found if gives_up else ():
        shutil.rmtree(model)
    talk.say("Inlay is removed." + ("" if gives_up or not found else " The models are kept."))
    return 0


def _remove_program(places: Places) -> None:
    """Remove the folder; the mark by which it is ours goes last, so that one can try again."""
    parts = sorted(places.root.iterdir(), key=lambda part: part == places.state_file)
    for part in parts:
        if sys.platform == "win32" and Path(sys.base_prefix).is_relative_to(part):
            continue  # the Python that runs this; install.ps1 removes it
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink()
    if not any(places.root.iterdir()):
        places.root.rmdir()


def _prepare(
    source: Path, build: Build, is_wish: bool, places: Places, state: State, talk: Talk
) -> Environment | None:
    """Return the environment to be made, its packages known; None: the one in use is that."""
    talk.step("Working out what is needed")
    name = state.coming.name if state.coming else _next_name(state)
    host = places.root / name
    if state.current and runs(places.environment(state.current)):
        host = places.environment(state.current)
    elif not runs(host):
        make(host, places)
    wheel = take_source(source, host, places)
    own_index = not is_wish and names_own_index(host)
    wanted = Environment(
        name=name, source=fingerprint(wheel), build="" if own_index else build.name
    )
    for known in (state.current, state.coming):
        if known is not None and known.source == wanted.source:
            renew(known, wheel)
    places.save(state)
    if _is_same(state.current, wanted):
        return None
    if _is_same(state.coming, wanted):
        talk.say("      going on where the last run was stopped")
        return state.coming
    if host.name != name:  # what is left of another plan
        shutil.rmtree(places.root / name, ignore_errors=True)
    if own_index:
        talk.say("      from where pip is configured to look")
    wanted.wheels = resolve(wheel, None if own_index else build, host, places)
    torch = next((w.title for w in wanted.wheels if w.name == "torch"), "no torch")
    talk.say(f"      {len(wanted.wheels)} packages; {torch}")
    if base := find_base(host, places):
        wanted.wheels.append(base)
    else:
        talk.say(f"      {NO_BASE}")
    state.coming = wanted
    places.save(state)
    return wanted


def _add_base(places: Places, state: State, talk: Talk) -> int:
    """Fetch the base if it was not to be had before; everything else must be in its place."""
    assert state.current is not None
    if has_base(state.current, places):
        return 0
    if base := find_base(places.environment(state.current), places):
        add(base, state.current, places, talk)
        places.save(state)
    else:
        talk.say(NO_BASE)
    return 0


def _next_name(state: State) -> str:
    last = int(state.current.name.removeprefix("env-")) if state.current else 0
    return f"env-{last + 1}"


def _is_same(one: Environment | None, other: Environment) -> bool:
    return one is not None and (one.source, one.build) == (other.source, other.build)


def _fill(coming: Environment, places: Places, state: State, talk: Talk) -> None:
    folder = places.environment(coming)
    if not runs(folder):
        make(folder, places)
    talk.step("Downloading")
    paths = fetch(coming.wheels, folder, places, talk)
    talk.step("Installing")
    if not coming.records:
        fill(folder, paths, places)
        seal(coming, folder)
        places.save(state)


def _put_to_use(
    coming: Environment, options: argparse.Namespace, places: Places, state: State, talk: Talk
) -> int:
    talk.step("Checking")
    works = self_test(places.environment(coming), places, talk)
    if not works and state.current is not None:
        talk.say("The new version fails its test here; the one you have stays in use.")
        return FAILED
    talk.step("Menu entry")
    _copy_setup(places)
    old, state.current, state.coming = state.current, coming, None
    places.save(state)
    if not options.no_menu:
        _add_to_desktop(coming, options, places, state, talk)
    if old is not None:
        shutil.rmtree(places.environment(old), ignore_errors=True)
    shutil.rmtree(places.wheels, ignore_errors=True)
    if not works:
        talk.say(f"Inlay is installed, and fails its test: see the table above or {places.log}.")
        return FAILED
    where = f"{places.environment(coming)}" if options.no_menu else "your menu"
    talk.say(f"Inlay is installed ({size_text(size_of(places.root))}); it is in {where}.")
    return 0


def _add_to_desktop(
    coming: Environment, options: argparse.Namespace, places: Places, state: State, talk: Talk
) -> None:
    for note in desktop.add(coming, places):
        talk.say(f"      {note}")
    if options.associate or talk.ask("Open text files with Inlay from now on?", default=False):
        talk.say(f"      {desktop.associate(coming, places, state)}")
        places.save(state)


def _mend_if_needed(places: Places, state: State, talk: Talk, *, tests: bool) -> int:
    assert state.current is not None
    folder = places.environment(state.current)
    found = damages(folder, state.current)
    for damage in found:
        talk.say(f"{damage.package}: {damage.what}")
    if found:
        mend(state.current, found, places, talk)
        places.save(state)
    left = damages(folder, state.current)
    if left:
        talk.say(f"{left[0].package} is still damaged: {left[0].what}. Install again.")
        return FAILED
    desktop.add(state.current, places)
    talk.say("Everything is in its place." if not found else "Mended.")
    return 0 if not (tests or found) or self_test(folder, places, talk) else FAILED


def _installed(places: Places) -> Environment:
    current = places.load().current
    if current is None:
        raise SetupError("The installation was not finished. Run the installer with `install`.")
    return current


def _check_room(places: Places, build: Build) -> None:
    place = next(path for path in (places.root, *places.root.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free < build.room and not places.state_file.exists():
        raise SetupError(
            f"{place} has {size_text(free)} free, and {size_text(build.room)} are needed while "
            "Inlay is set up. Make room, or choose another disk with --folder."
        )


def _copy_setup(places: Places) -> None:
    """Keep the installer, so that repairing and removing need no download."""
    if HERE.parent == places.setup:
        return
    target = places.setup / HERE.name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(HERE, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (HERE.parent / "install.sh", HERE.parent / "install.ps1"):
        shutil.copy(path, places.setup)
    entry = HERE.parent / "linux" / "inlay.desktop"
    if entry.is_file():
        shutil.copyfile(entry, target / "inlay.desktop")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="inlay-setup", description="Install, verify, repair or uninstall Inlay."
    )
    commands = ("install", "verify", "repair", "uninstall")
    parser.add_argument("command", nargs="?", default="install", choices=commands)
    parser.add_argument("--yes", action="store_true", help="ask nothing; take the defaults")
    parser.add_argument(
        "--folder", type=Path, default=default_root(), help="where the program goes (%(default)s)"
    )
    parser.add_argument("--source", type=Path, help="a wheel of Inlay, or its source folder")
    parser.add_argument(
        "--torch", default="auto", metavar="BUILD", help="auto, cpu, cu126 or cu130"
    )
    parser.add_argument("--no-menu", action="store_true", help="no menu entry and no commands")
    parser.add_argument(
        "--associate", action="store_true", help="let text files open with Inlay from now on"
    )
    parser.add_argument(
        "--remove-models", action="store_true", help="uninstall: remove downloaded models as well"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
