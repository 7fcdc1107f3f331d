"""The fictional roll is plausible, always the same, and valid for the import."""

import io
import os
import re
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from activities.roll_import.csv_file import RollFile
from activities.roll_import.fictional_names import FAMILIES, MEN, WOMEN
from activities.roll_import.fictional_roll import people, person, write
from activities.roll_import.lines import Column, LineReader, RollLine
from election.shapes import VotingCodeShape

READER = LineReader(("ac-*.fr",), VotingCodeShape())
indexes = st.integers(min_value=0, max_value=9_999_999)
seeds = st.integers(min_value=0, max_value=1_000)


@given(indexes, seeds)
def test_every_elector_is_valid_for_the_import(index: int, seed: int) -> None:
    """With any seed and any index."""
    line = READER.read(2, person(index, seed=seed, activated=True))
    assert isinstance(line, RollLine), line
    assert line.question
    assert VotingCodeShape().fits(line.voting_code)


@given(indexes, seeds)
def test_the_nir_agrees_with_the_other_columns(index: int, seed: int) -> None:
    """Sex, year and month, and place of birth."""
    line = person(index, seed=seed)
    nir, (_, month, year) = line[Column.NIR], line[Column.BIRTH_DATE].split("/")
    assert nir[0] == {"M": "1", "F": "2"}[line[Column.SEX]]
    assert nir[1:5] == f"{year[2:]}{month}"
    assert nir[5:] == line[Column.BIRTH_PLACE]
    assert (line[Column.FIRST_NAMES].split()[0] in WOMEN) == (line[Column.SEX] == "F")


@given(indexes, indexes, seeds)
def test_two_electors_differ(one: int, other: int, seed: int) -> None:
    """In address and NUMEN."""
    first, second = person(one, seed=seed), person(other, seed=seed)
    for column in (Column.WORK_EMAIL, Column.NUMEN):
        assert (first[column] == second[column]) == (one == other)


def test_namesakes_have_different_addresses() -> None:
    """When all combinations of names are used, they are numbered."""
    addresses = [line[Column.WORK_EMAIL] for line in people(2_000)]
    addresses += [person(219_240 + index)[Column.WORK_EMAIL] for index in range(2_000)]
    assert len(set(addresses)) == 4_000
    assert not re.search(r"\d", addresses[0])
    assert re.search(r"2@", addresses[-1])


def test_the_same_seed_gives_the_same_roll() -> None:
    """A longer roll begins as the shorter one; another seed gives other people."""
    assert list(people(20, seed=3, activated=True))[:5] == list(people(5, seed=3, activated=True))
    assert list(people(5, seed=3)) != list(people(5, seed=4))


def test_names_are_as_varied_as_real_ones() -> None:
    """Accents, cedillas, hyphens, particles and apostrophes all occur."""
    names = FAMILIES + MEN + WOMEN
    for mark in ("é", "ï", "ç", "-", "De La ", "’"):
        assert any(mark in name for name in names), mark
    assert len(set(names)) == len(names)


def test_a_roll_is_written_as_the_import_reads_it() -> None:
    """The header has the columns of first credentials only when they were asked for."""
    for activated, columns in ((False, 9), (True, 14)):
        out = io.StringIO()
        write(out, people(3, activated=activated), activated=activated)
        roll = RollFile(io.StringIO(out.getvalue()))
        assert [len(record.cells) for record in roll.records()] == [columns] * 3  # type: ignore[union-attr]


def test_the_command_writes_utf_8_whatever_the_terminal() -> None:
    """Also in a locale without accents."""
    ended = subprocess.run(
        [sys.executable, "-m", "activities.roll_import.fictional_roll", "3", "--seed", "2", "--activated"],
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    out = io.StringIO()
    write(out, people(3, seed=2, activated=True), activated=True)
    assert ended.stdout.decode() == out.getvalue()
