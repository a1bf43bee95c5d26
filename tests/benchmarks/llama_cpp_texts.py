"""llama.cpp writing from the left, by `llama-cpp-python`: what our speed is compared with.

For development only: `pip install llama-cpp-python`. It is called as its C interface is, because
its own class writes one text at a time.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

CONTEXT = 4096  # cells


class Writer:
    """The same GGUF file in llama.cpp."""

    def __init__(self, path: Path, texts: int, threads: int) -> None:
        """Load the file, for so many texts at once.

        Raises:
            ImportError: If `llama-cpp-python` is not installed.
        """
        import llama_cpp

        self._c: Any = llama_cpp
        self._c.llama_backend_init()
        model = self._c.llama_model_default_params()
        # Weights laid out for AMX stop the process on virtual machines that announce it.
        model.use_extra_bufts = not _has_amx()
        self._model = self._c.llama_model_load_from_file(str(path).encode(), model)
        context = self._c.llama_context_default_params()
        context.n_ctx, context.n_seq_max, context.kv_unified = CONTEXT, texts, True
        context.n_threads = context.n_threads_batch = threads
        self._context = self._c.llama_init_from_model(self._model, context)
        self._memory = self._c.llama_get_memory(self._context)
        self._vocab = self._c.llama_vocab_n_tokens(self._c.llama_model_get_vocab(self._model))
        self._batch = self._c.llama_batch_init(CONTEXT, 0, 1)
        self._length = 0

    def read(self, ids: Sequence[int]) -> int:
        """Forget everything, read a prompt, and return the likeliest token behind it."""
        self._c.llama_memory_clear(self._memory, True)
        self._length = len(ids)
        pairs = zip(range(len(ids)), ids, strict=True)
        self._decode([(token, place, 0, place == len(ids) - 1) for place, token in pairs])
        return int(self._logits(len(ids) - 1).argmax())

    def fork(self, texts: int) -> None:
        """Let all texts go on from what was read."""
        for text in range(1, texts):
            self._c.llama_memory_seq_cp(self._memory, 0, text, -1, -1)

    def write(self, tokens: Sequence[int]) -> list[int]:
        """Add a token to each text and return the likeliest ones behind them."""
        self._decode([(token, self._length, text, True) for text, token in enumerate(tokens)])
        self._length += 1
        return [int(self._logits(row).argmax()) for row in range(len(tokens))]

    def close(self) -> None:
        """Give the memory back."""
        self._c.llama_batch_free(self._batch)
        self._c.llama_free(self._context)
        self._c.llama_model_free(self._model)

    def _decode(self, rows: Sequence[tuple[int, int, int, bool]]) -> None:
        batch = self._batch
        batch.n_tokens = len(rows)
        for row, (token, position, text, has_logits) in enumerate(rows):
            batch.token[row], batch.pos[row] = token, position
            batch.n_seq_id[row], batch.seq_id[row][0] = 1, text
            batch.logits[row] = has_logits
        status = self._c.llama_decode(self._context, batch)
        assert status == 0, f"llama_decode: {status}"

    def _logits(self, row: int) -> np.ndarray:
        found = self._c.llama_get_logits_ith(self._context, row)
        return np.ctypeslib.as_array(found, (self._vocab,))


def _has_amx() -> bool:
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return any(bool(value) for name, value in capabilities.items() if name.startswith("amx"))
