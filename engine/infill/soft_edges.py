"""The words beside a region that may change a little, in tokens."""

from collections.abc import Sequence

from engine.infill.codec import TextCodec

_MAX_PER_WORD = 6  # tokens


def soft_edges(
    codec: TextCodec, context: Sequence[int], suffix: Sequence[int], words: int
) -> tuple[int, int]:
    """Return how many tokens of the context and of the suffix hold so many whole words."""
    if words < 1:
        return 0, 0
    room = _MAX_PER_WORD * words
    left = [codec.token_bytes(token) for token in reversed(context[-room:])]
    right = [codec.token_bytes(token) for token in suffix[:room]]
    return _words_left(left, words), _words_right(right, words)


def _words_left(pieces: list[bytes], words: int) -> int:
    """Return how many pieces, read leftwards, make so many words; all or none of each word."""
    end, seen = 0, b""
    for place, piece in enumerate(pieces):
        seen = piece + seen
        # A word is complete with the piece that begins it with a space.
        if piece[:1].isspace() and seen.strip():
            end, seen, words = place + 1, b"", words - 1
            if not words:
                break
    return end


def _words_right(pieces: list[bytes], words: int) -> int:
    """Return how many pieces, read rightwards, make so many words; all or none of each word."""
    end, seen = 0, b""
    for place, piece in enumerate(pieces):
        # A word is complete where the next one begins with a space.
        if piece[:1].isspace() and seen.strip():
            end, seen, words = place, b"", words - 1
            if not words:
                break
        seen += piece
    return end
