"""The user's language: how a text is marked for translation, and where translations come from."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from resources import resource_path

FOLDER = "translations"  # in the resources
ENGLISH = QLocale(QLocale.Language.English)


def tr(text: str, disambiguation: str = "", n: int = -1) -> str:
    """Return a text in the user's language; `%n` in it becomes `n`, and the words follow.

    `QObject.tr` is the same inside a class of Qt's. Call either by this name and with a literal:
    the tool that collects texts for translators looks for `tr("`.
    """
    # The empty context is what lupdate files a `tr(` outside of Qt's classes under.
    return QCoreApplication.translate("", text, disambiguation, n)


def number_text(value: float, decimals: int = 0) -> str:
    """Return a number as the language of the program writes it: "1,234.5" is English."""
    language = QLocale(tr("en", "the language in which numbers are written"))
    return language.toString(float(value), "f", decimals)


def QT_TR_NOOP(text: str) -> str:
    """Mark a text in a table for translators; `tr` translates it where it is shown."""
    return text


def locale_of(language: str) -> QLocale:
    """Return the locale of the language in the settings: a code, or the system's."""
    return QLocale.system() if language == "system" else QLocale(language)


def install(application: QCoreApplication, locale: QLocale) -> None:
    """Show the program in a language, and in English what is not translated."""
    ours = str(resource_path(FOLDER))
    qts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # English has but the plurals. The translator that comes last is asked first.
    for language, name, folder in (
        (ENGLISH, "inlay", ours),
        (locale, "qtbase", qts),
        (locale, "inlay", ours),
    ):
        translator = QTranslator(application)
        if translator.load(language, name, "_", folder):
            application.installTranslator(translator)
