"""A roll is read in the encodings that spreadsheets write, and anything else is refused with its mend."""

import os
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from activities.roll_import.csv_file import RollError
from activities.roll_import.opened_file import Encoding, opened

TEXT = "prénoms;nom d’usage\nHélène;L’Hermitte\nÉlodie;Lefèvre\n"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", Encoding.UTF_8),
        ("utf-8-sig", Encoding.UTF_8),
        ("utf-16", Encoding.UTF_16),
        ("utf-16-le", Encoding.UTF_16),
        ("utf-16-be", Encoding.UTF_16),
        ("cp1252", Encoding.WINDOWS_1252),
    ],
)
def test_the_encodings_of_spreadsheets_are_recognised(tmp_path: Path, codec: str, encoding: Encoding) -> None:
    """By the byte order mark, by zeros, or by what is no UTF-8."""
    path = tmp_path / "roll.csv"
    path.write_bytes(TEXT.encode(codec))
    with opened(path) as file:
        assert (file.encoding, file.text.read()) == (encoding, TEXT)


@pytest.mark.parametrize(
    ("codecs", "encoding"),
    [
        (["ascii", "utf-8", "utf-8", "cp1252"], Encoding.UTF_8),
        (["ascii", "cp1252", "cp1252", "utf-8"], Encoding.WINDOWS_1252),
        (["utf-8", "cp1252", "cp1252"], Encoding.UTF_8),
        (["cp1252", "utf-8", "utf-8"], Encoding.WINDOWS_1252),
        (["ascii", "utf-8", "cp1252"], Encoding.UTF_8),
    ],
)
def test_of_mixed_encodings_one_is_chosen(tmp_path: Path, codecs: list[str], encoding: Encoding) -> None:
    """The header's if it has accents, else that of most lines."""
    lines = [f"{'NUMEN' if codec == 'ascii' else 'Hélène'}\n".encode(codec) for codec in codecs]
    (tmp_path / "roll.csv").write_bytes(b"".join(lines))
    with opened(tmp_path / "roll.csv") as file:
        assert file.encoding is encoding


@pytest.mark.parametrize("length", range(9_996, 10_000))
def test_long_lines_do_not_hide_the_encoding(tmp_path: Path, length: int) -> None:
    """Not even where a letter is cut in two: a file with the line ends of old Macintoshes has no others."""
    path = tmp_path / "roll.csv"
    path.write_bytes(f"prénoms\r{'x' * (length - 9)}éé\rHélène\r{'y' * 20_000}é".encode())
    with opened(path) as file:
        assert file.encoding is Encoding.UTF_8
        assert file.text.readline() == "prénoms\n"


@pytest.mark.parametrize("start", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1\xb1"])
def test_a_workbook_is_refused_with_how_to_save_it(tmp_path: Path, start: bytes) -> None:
    """For it is no text in any encoding."""
    (tmp_path / "roll.csv").write_bytes(start)
    with pytest.raises(RollError, match="CSV UTF-8"), opened(tmp_path / "roll.csv"):
        pass


def test_a_pipe_is_read_whole_and_has_the_hash_of_its_bytes(tmp_path: Path) -> None:
    """It can be read once only, and its encoding is known at its end."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(TEXT.encode("cp1252"),))
    writer.start()
    with opened(pipe) as file:
        read = file.text.read()
    writer.join()
    assert (read, file.sha256) == (TEXT, sha256(TEXT.encode("cp1252")).hexdigest())
