"""The file of a document: where it is, and what it was like when it was last read or written."""

import os
from pathlib import Path

from app.documents import text_file
from app.documents.encoding import Encoding
from app.documents.saving import SavedText
from app.documents.text_file import FileStamp


class OnDisk:
    """Notices what others do to a document's file."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.stamp: FileStamp | None = None
        self.digest: bytes | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether the file is there and must not be written."""
        path = self.path
        return path is not None and text_file.is_there(path) and not os.access(path, os.W_OK)

    @property
    def is_gone(self) -> bool:
        """Whether there was a file, and there is none any more."""
        path = self.path
        return path is not None and self.stamp is not None and not text_file.is_there(path)

    def is_changed(self) -> bool:
        """Say whether somebody else has written the file."""
        now = text_file.stamp_of(self.path) if self.path else None
        if now is None or now == self.stamp or self.path is None:
            return False
        # Another length is another content; the same may be a touch, and only then the file is
        # read.
        is_as_long = self.stamp is not None and now.num_bytes == self.stamp.num_bytes
        if not is_as_long or self.digest is None:
            return True
        if text_file.digest_of(self.path) != self.digest:
            return True
        self.stamp = now  # touched, and nothing more
        return False

    def holds(self, text: str, encoding: Encoding) -> bool:
        """Say whether the file has this text now."""
        try:
            data = encoding.encode(text)
        except UnicodeEncodeError:
            return False
        path = self.path
        return path is not None and text_file.digest_of(path) == text_file.digest(data)

    def note_saved(self, saved: SavedText) -> None:
        """Take a file and its content for the document's."""
        self.path, self.digest, self.stamp = saved.path, saved.digest, saved.stamp

    def accept(self) -> None:
        """Take the file as it is for known."""
        self.stamp = text_file.stamp_of(self.path) if self.path else None
        self.digest = text_file.digest_of(self.path) if self.path else None
