"""The import command: its exit status, output and report."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from activities.roll_import.fictional_roll import people, write
from tests.support.commands import run_command
from tests.support.typography import faults

PEPPER = "70" * 32
Ended = subprocess.CompletedProcess[str]
Run = Callable[..., Ended]


@pytest.fixture
def run(database_url: str) -> Run:
    """A function that runs the command on a migrated database and returns how it ended."""

    def run_(*arguments: object, **settings: str) -> Ended:
        variables = {
            "REASSORT_DATABASE_URL": database_url,
            "REASSORT_PEPPER": PEPPER,
            "REASSORT_ELECTION": "election/demo.toml",
            **settings,
        }
        return run_command("activities.roll_import.load_roll", *map(str, arguments), variables=variables)

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
        file.write("x@ac-lyon.fr;A;;B;F;18E12X;28505LYON;31/02/1985;69;x\n")
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


def test_the_report_never_replaces_another_file(run: Run, roll: Path, tmp_path: Path) -> None:
    """Of the operator's, whatever it is named."""
    notes = tmp_path / "notes.csv"
    notes.write_text("à garder\n", encoding="utf-8")
    ended = run(roll, "--report", notes)
    assert ended.returncode == 2
    assert "n’est pas un rapport d’import" in ended.stderr
    assert notes.read_text(encoding="utf-8") == "à garder\n"


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_not_the_imports_own_file_is_left(run: Run, roll: Path, tmp_path: Path, *, refused: bool) -> None:
    """A link, as `/dev/stderr` is: refusals are written there, and it is never deleted."""
    if refused:
        with roll.open("a", encoding="utf-8") as file:
            file.write("x@ac-lyon.fr;;;;\n")
    log = tmp_path / "log"
    log.write_text("before\n")
    link = tmp_path / "link"
    link.symlink_to(log)
    ended = run(roll, "--report", link)
    assert (ended.returncode, link.is_symlink()) == (int(refused), True)
    assert log.read_text(encoding="utf-8").startswith("before\nligne;colonne;motif\n" if refused else "before\n")


def test_a_check_says_what_would_be_done(run: Run, roll: Path) -> None:
    """The counts have other words, and the real import after it finds the roll as it was."""
    ended = run(roll, "--check")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        "essai\u00a0: rien n’a été changé",
        "lignes lues\u00a0: 3",
        "électeurs à ajouter\u00a0: 3",
        "électeurs à mettre à jour\u00a0: 0",
        "électeurs inchangés\u00a0: 0",
        "lignes refusées\u00a0: 0",
    ]
    assert faults(ended.stdout.splitlines()[0]) == []
    assert "électeurs ajoutés\u00a0: 3" in run(roll).stdout


@pytest.mark.parametrize("change", ["--update", "--remove"])
def test_a_change_of_the_roll_needs_the_operators_name(run: Run, roll: Path, change: str) -> None:
    """Which the journal keeps; a check needs none."""
    refused = [run(roll, change), run(roll, change, "--operator", " ")]
    assert [(each.returncode, "your own name is needed" in each.stderr) for each in refused] == [(2, True)] * 2
    assert run(roll, change, "--check").returncode == (1 if change == "--remove" else 0)


def test_electors_are_removed_by_the_command(run: Run, roll: Path) -> None:
    """The whole roll as a file will do: two of its columns are read."""
    run(roll)
    ended = run(roll, "--remove", "--operator", "M. Roux")
    assert ended.stdout.splitlines() == [
        "lignes lues\u00a0: 3",
        "électeurs retirés\u00a0: 3",
        "lignes refusées\u00a0: 0",
    ]
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"REASSORT_PEPPER": "short"}, "REASSORT_PEPPER: "),
        ({"REASSORT_ELECTION": "/nowhere.toml"}, "/nowhere.toml: cannot be read"),
        ({"REASSORT_DATABASE_URL": "roll"}, "Could not parse SQLAlchemy URL"),
    ],
)
def test_wrong_settings_end_with_status_2(run: Run, roll: Path, settings: dict[str, str], reason: str) -> None:
    """One line has the reason; there is neither a summary nor a report."""
    _is_told_in_one_line(run(roll, **settings), reason, roll)


def test_a_database_that_was_not_migrated_ends_with_status_2(run: Run, roll: Path, empty_url: str) -> None:
    """The line names the command to run first."""
    ended = run(roll, REASSORT_DATABASE_URL=empty_url)
    _is_told_in_one_line(
        ended, "The database was not migrated to this version: run `python -m activities.store.migrate`", roll
    )


def _is_told_in_one_line(ended: Ended, reason: str, roll: Path) -> None:
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


def test_another_pepper_than_the_rolls_writes_nothing(run: Run, roll: Path) -> None:
    """It would make every proof of every elector wrong. With the right one the same file changes nothing."""
    assert run(roll).returncode == 0
    refused = run(roll, REASSORT_PEPPER="71" * 32)
    assert refused.returncode == 2
    assert refused.stderr.startswith("REASSORT_PEPPER n’est pas celui")
    assert faults(refused.stderr) == []
    assert "électeurs inchangés\u00a0: 3" in run(roll).stdout


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
