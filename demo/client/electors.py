"""Fictional electors in any number, imported into a demo's roll by the command that administrations use."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

from activities.roll_import.fictional_roll import person
from activities.roll_import.lines import Column
from demo.client.voter import Person
from demo.processes.postgres import url_in

# The French regulator reserves 06 39 98 00 00 to 06 39 98 99 99 for fiction.
_FIRST_PHONE = 33_639_980_000
_USED_BY_THE_DEMO = 100
_PHONES = 10_000 - _USED_BY_THE_DEMO


def load(state: Path, number: int, first: int = 0, *, activated: bool = True) -> list[Person]:
    """Import electors `first` to `first + number - 1` into the roll of a demo, and return what each of them knows.

    Phone numbers repeat after 9,900 electors. Without `activated`, electors have no answer, password or code, and
    the import is faster because it has nothing to hash.

    Raises:
        subprocess.CalledProcessError: the import refused lines or failed.
    """
    lines = [person(index, seed=7, activated=activated) for index in range(first, first + number)]
    path = state / "electors.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [column.value for column in Column], delimiter=";")
        writer.writeheader()
        writer.writerows({column.value: text for column, text in line.items()} for line in lines)
    environment = {
        **os.environ,
        **json.loads((state / "keys.json").read_text()),
        "REASSORT_ELECTION": str(state / "election.toml"),
        "REASSORT_DATABASE_URL": url_in(state / "postgres"),
    }
    command = [sys.executable, "-m", "activities.roll_import.load_roll", str(path)]
    subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603 - our own program
    path.unlink()
    return [_person(index, line) for index, line in enumerate(lines, first)]


def _person(index: int, line: dict[Column, str]) -> Person:
    return {
        "work_email": line[Column.WORK_EMAIL],
        "personal_email": f"personne{index}@courriel.exemple.org",
        "phone": f"+{_FIRST_PHONE + _USED_BY_THE_DEMO + index % _PHONES}",
        "password": line.get(Column.PASSWORD, ""),
        "numen": line[Column.NUMEN],
        "birth_date": "-".join(reversed(line[Column.BIRTH_DATE].split("/"))),
        "birth_department": line[Column.NIR][5:7],
        "nir10": line[Column.NIR][:10],
        "secret_answer": line.get(Column.ANSWER, ""),
        "voting_code": line.get(Column.VOTING_CODE, ""),
        "identifier": line.get(Column.IDENTIFIER, ""),
    }
