"""Which reader a path needs, decided by what is there."""

from pathlib import Path

from engine.checkpoints.cache import CachedReader, is_cache
from engine.checkpoints.entry import Reader
from engine.checkpoints.files import INDEX, SINGLE
from engine.checkpoints.lora import LoraReader
from engine.checkpoints.safetensors_reader import SafetensorsReader
from engine.errors import ModelFolderError


def open_reader(path: Path, adapter: Path | None = None) -> Reader:
    """Return the reader of a checkpoint.

    Args:
        path: A folder of safetensors, a folder with one GGUF file, a GGUF file, or a converted
            model.
        adapter: A folder with a LoRA adapter in PEFT's layout, to be merged.

    Raises:
        ModelFolderError: If nothing there can be read; it says why.
    """
    reader = _open(path)
    return reader if adapter is None else LoraReader(reader, adapter)


def _open(path: Path) -> Reader:
    if is_cache(path):
        return CachedReader(path)
    gguf = _gguf_file(path)
    if gguf is None:
        return SafetensorsReader(path)
    # Here, because `gguf` brings libraries that other formats do without.
    from engine.checkpoints.gguf_reader import GgufReader  # noqa: PLC0415

    return GgufReader(gguf)


def _gguf_file(path: Path) -> Path | None:
    if path.is_file():
        with path.open("rb") as file:
            return path if file.read(4) == b"GGUF" else None
    if not path.is_dir() or (path / SINGLE).exists() or (path / INDEX).exists():
        return None
    # Vision projectors travel beside the model as files of their own.
    files = sorted(file for file in path.glob("*.gguf") if not file.name.startswith("mmproj"))
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise ModelFolderError(f"{path} holds several GGUF files ({names}). Choose one of them.")
    return files[0] if files else None
