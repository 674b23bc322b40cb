"""Files that come with a form: only one, only where the box is, and only in memory."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from django.urls import reverse

from passerelle.intake.document import BYTES_MAX

TAKES_FILES = ("file-report",)
"""Names of the pages whose form takes a file; theirs is the view that looks who signed in, and from which seat."""

FIELD = "document"


class OneSmallFile(FileUploadHandler):
    """Keeps the first file of the box's form in memory, cut off behind the limit so that its size is still told. Any
    other file, on any other page, is skipped as it arrives; nothing is ever written to disk."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.kept: BytesIO | None = None
        self.taken = False

    def new_file(self, *args: Any, **names: Any) -> None:
        super().new_file(*args, **names)
        if self.taken or self.field_name != FIELD or not may_bring_files(self.request):
            raise SkipFile
        self.kept, self.taken = BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.kept is not None and self.kept.tell() <= BYTES_MAX:
            self.kept.write(raw_data[: BYTES_MAX + 1 - self.kept.tell()])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        kept, self.kept = self.kept, None
        if kept is None:
            return None
        size = kept.tell()
        kept.seek(0)
        return InMemoryUploadedFile(kept, self.field_name, self.file_name or "", None, size, None)


def may_bring_files(request: HttpRequest | None) -> bool:
    """Whether this request is for a page that takes a file."""
    return request is not None and request.path in {reverse(name) for name in TAKES_FILES}
