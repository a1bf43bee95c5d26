"""Models without a network, and a model that this machine cannot run, through the real window."""

import pytest
from huggingface_hub import close_session, constants
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from app.appearance import Appearance
from resources import resource_path
from tests.journeys.driver import Journey

pytestmark = pytest.mark.journey
LOOKS = (Appearance.LIGHT, Appearance.DARK)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub where nobody answers."""
    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.invalid")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    close_session()


@pytest.mark.usefixtures("qapp", "no_network")
def test_what_is_wrong_is_said_in_a_sentence_where_it_belongs() -> None:
    with Journey(resource_path("model"), "A text.\n") as j:
        j.wait_ready()
        dialog = j.window.popups.show_models()
        j.wait(lambda: len(dialog.models.entries) > 2)
        dialog.refresh_button.click()
        j.wait(lambda: bool(dialog.messages.messages))
        (message,) = dialog.messages.messages
        assert message.text == (
            "hub.invalid cannot be reached. Try again when the network is back; what has come is "
            "kept."
        )
        for look in LOOKS:
            j.look(look)
            j.picture(f"models-offline-{look.value}", dialog)
        dialog.pages.setCurrentIndex(1)
        assert not dialog.messages.isVisible()
        j.picture("models-offline-server", dialog)


@pytest.mark.usefixtures("qapp", "no_network")
def test_a_model_that_is_too_large_is_asked_about_first() -> None:
    with Journey(resource_path("model"), "A text.\n") as j:
        j.wait_ready()
        dialog = j.window.popups.show_models()
        j.wait(lambda: len(dialog.models.entries) > 2)
        dialog.list.setCurrentIndex(dialog.models.index(dialog.models.row_of("bf16")))
        assert dialog.entry is not None
        j.wait(lambda: dialog.fits.of(dialog.entry)[1] is not None)
        if dialog.fits.of(dialog.entry)[1].fits:
            pytest.skip("it fits this machine")
        asked: list[str] = []

        def refuse() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            asked.append(box.text())
            for look in LOOKS:
                j.look(look)
                j.picture(f"models-too-large-{look.value}", box)
            box.reject()

        QTimer.singleShot(0, refuse)
        dialog.details.download.click()
        assert asked == ["Download DiffusionGemma 26B A4B · BF16 all the same?"]
        assert not dialog.downloads.is_busy
