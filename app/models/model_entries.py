"""What there is to choose from, and what of it is on disk; found without any connection."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from app.models.known import KNOWN, KnownModel
from app.translation import tr
from engine.hub import local
from engine.hub.base import Base, base_folder
from engine.hub.converted import Converted, list_converted
from engine.hub.embedded import base_file, default_model, missing_base, smallest_model
from engine.hub.fetch_base import begun_bytes
from engine.hub.gguf_files import gguf_models
from engine.hub.source import Source

EMBEDDED_KEY, SMALL_KEY = "embedded", "embedded-small"


class ModelOrigin(Enum):
    """Where a model comes from, which decides what can be done with it."""

    EMBEDDED = auto()
    KNOWN = auto()  # of the table
    CACHED = auto()  # another repository in the hub's cache
    FOLDER = auto()  # added by the user
    COPY = auto()  # converted from another one for the card, whole or in part


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model of the list."""

    key: str
    origin: ModelOrigin
    title: str
    place: str  # repository or folder, for people
    parts: tuple[Path, ...] = ()  # files, and folders of files, that make it up; empty: incomplete
    file: str = ""  # its name, where its place holds several models
    on_disk: int = 0  # bytes
    num_bytes: int = 0  # of the whole
    known: KnownModel | None = None
    copy: Converted | None = None  # what is known of a copy
    missing: Base | None = None  # what the model is built on, if that is to be fetched first
    why_not: str = ""  # it cannot be opened as it lies there; empty: nothing is known against it
    is_fetched: bool = False  # it was fetched by Inlay, and can be deleted

    @property
    def is_complete(self) -> bool:
        """Whether it can be loaded."""
        return bool(self.parts)


def find_entries(cache: Path, folders: Sequence[Path]) -> tuple[ModelEntry, ...]:
    """Look at the disk for all models of the list."""
    known = tuple(_known(cache, model) for model in KNOWN)
    repos = {model.repo_id for model in KNOWN}
    cached = (
        entry
        for repo_id, folder in local.model_folders(cache).items()
        for entry in _cached(cache, repo_id, folder)
        if repo_id not in repos or (entry.file and not _is_known(repo_id, folder / entry.file))
    )
    added = (entry for folder in folders for entry in entries_of_folder(cache, folder))
    return (*_embedded(), *known, *cached, *added, *map(_copy, list_converted()))


def entries_of_folder(cache: Path, folder: Path) -> list[ModelEntry]:
    """Return the models in a folder of the user's: of several GGUF files each is one."""
    whole = _folder(folder)
    return _by_file(cache, whole, folder) if folder.is_dir() else [whole]


def _by_file(cache: Path, whole: ModelEntry, folder: Path) -> list[ModelEntry]:
    """Return an entry for each GGUF file, with the tokenizer that it needs beside it."""
    files = [] if local.has_safetensors(folder) else gguf_models(folder)
    if not files or (len(files) == 1 and (folder / local.TOKENIZER).is_file()):
        why_not = _why_not(folder) if whole.parts else ""
        return [replace(whole, parts=() if why_not else whole.parts, why_not=why_not)]
    beside = local.tokenizer_files(cache, folder)
    why_not = "" if beside else _no_tokenizer()
    return [
        replace(
            whole,
            key=f"{whole.key}:{file.stem}",
            title=file.stem,
            parts=() if why_not else (file, *beside),
            why_not=why_not,
            file=file.name,
            on_disk=file.stat().st_size,
            num_bytes=file.stat().st_size,
        )
        for file in files
    ]


def _why_not(folder: Path) -> str:
    """Say why a folder cannot be opened, as far as that can be seen without reading weights."""
    if local.is_adapter(folder):
        return ""  # the rest is its model's
    if not gguf_models(folder) and local.missing_weights(folder):
        return tr("Some of its weights are missing: it was not downloaded to the end.")
    if local.is_of_mlx(folder):
        return tr(
            "It is quantized for MLX, which Inlay does not read. Choose it as safetensors or GGUF."
        )
    return "" if (folder / local.TOKENIZER).is_file() else _no_tokenizer()


def _no_tokenizer() -> str:
    text = tr(
        "Its tokenizer is not on this disk. Put the tokenizer.json of {base} beside the weights."
    )
    return text.format(base=local.BASE)


def _is_known(repo_id: str, path: Path) -> bool:
    sources = (source for model in KNOWN for source in model.sources if source.repo_id == repo_id)
    return any(local.wanted(path.parent, path, source) for source in sources)


def folder_to_load(entry: ModelEntry, root: Path) -> Path:
    """Return the one folder that the engine can load; links of several parts are put together.

    Raises:
        OSError: If they cannot be.
    """
    if len(entry.parts) == 1 and entry.parts[0].is_dir():
        return entry.parts[0]
    folder = root / entry.key
    folder.mkdir(parents=True, exist_ok=True)
    files = {path.name: path for path in _files_of(entry)}
    for old in folder.iterdir():
        if old.name not in files:
            old.unlink()  # a second name of a file, which another model has now
    for name, path in files.items():
        _link(path.resolve(), folder / name)
    return folder


def _files_of(entry: ModelEntry) -> Iterator[Path]:
    """Go through the files that make a model up; a repository may hold those of others as well."""
    sources = entry.known.sources if entry.known else (None,) * len(entry.parts)
    for part, source in zip(entry.parts, sources, strict=True):
        for path in (part,) if part.is_file() else part.iterdir():
            if source is None or local.wanted(part, path, source):
                yield path


def needed_by_others(entries: Iterable[ModelEntry], entry: ModelEntry) -> Source | None:
    """Return the files in an entry's repository that another complete model needs."""
    for other in entries:
        for source in other.known.sources if other.known and other.is_complete else ():
            if other.key != entry.key and source.repo_id == entry.place:
                return source
    return None


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    try:
        target.symlink_to(source)
    except OSError:
        # Windows asks for a privilege; a second name of the file needs none on the same disk.
        target.hardlink_to(source)


def _embedded() -> list[ModelEntry]:
    """Return the models that come with Inlay; the better one may lack what it is built on."""
    best, smallest, missing = default_model(), smallest_model(), missing_base()
    tiny = _shipped(smallest, EMBEDDED_KEY, tr("inlay-tiny, the smallest model"))
    title = tr("Inlay Small, the embedded model")
    if best != smallest:
        return [_with_base(_shipped(best, SMALL_KEY, title)), tiny]
    if missing is None:
        return [tiny]
    small = ModelEntry(
        key=SMALL_KEY,
        origin=ModelOrigin.EMBEDDED,
        title=title,
        place=tr("comes with Inlay, but for {base}").format(base=missing.name),
        on_disk=begun_bytes(missing),
        num_bytes=missing.wheel_bytes,
        missing=missing,
    )
    return [small, tiny]


def _with_base(entry: ModelEntry) -> ModelEntry:
    """Count what the model is built on, wherever that lies."""
    (folder,) = entry.parts
    file = base_file()
    if file is None or file.parent == folder:
        return entry
    size = entry.on_disk + file.stat().st_size
    return replace(entry, on_disk=size, num_bytes=size, is_fetched=file.parent == base_folder())


def _shipped(folder: Path, key: str, title: str) -> ModelEntry:
    size = local.folder_bytes(folder)
    return ModelEntry(
        key=key,
        origin=ModelOrigin.EMBEDDED,
        title=title,
        place=tr("comes with Inlay"),
        parts=(folder,),
        on_disk=size,
        num_bytes=size,
    )


def _known(cache: Path, model: KnownModel) -> ModelEntry:
    found = [local.look(cache, source) for source in model.sources]
    folders = [one.folder for one in found if one.folder is not None and one.is_complete]
    return ModelEntry(
        key=model.key,
        origin=ModelOrigin.KNOWN,
        title=model.title,
        place=model.repo_id,
        parts=tuple(folders) if len(folders) == len(found) else (),
        on_disk=found[0].num_bytes,
        num_bytes=model.num_bytes,
        known=model,
    )


def _cached(cache: Path, repo_id: str, folder: Path) -> list[ModelEntry]:
    size = local.folder_bytes(folder)
    whole = ModelEntry(
        key=f"cached:{repo_id}",
        origin=ModelOrigin.CACHED,
        title=repo_id.partition("/")[2] or repo_id,
        place=repo_id,
        parts=(folder,),
        on_disk=size,
        num_bytes=size,
    )
    return _by_file(cache, whole, folder)


def _folder(folder: Path) -> ModelEntry:
    size = local.folder_bytes(folder) if folder.is_dir() else 0
    return ModelEntry(
        key=f"folder:{folder}",
        origin=ModelOrigin.FOLDER,
        title=folder.name or str(folder),
        place=str(folder),
        parts=(folder,) if folder.is_dir() else (),
        on_disk=size,
        num_bytes=size,
    )


def _copy(copy: Converted) -> ModelEntry:
    return ModelEntry(
        key=f"copy:{copy.folder}",
        origin=ModelOrigin.COPY,
        title=tr("Copy of {name}").format(name=copy.name),
        place=str(copy.folder),
        on_disk=copy.num_bytes,
        num_bytes=copy.num_bytes,
        copy=copy,
    )


def index_of(entries: Iterable[ModelEntry], folder: Path | None, root: Path) -> str | None:
    """Return the key of the entry that a loaded folder belongs to."""
    for entry in entries:
        places = {part.resolve() for part in entry.parts} if len(entry.parts) == 1 else set()
        if folder is not None and folder.resolve() in {*places, (root / entry.key).resolve()}:
            return entry.key
    return None
