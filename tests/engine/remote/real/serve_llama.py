"""The server of llama-cpp-python, without what crashes it on virtual machines with AMX."""

import sys

import llama_cpp
import uvicorn
from llama_cpp.server.app import create_app
from llama_cpp.server.settings import Settings

_defaults = llama_cpp.llama_cpp.llama_model_default_params


def _plain() -> object:
    params = _defaults()
    params.use_extra_bufts = False
    return params


if __name__ == "__main__":
    llama_cpp.llama_cpp.llama_model_default_params = llama_cpp.llama_model_default_params = _plain
    model, port, context = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    settings = Settings(
        model=model, n_ctx=context, n_threads=1, verbose=False, api_key="right", host="127.0.0.1"
    )
    uvicorn.run(create_app(settings=settings), host="127.0.0.1", port=port, log_level="warning")
