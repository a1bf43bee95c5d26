"""Models on disk: in the cache that the hub's tools share, or in a folder. Nothing connects."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import constants

from engine.hub.gguf_files import gguf_models
from engine.hub.source import HubError, Source
from engine.small_files import read_object, read_small

WEIGHTS = (".safetensors", ".gguf")
TOKENIZER = "tokenizer.json"
BASE = "google/diffusiongemma-26B-A4B-it"
SIDE_FILES = (
    "config.json",
    "generation_config.json",
    TOKENIZER,
    "tokenizer_config.json",
    "chat_template.jinja",
)
SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
INCOMPLETE = ".incomplete"  # the hub's tools and ours end unfinished files so
OURS = f".inlay{INCOMPLETE}"
MODEL_TYPE = "diffusion_gemma"
ADAPTER = "adapter_config.json"
_MAX_CONFIG_BYTES = 1 << 20
_MAX_REF_BYTES = 1 << 10
_REPO_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDisk:
    """What there is of a model."""

    folder: Path | None  # None: no file has its place yet
    num_bytes: int  # of finished and unfinished files
    is_complete: bool


def cache_root() -> Path:
    """Return the cache of all tools of the hub on this machine."""
    return Path(constants.HF_HUB_CACHE)


def repo_folder(cache: Path, repo_id: str) -> Path:
    """Return the place of a repository in a cache."""
    return cache / f"models--{repo_id.replace('/', '--')}"


def free_bytes(place: Path) -> int:
    """Return the free room where a folder is, or would be.

    Raises:
        HubError: If it cannot be told.
    """
    existing = next((path for path in (place, *place.parents) if path.exists()), place)
    try:
        return shutil.disk_usage(existing).free
    except OSError as error:
        raise HubError(
            f"{place} cannot be used ({error.strerror}). Set HF_HOME to another folder."
        ) from error


def look(cache: Path, source: Source) -> OnDisk:
    """Return what a cache has of a source."""
    folder = snapshot(cache, source.repo_id)
    weights = [
        path for path in files_in(folder) if path.suffix in WEIGHTS and wanted(folder, path, source)
    ]
    blobs = {path.resolve() for path in weights}
    size = sum(blob.stat().st_size for blob in blobs) + partial_bytes(cache, source.repo_id)
    return OnDisk(folder=folder, num_bytes=size, is_complete=_is_complete(folder, source))


def snapshot(cache: Path, repo_id: str) -> Path | None:
    """Return the folder of the newest revision in a cache."""
    repo = repo_folder(cache, repo_id)
    try:
        commit = read_small(repo / "refs" / "main", _MAX_REF_BYTES).decode("ascii").strip()
        if commit and (named := repo / "snapshots" / commit).is_dir():
            return named
    except (OSError, ValueError):
        pass  # any revision will do
    folders = [path for path in repo.glob("snapshots/*") if path.is_dir()]
    return max(folders, key=lambda path: path.stat().st_mtime, default=None)


def wanted(folder: Path | None, path: Path, source: Source) -> bool:
    """Whether a file belongs to a source."""
    name = path.relative_to(folder).as_posix() if folder else path.name
    return any(fnmatch(name, pattern) for pattern in source.patterns)


def missing_weights(folder: Path | None) -> tuple[str, ...]:
    """Return the names of shards that an index lists and the folder lacks; or of the index."""
    if folder is None or (folder / SINGLE).is_file() or any(folder.glob("*.gguf")):
        return ()
    try:
        names = set(read_object(folder / INDEX)["weight_map"].values())
        return tuple(sorted(name for name in names if not (folder / name).is_file()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return (INDEX,)


def partial_bytes(cache: Path, repo_id: str) -> int:
    """Return the size of a repository's unfinished files."""
    blobs = repo_folder(cache, repo_id) / "blobs"
    return sum(path.stat().st_size for path in blobs.glob(f"*{OURS}"))


def everything(repo_id: str) -> Source:
    """Return the source of all files of a repository."""
    return Source(repo_id=repo_id, patterns=("*",))


def model_folders(cache: Path) -> dict[str, Path]:
    """Return the repositories in a cache that hold a model of the kind this program runs."""
    found = {}
    for repo in sorted(cache.glob("models--*")):
        repo_id = repo.name.removeprefix("models--").replace("--", "/", 1)
        folder = snapshot(cache, repo_id)
        if folder is not None and is_model(folder):
            found[repo_id] = folder
    return found


def tokenizer_files(cache: Path, folder: Path) -> tuple[Path, ...]:
    """Return what a GGUF file needs beside it: of its own folder, else of its base repository.

    Which has the same vocabulary, as a file of fewer bits is made from it.
    """
    bases = (other for other in model_folders(cache).values() if not gguf_models(other))
    for place in (folder, *bases, *(repo for repo in (snapshot(cache, BASE),) if repo)):
        if (place / TOKENIZER).is_file():
            return tuple(path for name in SIDE_FILES if (path := place / name).is_file())
    return ()


def is_model(folder: Path) -> bool:
    """Whether a folder has the configuration and the weights of such a model, by their names.

    Or an adapter for one that is on this disk.
    """
    if not is_adapter(folder):
        return _is_whole_model(folder)
    base = adapted_model(folder)
    return base is not None and _is_whole_model(base)


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter and no model of its own."""
    return (folder / ADAPTER).is_file() and not has_safetensors(folder)


def has_safetensors(folder: Path) -> bool:
    """Whether a folder holds a model in the hub's own format."""
    return (folder / SINGLE).exists() or (folder / INDEX).exists()


def is_of_mlx(folder: Path) -> bool:
    """Whether a folder's weights are packed as MLX does, by its configuration."""
    try:
        claim = read_object(folder / "config.json", _MAX_CONFIG_BYTES).get("quantization")
    except (OSError, ValueError):
        return False
    return isinstance(claim, dict) and {"bits", "group_size"} <= claim.keys()


def adapted_model(folder: Path, cache: Path | None = None) -> Path | None:
    """Return the folder of the model that an adapter names; None, if it is not on this disk.

    Args:
        folder: The adapter's.
        cache: Of the hub; None: that of all tools.
    """
    name = adapted_name(folder)
    if not name:
        return None
    try:
        for place in (folder.parent / name, Path(name)):
            if place.is_dir() and not is_adapter(place):
                return place
    except OSError:  # no file system has such a name
        return None
    return snapshot(cache or cache_root(), name) if _REPO_ID.fullmatch(name) else None


def adapted_name(folder: Path) -> str:
    """Return what an adapter calls its model: a repository or a folder; empty: it does not say."""
    try:
        name = read_object(folder / ADAPTER, _MAX_CONFIG_BYTES).get("base_model_name_or_path")
    except (OSError, ValueError):
        return ""
    return name if isinstance(name, str) and "\0" not in name else ""


def name_for_adapters(folder: Path) -> str:
    """Return what an adapter of a model calls it, so that `adapted_model` finds it again."""
    repo = folder.parent.parent.name
    if folder.parent.name == "snapshots" and repo.startswith("models--"):
        return repo.removeprefix("models--").replace("--", "/", 1)
    return str(folder.absolute())


def _is_whole_model(folder: Path) -> bool:
    weights = [path for path in files_in(folder) if path.suffix in WEIGHTS]
    if any(path.suffix == ".gguf" for path in weights):
        return bool(gguf_models(folder))
    try:
        values = read_object(folder / "config.json", _MAX_CONFIG_BYTES)
    except (OSError, ValueError):
        return False
    return values.get("model_type") == MODEL_TYPE and bool(weights) and not missing_weights(folder)


def folder_bytes(folder: Path) -> int:
    """Return the bytes of a folder's files."""
    return sum(path.stat().st_size for path in files_in(folder))


def delete(cache: Path, source: Source, keep: Source | None = None) -> None:
    """Delete the files of a source, and whatever of them is unfinished; keep the repository's rest.

    Args:
        cache: Where the repository is.
        source: What to delete.
        keep: Files that another model needs, whatever `source` says.

    Raises:
        HubError: If something cannot be deleted.
    """
    repo = repo_folder(cache, source.repo_id)
    try:
        for folder in repo.glob("snapshots/*"):
            for path in [
                path
                for path in files_in(folder)
                if wanted(folder, path, source) and not (keep and wanted(folder, path, keep))
            ]:
                blob = path.resolve()
                path.unlink()
                # The same blob may serve another revision; a link without its file is no model.
                if blob.is_relative_to(repo.resolve()):
                    blob.unlink(missing_ok=True)
        for partial in (repo / "blobs").glob(f"*{OURS}"):
            partial.unlink()
        if not any(any(files_in(folder)) for folder in repo.glob("snapshots/*")):
            shutil.rmtree(repo, ignore_errors=True)
    except OSError as error:
        raise HubError(
            f"{error.filename or repo} cannot be deleted ({error.strerror}). Close the programs "
            "that use it, and try again."
        ) from error


def _is_complete(folder: Path | None, source: Source) -> bool:
    """Whether all is there that a model cannot do without; not every one has every side file."""
    if folder is None:
        return False
    needed = [name for name in source.patterns if name.endswith((TOKENIZER, *WEIGHTS))]
    if not all(any(fnmatch(name, pattern) for name in _names(folder)) for pattern in needed):
        return False
    takes_shards = any(pattern.endswith(WEIGHTS[0]) for pattern in source.patterns)
    return not (takes_shards and missing_weights(folder))


def _names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in files_in(folder))


def files_in(folder: Path | None) -> Iterator[Path]:
    """Go through the files below a folder, if there is one; a file is its own."""
    if folder is not None and folder.is_file():
        yield folder
    elif folder is not None:
        yield from (path for path in folder.rglob("*") if path.is_file())
