"""Documents: a text, the file it lives in, and how its bytes are written."""

from app.documents.document import Document
from app.documents.text_file import NotEncodableError, TextFileError

__all__ = ["Document", "NotEncodableError", "TextFileError"]
