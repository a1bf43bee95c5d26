"""Write the results that `inlay --self-test` expects: `python packaging/model/known_fills.py`.

To be run, on the processor, whenever the weights or the way of a fill have changed on purpose.
"""

import json

from engine.known_fills import KNOWN_FILE, known_fills
from resources import resource_path


def main() -> None:
    """Fill the fixed regions with the shipped model and keep what came out."""
    folder = resource_path("model")
    known = known_fills(folder)
    text = json.dumps(known, indent=1, ensure_ascii=False) + "\n"
    (folder / KNOWN_FILE).write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
