"""Folders of safetensors: BF16, FP8 and both NVFP4 layouts, told apart by what they hold."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.checkpoints.files import Stored, read_json, stored_tensors
from engine.checkpoints.layout import layout
from engine.checkpoints.stored_tensor import StoredTensor
from engine.errors import ModelFolderError


class SafetensorsReader:
    """A Hugging Face folder."""

    def __init__(self, folder: Path) -> None:
        """Read the headers.

        Raises:
            ModelFolderError: If files are missing or damaged, or the scheme is unknown.
        """
        self.folder = folder
        self._config = read_json(folder, "config.json")
        _refuse_mlx(folder, self._config)
        tensors = stored_tensors(folder)
        self.files = tuple(sorted({stored.path for stored in tensors.values()}))
        self._entries, self.scheme = self._layout(tensors)

    def config(self) -> Mapping[str, Any]:
        """Return the decoded `config.json`."""
        return self._config

    def generation_config(self) -> Mapping[str, Any]:
        """Return the decoded `generation_config.json`, empty if there is none."""
        return read_json(self.folder, "generation_config.json", required=False)

    def entries(self) -> list[StoredTensor]:
        """Return the weights in the order of the files."""
        return list(self._entries)

    def _layout(self, tensors: dict[str, Stored]) -> tuple[list[StoredTensor], str]:
        claimed = _claimed_scheme(self._config) or _claimed_scheme(
            read_json(self.folder, "hf_quant_config.json", required=False)
        )
        try:
            entries, scheme = layout(tensors)
        except ModelFolderError as error:
            if claimed is None:
                raise
            raise ModelFolderError(
                f"{self.folder} is quantized as {claimed}, which Inlay cannot read: {error}"
            ) from error
        if claimed is not None and scheme == "bfloat16":
            raise ModelFolderError(
                f"{self.folder} says that it is quantized as {claimed}, but holds nothing of that "
                "kind. Choose a checkpoint in bfloat16, FP8, NVFP4 or GGUF."
            )
        return entries, scheme


def _refuse_mlx(folder: Path, config: Mapping[str, Any]) -> None:
    """Refuse a checkpoint of MLX by the name of its format; its weights would look damaged."""
    claim = config.get("quantization")
    if isinstance(claim, Mapping) and {"bits", "group_size"} <= claim.keys():
        raise ModelFolderError(
            f"{folder} is quantized for MLX ({claim['bits']} bits), which Inlay does not read. "
            "There is nothing wrong with it; choose a checkpoint in bfloat16, FP8, NVFP4 or GGUF."
        )


def _claimed_scheme(config: Mapping[str, Any]) -> str | None:
    """Return what a config says about quantization, in its own words."""
    claim = config.get("quantization_config") or config.get("quantization")
    if not claim:
        return None
    if not isinstance(claim, Mapping):
        return repr(claim)
    words = [claim.get(key) for key in ("quant_method", "format", "quant_algo")]
    return " ".join(repr(word) for word in words if word) or "something without a name"
