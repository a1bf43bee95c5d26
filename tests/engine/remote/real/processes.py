"""Real servers as processes on loopback."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

START_S = 90
HERE = Path(__file__).parent
LLAMA_SERVER = "INLAY_LLAMA_SERVER"  # llama.cpp's own program
LLAMA_PYTHON = "INLAY_LLAMA_PYTHON"  # another Python that has llama-cpp-python's server


@dataclass
class RealServer:
    """A server that runs."""

    process: "subprocess.Popen[bytes]"
    address: str
    key: str
    log: Path

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(
    command: Sequence[str], port: int, log: Path, *, key: str = "", env: Mapping[str, str] = {}
) -> RealServer:
    """Start a server and wait until it answers."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", **env}
    with log.open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env=environment)
    server = RealServer(process, f"http://127.0.0.1:{port}", key, log)
    until = time.monotonic() + START_S
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > until:
            server.kill()
            raise AssertionError(f"the server did not start: {log.read_text('utf-8')[-2000:]}")
        time.sleep(0.2)
    return server


def start_transformers(cache: Path, log: Path) -> RealServer:
    """Start `transformers serve` on all models of a cache."""
    port = free_port()
    command = [sys.executable, str(HERE / "guarded_serve.py"), str(port)]
    return start(command, port, log, key="right", env={"HF_HUB_CACHE": str(cache)})


def why_no_llama() -> str:
    """Say why llama.cpp cannot be run here; nothing if it can."""
    binary = os.environ.get(LLAMA_SERVER)
    if binary and shutil.which(binary):
        return ""
    if binary:
        return f"{LLAMA_SERVER}: no program {binary}"
    if LLAMA_PYTHON in os.environ or importlib.util.find_spec("llama_cpp") is not None:
        return ""
    return f"{LLAMA_SERVER} and {LLAMA_PYTHON} name nothing, and llama_cpp is not installed"


def start_llama(model: Path, log: Path, *, context: int = 2048) -> RealServer:
    """Start llama.cpp's own server, or that of llama-cpp-python."""
    port, binary = free_port(), os.environ.get(LLAMA_SERVER)
    if binary:
        options = ["--no-webui", "--threads", "1", "--parallel", "1", "--api-key", "right"]
        command = [binary, "--model", str(model), "--ctx-size", str(context)]
        command += ["--port", str(port), *options]
    else:
        python = os.environ.get(LLAMA_PYTHON, sys.executable)
        command = [python, str(HERE / "serve_llama.py"), str(model), str(port), str(context)]
    return start(command, port, log, key="right")


def _answers(server: RealServer) -> bool:
    headers = {"Authorization": f"Bearer {server.key}"}
    request = urllib.request.Request(f"{server.address}/v1/models", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
