"""Every option there is: its name in the settings file, its words, and what it may be."""

from dataclasses import dataclass
from enum import Enum, auto


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """Mark a text for the translators' tool, which looks for this name."""
    return text


class Group(Enum):
    """A page of the settings dialog."""

    TEXT = QT_TRANSLATE_NOOP("Settings", "Text")
    FILES = QT_TRANSLATE_NOOP("Settings", "Files")
    LOOK = QT_TRANSLATE_NOOP("Settings", "Appearance")
    MODEL = QT_TRANSLATE_NOOP("Settings", "Model")
    UPDATES = QT_TRANSLATE_NOOP("Settings", "New versions")


class Source(Enum):
    """What the machine has to choose from."""

    FONTS = auto()
    DICTIONARIES = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: its name in the file, its words in the dialog, and what it may be."""

    key: str
    group: Group
    title: str
    help: str = ""
    default: bool | int | str
    choices: tuple[tuple[str, str], ...] = ()  # value and words; for text only
    low: int = 0  # for numbers only
    high: int = 0
    source: Source | None = None  # of more choices


APPEARANCES = (
    ("system", QT_TRANSLATE_NOOP("Settings", "Like the system")),
    ("light", QT_TRANSLATE_NOOP("Settings", "Light")),
    ("dark", QT_TRANSLATE_NOOP("Settings", "Dark")),
)
DRAWINGS = (
    ("default", QT_TRANSLATE_NOOP("Settings", "Like the system moves")),
    ("full", QT_TRANSLATE_NOOP("Settings", "In full")),
    ("calm", QT_TRANSLATE_NOOP("Settings", "Calmly: settled words fade in")),
    ("off", QT_TRANSLATE_NOOP("Settings", "Not at all: the result only")),
    ("raw", QT_TRANSLATE_NOOP("Settings", "As the raw canvas, noise and all")),
)
# Each by its own name for itself, for those who cannot read the one that is shown.
LANGUAGES = (
    ("system", QT_TRANSLATE_NOOP("Settings", "Like the system")),
    ("en", "English"),
    ("de", "Deutsch"),
)
BEST_FONT = (("", QT_TRANSLATE_NOOP("Settings", "The best there is")),)
NEWLINES = (
    ("keep", QT_TRANSLATE_NOOP("Settings", "Leave as it is")),
    ("ensure", QT_TRANSLATE_NOOP("Settings", "Add one if there is none")),
)

OPTIONS = (
    Option(
        key="word_wrap",
        group=Group.TEXT,
        title=QT_TRANSLATE_NOOP("Settings", "Wrap long lines"),
        help=QT_TRANSLATE_NOOP("Settings", "Off by itself in a file with a very long line."),
        default=True,
    ),
    Option(
        key="auto_indent",
        group=Group.TEXT,
        title=QT_TRANSLATE_NOOP("Settings", "Indent new lines like the one before"),
        default=True,
    ),
    Option(
        key="white_space",
        group=Group.TEXT,
        title=QT_TRANSLATE_NOOP("Settings", "Show spaces and tabs"),
        default=False,
    ),
    Option(
        key="spelling",
        group=Group.TEXT,
        title=QT_TRANSLATE_NOOP("Settings", "Underline misspelt words"),
        help=QT_TRANSLATE_NOOP("Settings", "In prose, and in the comments and strings of code."),
        default=True,
    ),
    Option(
        key="spelling_language",
        group=Group.TEXT,
        title=QT_TRANSLATE_NOOP("Settings", "Language of the spelling"),
        help=QT_TRANSLATE_NOOP(
            "Settings", "One document can have another: Edit → Spelling Language."
        ),
        default="",
        choices=(("", QT_TRANSLATE_NOOP("Settings", "Like the system")),),
        source=Source.DICTIONARIES,
    ),
    Option(
        key="trim_on_save",
        group=Group.FILES,
        title=QT_TRANSLATE_NOOP("Settings", "Remove spaces at the ends of lines when saving"),
        help=QT_TRANSLATE_NOOP("Settings", "Not in Markdown, where they mean something."),
        default=False,
    ),
    Option(
        key="final_newline",
        group=Group.FILES,
        title=QT_TRANSLATE_NOOP("Settings", "Line end at the end of a file when saving"),
        default="keep",
        choices=NEWLINES,
    ),
    Option(
        key="restore_session",
        group=Group.FILES,
        title=QT_TRANSLATE_NOOP("Settings", "Open the files of the last session again"),
        help=QT_TRANSLATE_NOOP("Settings", "Unsaved text is brought back in any case."),
        default=True,
    ),
    Option(
        key="history_mb",
        group=Group.FILES,
        title=QT_TRANSLATE_NOOP("Settings", "Room for the history of drafts, in MB"),
        help=QT_TRANSLATE_NOOP("Settings", "The oldest are forgotten beyond it."),
        default=20,
        low=1,
        high=1000,
    ),
    Option(
        key="appearance",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "Colours"),
        default="system",
        choices=APPEARANCES,
    ),
    Option(
        key="language",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "Language of menus and messages"),
        help=QT_TRANSLATE_NOOP("Settings", "From the next start of Inlay on."),
        default="system",
        choices=LANGUAGES,
    ),
    Option(
        key="drawing",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "How drafts settle"),
        default="default",
        choices=DRAWINGS,
    ),
    Option(
        key="selection_button",
        group=Group.TEXT,
        title=QT_TRANSLATE_NOOP("Settings", "Show a button at what the mouse selects"),
        help=QT_TRANSLATE_NOOP("Settings", "A click on it rewrites the selection."),
        default=True,
    ),
    Option(
        key="fill_pause",
        group=Group.MODEL,
        title=QT_TRANSLATE_NOOP("Settings", "Fill as you pause"),
        help=QT_TRANSLATE_NOOP(
            "Settings",
            "After a pause in typing a short text offers itself at the caret. With a server, the "
            "text around the caret goes there at each pause.",
        ),
        default=False,
    ),
    Option(
        key="figures",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "Show the figures of drafts"),
        help=QT_TRANSLATE_NOOP("Settings", "Steps, entropies, milliseconds and scores."),
        default=False,
    ),
    Option(
        key="font_size",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "Size of the text, in points"),
        default=12,
        low=6,
        high=48,
    ),
    Option(
        key="prose_font",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "Typeface for prose"),
        help=QT_TRANSLATE_NOOP("Settings", "Text and Markdown."),
        default="",
        choices=BEST_FONT,
        source=Source.FONTS,
    ),
    Option(
        key="code_font",
        group=Group.LOOK,
        title=QT_TRANSLATE_NOOP("Settings", "Typeface for code"),
        default="",
        choices=BEST_FONT,
        source=Source.FONTS,
    ),
    Option(
        key="unload_minutes",
        group=Group.MODEL,
        title=QT_TRANSLATE_NOOP("Settings", "Unload the model after so many idle minutes"),
        help=QT_TRANSLATE_NOOP("Settings", "The next rewrite loads it again. With 0 it stays."),
        default=0,
        low=0,
        high=600,
    ),
    Option(
        key="look_for_updates",
        group=Group.UPDATES,
        title=QT_TRANSLATE_NOOP("Settings", "Tell me of new versions"),
        help=QT_TRANSLATE_NOOP("Settings", "Asks once a day where Inlay is published."),
        default=False,
    ),
)
BY_KEY = {option.key: option for option in OPTIONS}
