"""The tokenizer of the server's model, which only the server has."""

import asyncio
import re

from engine.remote.client import Client, Json, items_of
from engine.remote.errors import ServerError
from engine.remote.paths import TOKENIZE

# Tokenizers read the names of special tokens as these tokens. In a document they are text, so they
# are sent in two parts.
_SPECIAL = re.compile(
    r"(?<=<)(?=\|?(?:\w+\|>|channel\|>|turn\|>)|\|\w+>|/?(?:bos|eos|pad|unk|mask|s)>"
    r"|(?:start|end)_of_\w+>)"
)
_THOUGHT = "<|channel>thought\n<channel|>"
# The empty thought in these tokens if its marks are special ones; else they fall apart into more.
_MAX_THOUGHT = 5
_TURN_END = "<turn|>"


class RemoteTokenizer:
    """Asks the server for tokens."""

    def __init__(self, client: Client, model: str) -> None:
        self._client, self._model = client, model

    async def encode(self, text: str) -> list[int]:
        """Return the tokens of a text of the user's; nothing in it is a special token.

        Raises:
            ServerError: If the server does not tell them.
        """
        parts = [part for part in _SPECIAL.split(text) if part]
        return [token for ids in await asyncio.gather(*map(self._encode, parts)) for token in ids]

    async def head(self, words: str) -> list[int]:
        """Return what stands before the document: a turn of the user's, and the model's opened.

        With thinking off the model's turn begins with an empty thought, which a template may leave
        to the model.

        Raises:
            ServerError: If the server does not tell its tokens.
        """
        head, thought = await asyncio.gather(
            self._ask(
                messages=[{"role": "user", "content": words}],
                add_generation_prompt=True,
                chat_template_kwargs={"enable_thinking": False},
            ),
            self._encode(_THOUGHT),
        )
        has_marks = 0 < len(thought) <= _MAX_THOUGHT
        return [*head, *thought] if has_marks and thought[0] not in head else head

    async def turn_end(self) -> int | None:
        """Return the token that ends the model's turn, if it has the usual name."""
        ids = await self._encode(_TURN_END)
        return ids[0] if len(ids) == 1 else None

    async def _encode(self, text: str) -> list[int]:
        return await self._ask(prompt=text, add_special_tokens=False)

    async def _ask(self, **fields: object) -> list[int]:
        body: Json = {"model": self._model, **fields}
        answer = await self._client.post(TOKENIZE, body)
        ids = items_of(answer, "tokens")
        if not all(isinstance(token, int) and token >= 0 for token in ids):
            raise ServerError("The server's tokens are no numbers. Update its vLLM.")
        return ids
