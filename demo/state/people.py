"""The eight fictional electors of the demo, with everything that they know."""

import csv
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from activities.roll_import.lines import Column

_FILE = Path(__file__).with_name("people.csv")
# The demo's election asks for no datum of its own.
_COLUMNS = [column for column in Column if column is not Column.DATUM]


@dataclass(frozen=True)
class Person:
    """A fictional elector; the roll has neither the phone nor the personal mailbox."""

    first_names: str
    birth_name: str
    used_name: str
    sex: str
    commune: str
    work_email: str
    personal_email: str
    phone: str
    password: str
    numen: str
    nir10: str
    birth_date: str
    birth_department: str
    challenge_question: str
    secret_answer: str
    identifier: str
    voting_code: str

    @property
    def name(self) -> str:
        """The name as the portal shows it."""
        return f"{self.first_names} {self.used_name}"

    def public(self) -> dict[str, str]:
        """Return the fields of `/demo/people.json`."""
        hidden = {"first_names", "birth_name", "used_name", "sex", "commune"}
        fields = {name: value for name, value in asdict(self).items() if name not in hidden}
        return {"name": self.name, **fields}


def people() -> list[Person]:
    """Return the demo's electors, always in the same order."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return [Person(**row) for row in csv.DictReader(file, delimiter=";")]


def write_roll(path: Path) -> None:
    """Write the roll as the CSV file that the import reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([column.value for column in _COLUMNS])
        writer.writerows(_line(person) for person in people())


def _line(person: Person) -> list[str]:
    born = date.fromisoformat(person.birth_date)
    cells = {
        Column.WORK_EMAIL: person.work_email,
        Column.BIRTH_NAME: person.birth_name,
        Column.USED_NAME: person.used_name,
        Column.FIRST_NAMES: person.first_names,
        Column.SEX: person.sex,
        Column.NUMEN: person.numen,
        Column.NIR: person.nir10,
        Column.BIRTH_DATE: f"{born:%d/%m/%Y}",
        Column.BIRTH_PLACE: person.commune,
        Column.QUESTION: person.challenge_question,
        Column.ANSWER: person.secret_answer,
        Column.PASSWORD: person.password,
        Column.VOTING_CODE: person.voting_code,
        Column.IDENTIFIER: person.identifier,
    }
    return [cells[column] for column in _COLUMNS]
