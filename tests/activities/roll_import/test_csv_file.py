"""The roll's file is read line by line; a bad line does not stop the reading."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest

from activities.roll_import.csv_file import Record, RollError, RollFile
from activities.roll_import.lines import Column, Refusal
from activities.roll_import.opened_file import opened as opened_file

HEADER = "messagerie professionnelle;nom de naissance;nom d’usage;prénoms;sexe;NUMEN;NIR;date de naissance;commune de naissance"
ANY = "a;b;c;d;e;f;g;h;i"
Opened = Callable[[bytes], RollFile]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """A function that opens bytes as the import opens a file."""
    with ExitStack() as files:

        def open_(content: bytes) -> RollFile:
            path = tmp_path / "roll.csv"
            path.write_bytes(content)
            file = files.enter_context(opened_file(path))
            return RollFile(file.text, file.encoding)

        yield open_


def _cells(roll: RollFile) -> list[list[str]]:
    return [list(record.cells.values()) for record in roll.records() if isinstance(record, Record)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_usual_exports_are_read(opened: Opened, mark: bytes, end: str, separator: str) -> None:
    """With or without a byte order mark, with any separator and either line ending."""
    content = f"{HEADER}{end}{ANY}{end}".replace(";", separator)
    assert _cells(opened(mark + content.encode())) == [list("abcdefghi")]


def test_accents_case_and_apostrophes_of_a_header_are_ignored(opened: Opened) -> None:
    """`NOM_D_USAGE` is recognised as « nom d’usage »."""
    plain = HEADER.upper().replace("É", "E").replace("’", "'").replace(" ", "_")
    assert next(opened(f"{plain}\n{ANY}\n".encode()).records()) == Record(
        2, dict(zip(list(Column)[:9], "abcdefghi", strict=True))
    )


def test_unknown_columns_are_ignored_and_named(opened: Opened) -> None:
    """Their names are reported, so that a misspelt column is noticed."""
    roll = opened(f"corps;{HEADER};mot de pase\nx;{ANY};y\n".encode())
    assert roll.ignored == ["corps", "mot de pase"]
    assert _cells(roll) == [list("abcdefghi")]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (HEADER.replace("NUMEN", "matricule").encode(), "il manque à l’en-tête\u00a0: NUMEN"),
        (f"{HEADER};sexe".encode(), "l’en-tête porte deux fois\u00a0: sexe"),
        (HEADER.encode("cp1252").replace(b"\x92", b"\x81"), "l’en-tête n’est pas du texte en Windows-1252"),
        (
            HEADER.encode().decode("cp1252").encode(),
            "l’en-tête a perdu ses accents («\u00a0nom dâ€™usage\u00a0»)\u00a0: exportez",
        ),
        (
            HEADER.replace("’", "'").encode("mac_roman"),
            "il manque à l’en-tête\u00a0: prénoms (lu en Windows-1252\u00a0: si des accents sont faux, enregistrez",
        ),
        (HEADER.replace("é", "\ufffd").encode(), "l’en-tête a perdu ses accents («\u00a0pr\ufffdnoms\u00a0»)"),
        (b"x" * 20_001, "l’en-tête dépasse 20000 caractères"),
        (f'"{HEADER}"'.encode(), "chaque ligne est entre guillemets, en une seule cellule\u00a0: ouvrez"),
        (f'"{HEADER.replace(";", ",")}"'.encode(), "chaque ligne est entre guillemets, en une seule cellule"),
        (b"", "il manque à l’en-tête\u00a0: messagerie professionnelle, nom de naissance"),
    ],
)
def test_a_file_without_the_right_header_is_refused(opened: Opened, header: bytes, reason: str) -> None:
    """The error names what is missing or wrong."""
    with pytest.raises(RollError) as refused:
        opened(header + b"\n" + ANY.encode())
    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize("first", ["Liste électorale au 3/12/2026;;", HEADER.replace(";", "|")])
def test_a_first_line_that_is_no_header_is_named_as_the_cause(opened: Opened, first: str) -> None:
    """A title above the header, or a separator that is not read: not only columns that are missing."""
    with pytest.raises(RollError) as refused:
        opened(f"{first}\n{HEADER}\n{ANY}\n".encode())
    assert "(aucun nom de colonne n’est reconnu dans la première ligne\u00a0: elle doit être l’en-tête" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"a;b;c", "9 colonnes attendues, 3 trouvées"),
        (b"a;b;c;d;e;f;g;h;i;j", "9 colonnes attendues, 10 trouvées"),
        (b'"a;b;c;d;e;f;g;h;i', "les guillemets sont mal placés ou mal fermés"),
        (b'a;"b"x;c;d;e;f;g;h;i', "les guillemets sont mal placés ou mal fermés"),
        ("a;é;c;d;e;f;g;h;i".encode("cp1252"), "la ligne n’est pas en UTF-8"),
        (b"a;" + b"b" * 30_000 + b";c;d;e;f;g;h;i", "la ligne dépasse 20000 caractères"),
    ],
)
def test_only_the_bad_line_is_refused(opened: Opened, line: bytes, reason: str) -> None:
    """The lines before and after it are read, and the refusal has its number."""
    roll = opened(b"\n".join([HEADER.encode(), ANY.encode(), line, b"", b";;;;;;;;", ANY.encode()]))
    before, bad, after = roll.records()
    assert bad == Refusal(3, "", reason)
    assert isinstance(before, Record)
    assert isinstance(after, Record)
    assert (before.number, after.number) == (2, 6)


def test_a_quoted_cell_may_hold_the_separator(opened: Opened) -> None:
    """Separators and doubled quotes inside quotes are part of the cell, as in CSV."""
    assert _cells(opened(f'{HEADER}\n"a;""x""";b;c;d;e;f;g;h;i\n'.encode()))[0][0] == 'a;"x"'


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=;;;;;;;;;", "", ";;;;;;;;"])
def test_lines_before_the_header_that_spreadsheets_write_are_passed_over(opened: Opened, first: str) -> None:
    """Excel's line of the separator, and blank ones; the lines keep their numbers in the file."""
    (record,) = opened(f"{first}\r\n{HEADER}\r\n{ANY}\r\n".encode()).records()
    assert isinstance(record, Record)
    assert (record.number, "".join(record.cells.values())) == (3, "abcdefghi")


@pytest.mark.parametrize(("header", "line"), [(";;", ";;"), ("", ";;"), (";;", ""), (";" * 16_375,) * 2])
def test_empty_columns_at_the_end_are_taken(opened: Opened, header: str, line: str) -> None:
    """With and without a header for them, as many as Excel has; they are not named among the columns that are not read."""
    roll = opened(f"{HEADER}{header}\n{ANY}{line}\n".encode())
    assert (_cells(roll), roll.ignored) == ([list("abcdefghi")], [])


def test_cells_that_are_missing_at_the_end_are_empty_where_they_may_be(opened: Opened) -> None:
    """Those of columns that are optional or not read; a line without a needed one is refused."""
    roll = opened(f"{HEADER};corps;code de vote\n{ANY}\n{ANY};x\n{ANY[:-2]}\n".encode())
    one, other, short = roll.records()
    assert isinstance(one, Record)
    assert isinstance(other, Record)
    assert one.cells[Column.VOTING_CODE] == other.cells[Column.VOTING_CODE] == ""
    assert short == Refusal(4, "", "11 colonnes attendues, 8 trouvées")


def test_a_quoted_cell_may_hold_line_ends(opened: Opened) -> None:
    """In a line and in the header; the line has the number at which it begins."""
    quoted = HEADER.replace("date de naissance", '"date de\nnaissance"')
    one, other = opened(f'{quoted};adresse\r\n{ANY};"1, rue\r\n\r\nHaute"\r\n{ANY};x\r\n'.encode()).records()
    assert isinstance(one, Record)
    assert isinstance(other, Record)
    assert one.cells == other.cells
    assert (one.number, other.number) == (3, 6)


def test_a_quote_that_is_never_closed_refuses_its_own_line_alone(opened: Opened) -> None:
    """Even if another quote comes later, which would close it in the midst of another elector's line."""
    roll = opened(f'{HEADER}\n"{ANY}\n{ANY}\n{ANY}"\n{ANY}\n'.encode())
    assert [type(each) for each in roll.records()] == [Refusal, Record, Record, Record]


def test_lines_are_read_lazily() -> None:
    """Of an endless file only the requested lines and the header are read."""

    class Endless:
        """An endless file that counts the lines that were read."""

        taken = 0

        def readline(self, _limit: int, /) -> str:
            self.taken += 1
            return f"{HEADER}\n" if self.taken == 1 else f"{ANY}\n"

    file = Endless()
    records = RollFile(file).records()
    assert len(list(islice(records, 1_000))) == 1_000
    assert file.taken == 1_001
