"""Opens the roll's file: finds its encoding and its hash, then gives its text from the beginning."""

import shutil
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, TextIO

from activities.roll_import.csv_file import RollError

_PIECE = 10_000  # bytes of a line that are judged at once
_CONTINUATION = bytes(range(0x80, 0xC0))  # every byte of a letter but its first
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # what .xlsx and .ods, and what .xls begin with
_WORKBOOK = (
    "ce fichier est un classeur et non du CSV\u00a0: enregistrez-le au format «\u00a0CSV UTF-8\u00a0» "
    "dans le tableur, puis importez ce fichier-là"
)


class Encoding(StrEnum):
    """An encoding that is recognised, by the name that operators know."""

    UTF_8 = "UTF-8"
    UTF_16 = "UTF-16"
    WINDOWS_1252 = "Windows-1252"


@dataclass(frozen=True)
class OpenedFile:
    """The file's text, its encoding, and the SHA-256 of its bytes, as `sha256sum` prints it."""

    text: TextIO
    encoding: Encoding
    sha256: str


@contextmanager
def opened(path: Path) -> Iterator[OpenedFile]:
    """Yield a file, or what a pipe gives, at its beginning; bytes that do not fit the encoding are lone surrogates.

    Raises:
        RollError: it is a spreadsheet's own format.
    """
    with path.open("rb") as given, opened_stream(given) as file:
        yield file


@contextmanager
def opened_stream(given: BinaryIO) -> Iterator[OpenedFile]:
    """Yield what a stream gives, as `opened` does; a stream in memory stays there.

    Raises:
        RollError: it is a spreadsheet's own format.
    """
    with _seekable(given) as file:
        encoding, codec, digest = _examined(file)
        file.seek(0)
        # A surrogate has another meaning in UTF-16, where what cannot be read becomes U+FFFD.
        errors = "replace" if encoding is Encoding.UTF_16 else "surrogateescape"
        with TextIOWrapper(file, encoding=codec, errors=errors) as text:
            yield OpenedFile(text, encoding, digest)


@contextmanager
def _seekable(file: BinaryIO) -> Iterator[BinaryIO]:
    if file.seekable():
        yield file
        return
    with TemporaryFile() as copy:  # without a name: nobody else can open it, and it is deleted when it is closed
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def _examined(file: BinaryIO) -> tuple[Encoding, str, str]:
    """Return the encoding, its codec and the hash of a file, which is read whole."""
    first = file.readline(_PIECE)
    if first.startswith(_WORKBOOKS):
        raise RollError(_WORKBOOK)
    digest = sha256(first)
    utf_8, other, before = 0, 0, first
    while line := file.readline(_PIECE):
        digest.update(line)
        if not line.isascii():
            is_utf_8 = _is_utf_8(line, before)
            utf_8, other = utf_8 + is_utf_8, other + (not is_utf_8)
        before = line
    # The header decides when it has accents, else the most of the lines: the others are then refused one by one.
    is_utf_8 = utf_8 >= other if first.isascii() else _is_utf_8(first)
    found = _utf_16(first) or ((Encoding.UTF_8, "utf-8-sig") if is_utf_8 else (Encoding.WINDOWS_1252, "cp1252"))
    return *found, digest.hexdigest()


def _utf_16(first: bytes) -> tuple[Encoding, str] | None:
    """Return the codec of UTF-16, by its byte order mark or by the zeros that are half of its bytes."""
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Encoding.UTF_16, "utf-16"
    if first[1:2] == b"\0":
        return Encoding.UTF_16, "utf-16-le"
    return (Encoding.UTF_16, "utf-16-be") if first[:1] == b"\0" else None


def _is_utf_8(piece: bytes, before: bytes = b"\n") -> bool:
    """Return whether a line is UTF-8, or a piece of a longer one, which may begin and end within a letter."""
    whole = piece if before.endswith((b"\n", b"\r")) else piece.lstrip(_CONTINUATION)
    try:
        getincrementaldecoder("utf-8")().decode(whole, final=len(piece) < _PIECE)
    except UnicodeDecodeError:
        return False
    return True
