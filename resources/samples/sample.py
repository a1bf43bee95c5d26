"""A few small functions to try Inlay on: select a line, or what is behind a `return`."""


def count_words(text: str) -> dict[str, int]:
    """Return how often each word occurs in the text."""
    counts: dict[str, int] = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def read_lines(path: str) -> list[str]:
    """Return the lines of a file without their line ends."""
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


class Stack:
    """A pile of things: the last one put on it is the first one taken off."""

    def __init__(self) -> None:
        self.items: list[str] = []

    def push(self, item: str) -> None:
        """Put an item on the stack."""
        self.items.append(item)

    def pop(self) -> str:
        """Take the last item off the stack and return it."""
        return self.items.pop()
