"""What stands around a draft, over a selected word."""

from collections.abc import Iterator

import pytest

from app.editor import Editor
from app.proposal import ProposalSession
from app.proposal.widgets.proposal_widgets import ProposalWidgets
from tests.app.fakes import views_of
from tests.app.proposal.model.test_session import TEXT, select


@pytest.fixture
def widgets(editor: Editor, session: ProposalSession) -> Iterator[ProposalWidgets]:
    editor.setPlainText(TEXT)
    select(editor, "two")
    widgets = ProposalWidgets(session, views_of(session))
    yield widgets
    widgets.popup.close()
