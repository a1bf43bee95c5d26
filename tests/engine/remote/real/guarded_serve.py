"""`transformers serve` behind a guard that wants a key, as in front of servers on a network."""

import sys

from fastapi import Request
from fastapi.responses import JSONResponse
from transformers.cli import serve
from transformers.cli.serving import server

KEY = "right"
_build = server.build_server


def guarded(*args: object, **options: object):
    """Build the server, and stand in front of it."""
    app = _build(*args, **options)

    @app.middleware("http")
    async def check(request: Request, go_on):
        if request.headers.get("Authorization") == f"Bearer {KEY}":
            return await go_on(request)
        return JSONResponse({"error": {"message": "Invalid API key"}}, status_code=401)

    return app


if __name__ == "__main__":
    server.build_server = guarded
    serve.Serve(host="127.0.0.1", port=int(sys.argv[1]), device="cpu", log_level="error")
