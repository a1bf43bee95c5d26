"""A small model on the stand-in hub, and one who downloads it."""

import json
import random
from pathlib import Path

from engine.hub.source import Progress, Source, Stage
from engine.hub.transfer import Download
from tests.engine.hub.stand_in import StandIn

REPO = "some/model"
CONFIG = json.dumps({"model_type": "diffusion_gemma"}).encode()
SHARD_BYTES = 700_000  # more than two chunks
SHARDS = {
    f"model-{n}-of-2.safetensors": random.Random(n).randbytes(SHARD_BYTES) for n in (1, 2)
} | {
    "model.safetensors.index.json": json.dumps(
        {"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}
    ).encode()
}
SOURCE = Source(repo_id=REPO, patterns=("*.json", "*.safetensors"))


class Trial:
    """Downloads, notes the progress, and stops when it is told to."""

    def __init__(self, hub: StandIn, cache: Path) -> None:
        self.hub, self.cache = hub, cache
        self.progress: list[Progress] = []
        self.stops_at = 1 << 60  # bytes

    def run(self, *, token: str | None = None, source: Source = SOURCE) -> Path:
        self.progress.clear()
        (folder,) = Download(
            sources=[source],
            cache=self.cache,
            report=self.progress.append,
            wait=self._wait,
            token=token,
            first_wait_s=0.0,
        ).run()
        return folder

    def _wait(self, seconds: float) -> bool:
        return bool(self.progress) and self.progress[-1].done_bytes >= self.stops_at

    @property
    def blobs(self) -> Path:
        return self.cache / "models--some--model" / "blobs"

    def stages(self) -> set[Stage]:
        return {progress.stage for progress in self.progress}
