"""Which reader a path needs, decided by what is there."""

from pathlib import Path

from engine.checkpoints.cache import CachedReader
from engine.checkpoints.files import INDEX, SINGLE
from engine.checkpoints.lora import CONFIG as ADAPTER
from engine.checkpoints.lora import LoraReader
from engine.checkpoints.safetensors_reader import SafetensorsReader
from engine.checkpoints.stored_tensor import Reader
from engine.errors import ModelFolderError
from engine.hub.converted import is_converted


def open_reader(path: Path, adapter: Path | None = None) -> Reader:
    """Return the reader of a checkpoint.

    Args:
        path: A folder of safetensors, a folder with one GGUF file, a GGUF file, a converted model,
            or a LoRA adapter that names a model on this disk.
        adapter: A folder with a LoRA adapter in PEFT's layout, to be merged.

    Raises:
        ModelFolderError: If nothing there can be read; it says why.
    """
    base = home_of(path)
    reader = _open(base)
    for one in (path if base != path else None, adapter):
        reader = reader if one is None else LoraReader(reader, one)
    return reader


def home_of(path: Path) -> Path:
    """Return where tokenizer and habits of a checkpoint are: an adapter's are its model's.

    Raises:
        ModelFolderError: If an adapter's model is not on this disk, or nobody may look at the path.
    """
    try:
        # As it is in all but few cases, so nobody else pays for the hub's library.
        if not (path / ADAPTER).is_file():
            return path
    except OSError as error:
        raise ModelFolderError(
            f"{path} cannot be read ({error}). Choose another folder."
        ) from error
    from engine.hub.local import adapted_model, adapted_name, is_adapter  # noqa: PLC0415

    if not is_adapter(path):
        return path
    base = adapted_model(path)
    if base is None:
        raise ModelFolderError(
            f"{path} is an adapter for {adapted_name(path) or 'a model that it does not name'}, "
            "which is not on this disk. Download that model first, or put its folder beside it."
        )
    return base


def _open(path: Path) -> Reader:
    if is_converted(path):
        return CachedReader(path)
    gguf = _gguf_file(path)
    if gguf is None:
        return SafetensorsReader(path)
    # Here, because `gguf` brings libraries that other formats do without.
    from engine.checkpoints.gguf_reader import GgufReader  # noqa: PLC0415

    return GgufReader(gguf)


def _gguf_file(path: Path) -> Path | None:
    if path.is_file():
        try:
            with path.open("rb") as file:
                return path if file.read(4) == b"GGUF" else None
        except OSError as error:
            raise ModelFolderError(f"{path} cannot be read ({error}). Choose another.") from error
    # A folder that holds both is a Hugging Face folder: its config and tokenizer belong to that.
    if not path.is_dir() or (path / SINGLE).exists() or (path / INDEX).exists():
        return None
    # Vision projectors travel beside the model as files of their own.
    files = sorted(file for file in path.glob("*.gguf") if not file.name.startswith("mmproj"))
    if len(files) > 1:
        names = ", ".join(file.name for file in files)
        raise ModelFolderError(f"{path} holds several GGUF files ({names}). Choose one of them.")
    return files[0] if files else None
