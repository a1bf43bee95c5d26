"""Which fields a server takes is found out by its refusals, in whatever words."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from engine.remote.client import Client
from engine.remote.errors import RefusedError
from engine.remote.fields import Fields, learn

BODY = {"model": "m", "max_tokens": 1, "temperature": 0.7, "seed": 0, "logprobs": 1}


class Refusing:
    """Refuses a request for the reason that a function gives."""

    def __init__(self, why: Callable[[dict], str], status: int = 400) -> None:
        self.why, self.status = why, status
        self.asked: list[dict] = []

    async def post(self, path: str, body: dict) -> dict:
        self.asked.append(body)
        if words := self.why(body):
            raise RefusedError(self.status, words)
        return {"choices": []}


def learnt(server: Refusing) -> Fields | None:
    found = asyncio.run(learn(cast("Client", server), "/path", BODY))
    return found[0] if found else None


def test_a_server_that_takes_everything_is_asked_once() -> None:
    server = Refusing(lambda body: "")
    assert learnt(server) == Fields()
    assert server.asked == [BODY]


def test_the_fields_that_a_refusal_names_are_left_out() -> None:
    """These are vLLM's words for a diffusion model."""

    def why(body: dict) -> str:
        words = "The temperature, min_p, seed, min_tokens sampling parameters are not supported."
        return words if "seed" in body or "temperature" in body else ""

    assert learnt(Refusing(why)) == Fields(refused=frozenset({"seed", "temperature"}))


def test_the_budget_gets_the_name_that_is_asked_for() -> None:
    """These are OpenAI's words for its reasoning models."""

    def why(body: dict) -> str:
        if "max_tokens" in body:
            return "'max_tokens' is not supported. Use 'max_completion_tokens' instead."
        return "'temperature' does not support 0.7 with this model." * ("temperature" in body)

    fields = learnt(Refusing(why))
    assert fields == Fields(refused=frozenset({"temperature"}), budget="max_completion_tokens")
    assert fields.of({"max_tokens": 9, "seed": 1}) == {"max_completion_tokens": 9, "seed": 1}


def test_a_field_that_nobody_names_is_found_all_the_same() -> None:
    server = Refusing(lambda body: "Bad Request" * ("logprobs" in body), status=422)
    assert learnt(server) == Fields(refused=frozenset({"logprobs"}))


def test_a_budget_that_was_too_small_for_a_thought_is_no_refusal() -> None:
    words = "Could not finish the message because max_tokens or model output limit was reached."
    assert learnt(Refusing(lambda body: words)) == Fields()


def test_a_set_of_fields_that_was_refused_is_not_sent_again() -> None:
    server = Refusing(lambda body: "Bad Request" * ("logprobs" in body))
    learnt(server)
    # All, none, and one by one but for the last, which would be all of them again.
    sent = [
        tuple(name for name in ("temperature", "seed", "logprobs") if name in body)
        for body in server.asked
    ]
    assert sent == [
        ("temperature", "seed", "logprobs"),
        (),
        ("temperature",),
        ("temperature", "seed"),
    ]


def test_what_a_path_refuses_is_not_tried_again() -> None:
    server = Refusing(lambda body: "")
    known = Fields(refused=frozenset({"seed"}))
    found = asyncio.run(learn(cast("Client", server), "/path", BODY, known))
    assert found == (known, {"choices": []})
    assert [sorted(body) for body in server.asked] == [
        ["logprobs", "max_tokens", "model", "temperature"]
    ]


def test_a_server_that_names_the_suffix_is_asked_for_one_once() -> None:
    server = Refusing(lambda body: "suffix is not currently supported")
    assert asyncio.run(learn(cast("Client", server), "/path", {**BODY, "suffix": "x"})) is None
    assert len(server.asked) == 1


def test_a_path_that_takes_nothing_is_not_offered() -> None:
    assert learnt(Refusing(lambda body: "no")) is None
    assert learnt(missing := Refusing(lambda body: "Not Found", status=404)) is None
    assert len(missing.asked) == 1


def test_a_server_that_is_busy_is_no_server_that_refuses() -> None:
    with pytest.raises(RefusedError):
        learnt(Refusing(lambda body: "busy", status=429))


LONG: list[tuple[int, str, int, int]] = [
    (400, "This model's maximum context length is 512 tokens, however you requested 900 tokens "
          "(800 in your prompt; 100 for the completion).", 512, 900),
    (400, "request (900 tokens) exceeds the available context size (512 tokens), try increasing it",
     512, 900),
    (500, "Requested tokens (900) exceed context window of 512", 512, 900),
    (400, "However, the model's context length is only 512 tokens", 512, 0),
    (413, "", 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("status", "words", "limit", "requested"), LONG)
def test_a_text_that_is_too_long_is_known_by_the_words_of_servers(
    status: int, words: str, limit: int, requested: int
) -> None:
    error = RefusedError(status, words)
    assert (error.is_too_long, error.limit, error.requested) == (True, limit, requested)


def test_other_refusals_are_not_taken_for_it() -> None:
    others: list[tuple[int, Any]] = [(400, "seed is not supported"), (401, "context length")]
    assert not [one for one in others if RefusedError(*one).is_too_long]
