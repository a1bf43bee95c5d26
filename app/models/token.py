"""The access token for repositories that ask for one."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.models.downloads import TOKEN_NAME
from app.system import secrets
from app.system.secrets import SecretsError
from app.translation import tr

Button = QDialogButtonBox.StandardButton


class TokenDialog(QDialog):
    """Takes a token and puts it into the desktop's keyring; it is never shown again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.shows = QCheckBox(tr("&Show what I type"))
        self.note = QLabel()
        self.token: str | None = None  # saved; for this session at least
        self._buttons = QDialogButtonBox(Button.Save | Button.Cancel)
        self.setWindowTitle(tr("Access Token – Inlay"))
        self._set_up()

    def save(self) -> None:
        """Keep the token, or forget the one there is if the line is empty."""
        token = self.edit.text().strip()
        self.token = token
        try:
            secrets.store_secret(TOKEN_NAME, token)
        except SecretsError as error:
            self.note.setText(str(error))
            self.note.show()
            self.resize(self.width(), self._column.totalHeightForWidth(self.width()))
            self._buttons.button(Button.Save).setEnabled(False)
            self._buttons.button(Button.Cancel).setText(tr("Close"))
            return
        self.accept()

    def _set_up(self) -> None:
        text = tr(
            "Some repositories want to know who downloads. Accept their terms on their page, make "
            "an access token that may read (huggingface.co, Settings, Access Tokens), and enter it "
            "here. It is kept in the keyring of this desktop and sent to the hub only. Save an "
            "empty line to forget it."
        )
        explanation = QLabel(text)
        explanation.setWordWrap(True)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setPlaceholderText("hf_…")
        self.edit.setAccessibleName(tr("Access token"))
        self.shows.toggled.connect(self._set_echo)
        self.note.setWordWrap(True)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons.accepted.connect(self.save)
        self._buttons.rejected.connect(self.reject)
        for button in self._buttons.buttons():
            button.setIcon(QIcon())  # the style's own are of another age
        self.note.hide()
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        for widget in (explanation, self.edit, self.shows, self.note, self._buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(440)
        self.edit.setFocus()

    def _set_echo(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode
        self.edit.setEchoMode(mode.Normal if is_shown else mode.Password)
