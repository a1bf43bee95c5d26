"""What we send, held against what servers document that cannot be run where tests run.

Written down in words of our own, as of November 2026: Ollama's page on OpenAI compatibility and LM
Studio's page on chat completions, which name no version; and what users report of the fields that
OpenAI's reasoning models refuse, with the rest of its fields from memory. None was ever asked here.
"""

import asyncio
from typing import cast

import pytest

from engine.remote.client import Client
from engine.remote.errors import RefusedError, words_of
from engine.remote.fields import learn
from tests.engine.remote.conftest import Editor
from tests.engine.remote.stand_in import StandIn

_SAMPLING = {"temperature", "top_p", "seed", "stop", "frequency_penalty", "presence_penalty"}
_COMMON = {"model", "max_tokens", "stream", *_SAMPLING}
OLLAMA_CHAT = {*_COMMON, "messages", "response_format", "stream_options", "tools", "logprobs",
               "reasoning_effort", "reasoning"}  # fmt: skip
OLLAMA_COMPLETION = {*_COMMON, "prompt", "suffix", "stream_options"}
OLLAMA_EFFORTS = {"high", "medium", "low", "none"}
LM_STUDIO_CHAT = {*_COMMON, "messages", "top_k", "logit_bias", "repeat_penalty"}
OPENAI_REASONING = {"model", "messages", "stream", "max_completion_tokens", "reasoning_effort",
                    "seed", "stop"}  # fmt: skip
OPENAI_EFFORTS = {"minimal", "low", "medium", "high"}  # of GPT-5; newer ones take "none" as well


def asked(editor: Editor, server: StandIn, **fields: bool) -> dict[str, list[dict]]:
    """Connect, rewrite, fill and write on; return what was asked for, by path."""
    server.does.takes_canvas, server.does.takes_suffix = False, True
    editor.connect(server, **fields)
    editor.generate(instruction="livelier")
    editor.generate(3)
    editor.generate(4, before="The fox", region="", after="")
    paths = {one.path for one in server.asked}
    return {path: server.bodies(path) for path in paths}


@pytest.mark.parametrize("wants_reasoning", [False, True])
def test_what_goes_beyond_a_documented_request_is_known(editor, server, wants_reasoning) -> None:
    bodies = asked(editor, server, wants_reasoning=wants_reasoning)
    chats, completions = bodies["/v1/chat/completions"], bodies["/v1/completions"]
    names = {name for body in chats for name in body}
    assert names - OLLAMA_CHAT == {"chat_template_kwargs"}
    assert names - LM_STUDIO_CHAT == {"chat_template_kwargs", "reasoning_effort"}
    written = {name for body in completions for name in body}
    assert {"prompt", "suffix"} <= written
    assert written - OLLAMA_COMPLETION == {"logprobs"}
    assert {body["reasoning_effort"] for body in chats} <= OLLAMA_EFFORTS
    # Of a prompt Ollama takes a text alone, no tokens.
    assert {type(body["prompt"]) for body in completions} == {str}


class OpenAI:
    """Refuses as OpenAI's API does, one field at a time, with its body of an error."""

    def __init__(self) -> None:
        self.taken: list[dict] = []

    async def post(self, path: str, body: dict) -> dict:
        if words := self._why(body):
            error = b'{"error": {"message": "%s", "type": "invalid_request_error"}}'
            raise RefusedError(400, words_of(error % words.encode()))
        self.taken.append(body)
        return {"choices": []}

    def _why(self, body: dict) -> str:
        if "max_tokens" in body:
            return (
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead."
            )
        if body.get("temperature", 1) != 1:
            return (
                "Unsupported value: 'temperature' does not support 0.7 with this model. Only the "
                "default (1) value is supported."
            )
        if body.get("reasoning_effort", "low") not in OPENAI_EFFORTS:
            return "Unsupported value: 'reasoning_effort' does not support 'none' with this model."
        unknown = sorted(body.keys() - OPENAI_REASONING)
        return f"Unrecognized request argument supplied: {unknown[0]}" if unknown else ""


def test_a_reasoning_model_of_openais_is_asked_only_for_what_it_documents(editor, server) -> None:
    (body, *_) = asked(editor, server)["/v1/chat/completions"]
    openai = OpenAI()
    found = asyncio.run(learn(cast("Client", openai), "/v1/chat/completions", body))
    assert found is not None
    fields = found[0]
    assert fields.budget == "max_completion_tokens"
    assert fields.refused == {"temperature", "reasoning_effort", "chat_template_kwargs"}
    assert [sorted(one) for one in openai.taken] == [
        ["max_completion_tokens", "messages", "model", "seed", "stream"]
    ]
