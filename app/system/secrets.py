"""Keys and tokens, in the keyring of the desktop and nowhere else."""

import logging
from typing import NoReturn

import keyring
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringError, PasswordDeleteError

from app.translation import tr

log = logging.getLogger(__name__)

_SERVICE = "inlay"


class SecretsError(Exception):
    """The keyring cannot be used; the text is for the user and says what to do."""


def read_secret(name: str) -> str:
    """Return a secret; empty if there is none. May take as long as the user unlocks the keyring.

    Raises:
        SecretsError: If the keyring does not hand it out. A desktop without a keyring has none.
    """
    if isinstance(keyring.get_keyring(), NoKeyring):
        return ""
    try:
        return keyring.get_password(_SERVICE, name) or ""
    except KeyringError as error:
        _fail(error)


def store_secret(name: str, value: str) -> None:
    """Keep a secret; an empty one is forgotten.

    Raises:
        SecretsError: If there is no keyring, or it takes nothing.
    """
    if isinstance(keyring.get_keyring(), NoKeyring):
        if not value:
            return
        raise SecretsError(
            tr(
                "This desktop has no keyring, so the key is not kept: it holds until Inlay is "
                "closed. Install one, such as GNOME Keyring or KWallet, to keep it."
            )
        )
    try:
        if value:
            keyring.set_password(_SERVICE, name, value)
        elif keyring.get_password(_SERVICE, name) is not None:
            keyring.delete_password(_SERVICE, name)
    except PasswordDeleteError:
        log.info("nothing to forget for %s", name)
    except KeyringError as error:
        _fail(error)


def _fail(error: KeyringError) -> NoReturn:
    text = tr("The keyring of the desktop cannot be used ({reason}). Unlock it and try again.")
    raise SecretsError(text.format(reason=error)) from error
