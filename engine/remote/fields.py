"""Which fields a server takes, found out once by asking for what requests will really hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.remote.client import Client, Json
from engine.remote.errors import NO_SUCH_PATH, NOT_OFFERED, RefusedError

BUDGET, OTHER_BUDGET = "max_tokens", "max_completion_tokens"
# What a request may do without, likely to be taken first.
OPTIONAL = ("temperature", "seed", "logprobs", "stop", "chat_template_kwargs", "reasoning_effort")
NEEDED = ("suffix",)  # without it there is nothing to ask for
# By this a server says that it took the request, and that its budget of one question was too small.
_SPENT = re.compile("output limit was reached", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What one path of a server takes."""

    refused: frozenset[str] = frozenset()
    budget: str = BUDGET  # what it calls the most tokens of an answer

    def of(self, body: Json) -> Json:
        """Return a request as the server takes it."""
        taken = {name: value for name, value in body.items() if name not in self.refused}
        if self.budget != BUDGET and BUDGET in taken:
            taken[self.budget] = taken.pop(BUDGET)
        return taken


async def learn(
    client: Client, path: str, body: Json, known: Fields | None = None
) -> tuple[Fields, Json] | None:
    """Ask for a text until it is known which fields are taken.

    Args:
        client: The connection.
        path: What to ask.
        body: A request with all fields that requests will hold.
        known: What is known of the path already.

    Returns:
        What the path takes, and its answer; None if it is not offered.

    Raises:
        ServerError: If the server cannot be used.
    """
    fields = known or Fields()
    for _ in range(len(OPTIONAL) + 1):
        answer, words = await _ask(client, path, fields.of(body))
        if answer is not None:
            return fields, answer
        if words is None or _names(words, NEEDED, body):
            return None
        changed = _changed_by(fields, body, words)
        if changed is None:
            break
        fields = changed
    return await _one_by_one(client, path, body, fields.budget)


def _changed_by(fields: Fields, body: Json, words: str) -> Fields | None:
    """Return what a refusal says of the fields, if it names any of them."""
    if OTHER_BUDGET in words and fields.budget == BUDGET:
        return Fields(refused=fields.refused, budget=OTHER_BUDGET)
    named = _names(words, OPTIONAL, body) - fields.refused
    return Fields(refused=fields.refused | named, budget=fields.budget) if named else None


def _names(words: str, names: Sequence[str], body: Json) -> set[str]:
    """Return the fields of a request that a refusal names."""
    return {name for name in names if name in body and re.search(rf"\b{name}\b", words)}


async def _one_by_one(
    client: Client, path: str, body: Json, budget: str
) -> tuple[Fields, Json] | None:
    """Look which fields a server takes that names none of those it refuses."""
    there: Sequence[str] = [name for name in OPTIONAL if name in body]
    refused = frozenset(there)
    answer, _ = await _ask(client, path, Fields(refused=refused, budget=budget).of(body))
    if answer is None:
        return None
    for name in there:
        fewer = Fields(refused=refused - {name}, budget=budget)
        # With all of them it has refused before it came to this.
        if fewer.refused and (await _ask(client, path, fewer.of(body)))[0] is not None:
            refused = fewer.refused
    return Fields(refused=refused, budget=budget), answer


async def _ask(client: Client, path: str, body: Json) -> tuple[Json | None, str | None]:
    """Return the answer, or what the server says against the request: None if it has no such."""
    try:
        return await client.post(path, body), ""
    except RefusedError as refusal:
        if _SPENT.search(refusal.words):
            return {}, ""
        if refusal.status in NO_SUCH_PATH:
            return None, None
        if refusal.status in NOT_OFFERED:
            return None, refusal.words
        raise
