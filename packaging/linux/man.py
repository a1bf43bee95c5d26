"""Write the man page from the command line's own help: `man.py FILE`."""

import os
import sys
from importlib.metadata import metadata
from pathlib import Path

from argparse_manpage.manpage import Manpage

from app.main import _parser as window_parser
from engine.commands import _parser as commands_parser

COMMANDS = "\n.SH COMMAND "


os.environ["COLUMNS"] = "1000"  # one line a usage; the reader of the page breaks it


def page() -> str:
    """Return the page in roff: the window's options, then those of each command."""
    inlay = metadata("inlay")
    facts = {
        "prog": "inlay",
        "project_name": "Inlay",
        "version": inlay["Version"],
        "manual_title": "User Commands",
        "description": inlay["Summary"].rstrip("."),
    }
    window = str(Manpage(window_parser(), _data=facts)).replace(" inlay ", "\n.br\ninlay ")
    commands = str(Manpage(commands_parser(), _data=facts))
    window, comments, end = window.partition("\n.SH COMMENTS")
    _, section, rest = commands.partition(COMMANDS)
    return f"{window}{section}{rest.rstrip()}\n{comments}{end}"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
