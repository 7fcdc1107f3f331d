"""The fictional roll is plausible, reproducible and accepted by the import."""

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
def test_every_fictional_elector_is_accepted_by_the_import(index: int, seed: int) -> None:
    """For any index and seed, the import reads the line without a refusal."""
    line = READER.read(2, person(index, seed=seed, activated=True))
    assert isinstance(line, RollLine), line
    assert line.question
    assert VotingCodeShape().fits(line.voting_code)


@given(indexes, seeds)
def test_the_nir_agrees_with_the_other_columns(index: int, seed: int) -> None:
    """Sex, year, month and place of birth in the NIR are those of the other columns."""
    line = person(index, seed=seed)
    nir, (_, month, year) = line[Column.NIR], line[Column.BIRTH_DATE].split("/")
    assert nir[0] == {"M": "1", "F": "2"}[line[Column.SEX]]
    assert nir[1:5] == f"{year[2:]}{month}"
    assert nir[5:] == line[Column.BIRTH_PLACE]
    assert (line[Column.FIRST_NAMES].split()[0] in WOMEN) == (line[Column.SEX] == "F")


@given(indexes, indexes, seeds)
def test_electors_have_different_addresses_and_numens(one: int, other: int, seed: int) -> None:
    """Two electors of a roll share neither a work address nor a NUMEN."""
    first, second = person(one, seed=seed), person(other, seed=seed)
    for column in (Column.WORK_EMAIL, Column.NUMEN):
        assert (first[column] == second[column]) == (one == other)


def test_addresses_of_namesakes_are_numbered() -> None:
    """When all combinations of names are used up, addresses get a number."""
    addresses = [line[Column.WORK_EMAIL] for line in people(2_000)]
    addresses += [person(219_240 + index)[Column.WORK_EMAIL] for index in range(2_000)]
    assert len(set(addresses)) == 4_000
    assert not re.search(r"\d", addresses[0])
    assert re.search(r"2@", addresses[-1])


def test_the_same_seed_gives_the_same_roll() -> None:
    """A longer roll begins with the shorter one; another seed gives another roll."""
    assert list(people(20, seed=3, activated=True))[:5] == list(people(5, seed=3, activated=True))
    assert list(people(5, seed=3)) != list(people(5, seed=4))


def test_names_are_as_varied_as_real_ones() -> None:
    """Accents, cedillas, hyphens, particles and apostrophes occur, and no name is listed twice."""
    names = FAMILIES + MEN + WOMEN
    for mark in ("é", "ï", "ç", "-", "De La ", "’"):
        assert any(mark in name for name in names), mark
    assert len(set(names)) == len(names)


def test_a_written_roll_has_the_columns_of_the_import() -> None:
    """Nine columns, or fourteen with those of activation if they are requested."""
    for activated, columns in ((False, 9), (True, 14)):
        out = io.StringIO()
        write(out, people(3, activated=activated), activated=activated)
        roll = RollFile(io.StringIO(out.getvalue()))
        assert [len(record.cells) for record in roll.records()] == [columns] * 3  # type: ignore[union-attr]


def test_the_command_writes_utf_8_in_any_locale() -> None:
    """Its output is the roll in UTF-8, also in an ASCII locale."""
    ended = subprocess.run(
        [sys.executable, "-m", "activities.roll_import.fictional_roll", "3", "--seed", "2", "--activated"],
        env={**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    out = io.StringIO()
    write(out, people(3, seed=2, activated=True), activated=True)
    assert ended.stdout.decode() == out.getvalue()
