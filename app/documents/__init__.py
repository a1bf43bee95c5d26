"""Documents: a text, the file it lives in, and how its bytes are written."""

from app.documents.document import Document
from app.documents.encoding import UTF_8, Encoding
from app.documents.text_file import (
    FileStamp,
    NotEncodableError,
    TextFileError,
    UnknownEncodingError,
)

__all__ = [
    "UTF_8",
    "Document",
    "Encoding",
    "FileStamp",
    "NotEncodableError",
    "TextFileError",
    "UnknownEncodingError",
]
