"""The import command: its exit status, output and report."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from activities.roll_import.fictional_roll import people, write
from tests.support.typography import faults

PEPPER = "70" * 32
Ended = subprocess.CompletedProcess[str]
Run = Callable[..., Ended]


@pytest.fixture
def run(database_url: str) -> Run:
    """A function that runs the command on a migrated database and returns how it ended."""

    def run_(*arguments: object, **settings: str) -> Ended:
        return subprocess.run(
            [sys.executable, "-m", "activities.roll_import.load_roll", *map(str, arguments)],
            env={**os.environ, "REASSORT_DATABASE_URL": database_url, "REASSORT_PEPPER": PEPPER, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_


@pytest.fixture
def roll(tmp_path: Path) -> Path:
    """A roll of three electors."""
    path = tmp_path / "roll.csv"
    with path.open("w", encoding="utf-8") as out:
        write(out, people(3))
    return path


def test_a_valid_roll_ends_with_status_0(run: Run, roll: Path) -> None:
    """The counts are printed, and no report is written."""
    ended = run(roll)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "lignes lues\u00a0: 3",
        "électeurs ajoutés\u00a0: 3",
        "électeurs mis à jour\u00a0: 0",
        "électeurs inchangés\u00a0: 0",
        "lignes refusées\u00a0: 0",
    ]
    assert sorted(path.name for path in roll.parent.glob("*.csv")) == ["roll.csv"]


def test_refused_lines_end_with_status_1(run: Run, roll: Path) -> None:
    """The report is written next to the roll, and does not quote refused values."""
    with roll.open("a", encoding="utf-8") as file:
        file.write("x@ac-lyon.fr;A;;B;F;18E12X;28505LYON;31/02/1985;69;\n")
        file.write("x@ac-lyon.fr;A;;B;F;18E12X;28505LYON;31/02/1985;69\n")
    ended = run(roll)
    report = roll.with_name("roll.refused.csv")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == f"motifs des refus\u00a0: {report}"
    written = report.read_text(encoding="utf-8-sig")
    assert [line.split(";")[:2] for line in written.splitlines()] == [
        ["ligne", "colonne"],
        ["5", ""],
        ["6", "NUMEN"],
        ["6", "NIR"],
        ["6", "date de naissance"],
        ["6", "commune de naissance"],
    ]
    assert not [value for value in ("18E12X", "28505LYON", "31/02", "x@ac") if value in written + ended.stdout]


def test_the_report_is_written_to_the_given_path(run: Run, roll: Path, tmp_path: Path) -> None:
    """`--report` names the file, since the roll's folder may be read-only."""
    with roll.open("a", encoding="utf-8") as file:
        file.write(";\n;x\n")
    assert run(roll, "--report", tmp_path / "elsewhere.csv").returncode == 1
    assert (tmp_path / "elsewhere.csv").exists()


def test_the_report_never_overwrites_the_roll(run: Run, roll: Path) -> None:
    """If `--report` is the roll itself, the command ends with status 2 and the roll is unchanged."""
    before = roll.read_text(encoding="utf-8")
    assert run(roll, "--report", roll).returncode == 2
    assert roll.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"REASSORT_PEPPER": "short"}, "REASSORT_PEPPER: "),
        ({"REASSORT_ELECTION": "/nowhere.toml"}, "/nowhere.toml: cannot be read"),
        ({"REASSORT_DATABASE_URL": "roll"}, "Could not parse SQLAlchemy URL"),
        (
            {"REASSORT_DATABASE_URL": "{empty}"},
            'la base de données refuse\u00a0: relation "electors" does not exist',
        ),
    ],
)
def test_wrong_settings_end_with_status_2(
    run: Run, roll: Path, empty_url: str, settings: dict[str, str], reason: str
) -> None:
    """One line has the reason; there is neither a summary nor a report."""
    ended = run(roll, **{name: value.format(empty=empty_url) for name, value in settings.items()})
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(reason)
    assert ended.stderr.count("\n") == 1
    assert not list(roll.parent.glob("*.refused.csv"))


def test_a_file_that_is_not_a_roll_ends_with_status_2(run: Run, roll: Path) -> None:
    """A wrong header and a missing file are reported in one line each."""
    roll.write_text("NUMEN;NIR\n")
    header = run(roll)
    missing = run(roll.with_name("absent.csv"))
    assert (header.returncode, missing.returncode) == (2, 2)
    assert header.stderr.startswith("il manque à l’en-tête\u00a0: messagerie professionnelle, ")
    assert (
        missing.stderr
        == f"{roll.with_name('absent.csv')}\u00a0: fichier inaccessible (No such file or directory)\n"
    )


def test_unknown_columns_are_named(run: Run, roll: Path) -> None:
    """Their names are printed, so that a misspelt optional column is noticed."""
    lines = roll.read_text(encoding="utf-8").splitlines()
    roll.write_text(
        "\n".join([f"{lines[0]};code de votes", *(f"{line};x" for line in lines[1:])]), encoding="utf-8"
    )
    ended = run(roll)
    assert (ended.returncode, ended.stderr) == (0, "colonnes qui ne sont pas lues\u00a0: code de votes\n")


def test_the_output_follows_french_typography(run: Run, roll: Path) -> None:
    """Each sentence of the summary passes the checks."""
    with roll.open("a", encoding="utf-8") as file:
        file.write('x\n"x\n')
    ended = run(roll)
    sentences = [line for line in ended.stdout.splitlines() if not line.startswith("motifs")]
    assert [fault for sentence in sentences for fault in faults(sentence)] == []
