"""What of torch goes into the bundle; PyInstaller takes this hook instead of its own.

Its own takes all of torch, twice: compiled and as source, with the programs and tests in the
wheel. What the editor needs is what is imported and the libraries beside it.
"""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, collect_submodules, get_package_paths

# torch reads the source of these while it is imported: comments, and overloads for TorchScript.
READ_AS_SOURCE = (
    "torch.functional",
    "torch.nn.functional",
    "torch.nn.modules.rnn",
    "torch._dynamo.config",
    "torch._export.config",
    "torch._functorch.config",
    "torch._inductor.config",
    "torch._inductor.config_comms",
    "torch.compiler.config",
    "torch.distributed.config",
    "torch.fx.experimental._config",
    "torch.utils.serialization.config",
)

module_collection_mode = {"torch": "pyz", **dict.fromkeys(READ_AS_SOURCE, "pyz+py")}
# Imported by name, while torch works for the first time.
hiddenimports = [*collect_submodules("torch._dynamo.polyfills"), "torch.onnx.operators"]
warn_on_missing_hiddenimports = False
binaries = [
    (source, folder)
    for source, folder in collect_dynamic_libs(
        "torch", search_patterns=["*.so*", "*.dll", "*.dylib"]
    )
    if not {"test", "bin"} & set(folder.replace("\\", "/").split("/"))
    and not Path(source).stem.endswith(("_test", "_with_compiler", "_custom_ops"))
]
excludedimports = ["torch.utils.tensorboard", "torch.test"]
# Links to these at the top of the bundle would mislead torch about where it is.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
# torch looks for it while it is imported, and starts it only for tensors shared by processes.
_MANAGER = Path(get_package_paths("torch")[1]) / "bin" / "torch_shm_manager"
if _MANAGER.exists():
    binaries.append((str(_MANAGER), "torch/bin"))
