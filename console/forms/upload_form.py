"""A form with a file, read as it arrives: the file is never whole in memory, nor on a disk as with Starlette's own forms."""

from collections import deque
from collections.abc import AsyncIterator

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

_MOST_IN_FIELDS = 4096  # bytes of all fields but the file


class UnreadableFormError(Exception):
    """Raised when a body is no form with one file, or ends before its end."""


class UploadForm:
    """A `multipart/form-data` body whose file comes after its other fields."""

    def __init__(self, request: Request) -> None:
        """Begin to read a request's body.

        Raises:
            UnreadableFormError: it is none of a form with a file.
        """
        kind, options = parse_options_header(request.headers.get("content-type"))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise UnreadableFormError
        self._arriving = request.stream()
        self._parts = _Parts(options[b"boundary"])

    async def fields(self) -> dict[str, str]:
        """Return the fields that come before the file.

        Raises:
            UnreadableFormError: they are too long, or there is no file after them.
        """
        while not self._parts.has_file:
            if not await self._feed():
                raise UnreadableFormError
        return {name: value.decode(errors="replace") for name, value in self._parts.fields.items()}

    async def file(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes as they arrive.

        Raises:
            UnreadableFormError: the body ends before the file does.
        """
        while True:
            while self._parts.pieces:
                yield self._parts.pieces.popleft()
            if not await self._feed():
                break
        if not self._parts.is_whole:
            raise UnreadableFormError

    async def skip(self, at_most: int) -> None:
        """Read what is left and forget it, so that the browser reads an answer that refuses it."""
        skipped = 0
        while skipped < at_most and (arrived := await anext(self._arriving, None)) is not None:
            skipped += len(arrived)

    async def _feed(self) -> bool:
        arrived = await anext(self._arriving, None)
        if arrived is None:
            return False
        self._parts.read(arrived)
        return True


class _Parts:
    """Takes apart what arrives: fields, and pieces of the file."""

    def __init__(self, boundary: bytes) -> None:
        self.fields: dict[str, bytearray] = {}
        self.pieces: deque[bytes] = deque()
        self.has_file = False
        self.is_whole = False
        self._in_file = False
        self._field = bytearray()
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._disposition = b""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._name,
                "on_part_data": self._take,
                "on_end": self._end,
            },
        )

    def read(self, arrived: bytes) -> None:
        """Take what has arrived.

        Raises:
            UnreadableFormError: it is no part of a form, or the fields are too long.
        """
        try:
            self._parser.write(arrived)
        except FormParserError:
            raise UnreadableFormError from None

    def _begin(self) -> None:
        self._header, self._disposition = (bytearray(), bytearray()), b""

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _name(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._in_file = b"filename" in options
        if self._in_file and self.has_file:
            raise UnreadableFormError  # a second one
        self.has_file = self.has_file or self._in_file
        self._field = self.fields.setdefault(options.get(b"name", b"").decode(errors="replace"), bytearray())

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self.pieces.append(data[start:end])
            return
        self._field += data[start:end]
        if sum(map(len, self.fields.values())) > _MOST_IN_FIELDS:
            raise UnreadableFormError

    def _end(self) -> None:
        self.is_whole = True
