"""`python -m activities.roll_import.fictional_roll 1000 > roll.csv`: writes a roll of fictional people."""

import argparse
import calendar
import csv
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count
from random import Random
from string import ascii_uppercase
from typing import TextIO

from activities.roll_import.fictional_names import ACADEMIES, COMMUNES, FAMILIES, MEN, QUESTIONS, WOMEN
from activities.roll_import.lines import Column
from election.shapes import IdentifierShape, VotingCodeShape

_ACTIVATION = (Column.QUESTION, Column.ANSWER, Column.PASSWORD, Column.VOTING_CODE, Column.IDENTIFIER)
_FIRST_NAMES = WOMEN + MEN
_PEOPLE = len(_FIRST_NAMES) * len(FAMILIES) * len(ACADEMIES)
_NUMENS = 10**7  # the seven digits of a NUMEN, hence the most people
_SCATTER = 1_299_709  # a prime that divides neither number, so that each index gives another person
_MARRIED = 0.25  # the share of people whose used name differs from the birth name
_WORDS = ("ardoise", "craie", "cartable", "encrier", "gomme", "marelle", "pupitre", "tableau")


def people(number: int, *, seed: int = 1, activated: bool = False) -> Iterator[dict[Column, str]]:
    """Yield the lines of a roll, the same for the same seed."""
    return (person(index, seed=seed, activated=activated) for index in range(number))


def person(index: int, *, seed: int = 1, activated: bool = False) -> dict[Column, str]:
    """Return one line; its address and NUMEN differ from those of every other index below ten million."""
    draw = Random(f"{seed}/{index}")  # noqa: S311 - fictional people must be the same at every run
    namesakes, within = divmod(index, _PEOPLE)
    rest, academy = divmod((within * _SCATTER + seed) % _PEOPLE, len(ACADEMIES))
    family, first = divmod(rest, len(_FIRST_NAMES))
    first_name, used_name = _FIRST_NAMES[first], FAMILIES[family]
    namesake = str(namesakes + 1) if namesakes else ""
    line = {
        Column.WORK_EMAIL: f"{_slug(first_name)}.{_slug(used_name)}{namesake}@ac-{ACADEMIES[academy]}.fr",
        Column.BIRTH_NAME: draw.choice(FAMILIES) if draw.random() < _MARRIED else used_name,
        Column.USED_NAME: used_name,
        Column.NUMEN: _numen(draw, academy, (index * _SCATTER + seed) % _NUMENS),
    }
    line |= _civil_status(draw, first_name)
    return line | _choices(draw) if activated else line


def _civil_status(draw: Random, first_name: str) -> dict[Column, str]:
    sex, names = ("F", WOMEN) if first_name in WOMEN else ("M", MEN)
    year, month = draw.randint(1957, 2003), draw.randint(1, 12)
    day = draw.randint(1, calendar.monthrange(year, month)[1])
    commune = draw.choice(COMMUNES)
    second = draw.choice([name for name in names if name != first_name])
    return {
        Column.FIRST_NAMES: f"{first_name} {second}",
        Column.SEX: sex,
        # Ten characters only, since thirteen could be a real person's.
        Column.NIR: f"{'2' if sex == 'F' else '1'}{year % 100:02}{month:02}{commune}",
        Column.BIRTH_DATE: f"{day:02}/{month:02}/{year}",
        Column.BIRTH_PLACE: commune,
    }


def _numen(draw: Random, academy: int, number: int) -> str:
    letters = "".join(draw.choices(ascii_uppercase, k=3))
    return f"{academy + 1:02}E{number:07}{letters}"


def _choices(draw: Random) -> dict[Column, str]:
    question, answers = draw.choice(QUESTIONS)
    words = draw.sample(_WORDS, k=2)
    shape = VotingCodeShape()
    codes = ("".join(draw.choices(shape.alphabet, k=shape.length)) for _ in count())
    return {
        Column.QUESTION: question,
        Column.ANSWER: draw.choice(answers),
        Column.PASSWORD: f"{words[0].capitalize()}-{words[1]}-{draw.randint(100, 999)}!",
        Column.VOTING_CODE: next(code for code in codes if shape.fits(code)),
        Column.IDENTIFIER: "".join(draw.choices(IdentifierShape().alphabet, k=IdentifierShape().length)),
    }


def _slug(name: str) -> str:
    """Return a name as mail addresses write it: `D’Orgeval` is `dorgeval`, `Le Goff` is `le-goff`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return plain.lower().replace(" ", "-")


def write(out: TextIO, lines: Iterable[dict[Column, str]], *, activated: bool = False) -> None:
    """Write a roll with its header, in the form that `load_roll` reads."""
    left_out = {Column.DATUM} if activated else {Column.DATUM, *_ACTIVATION}
    columns = [column for column in Column if column not in left_out]
    rows = csv.DictWriter(out, columns, delimiter=";", lineterminator="\n")
    rows.writeheader()
    rows.writerows(lines)


def main() -> None:
    """Write a roll to the standard output."""
    parser = argparse.ArgumentParser(prog="python -m activities.roll_import.fictional_roll", description=__doc__)
    parser.add_argument("count", type=int, help="how many electors")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other people")
    parser.add_argument("--activated", action="store_true", help="with question, answer, password and voting code")
    arguments = parser.parse_args()
    lines = people(arguments.count, seed=arguments.seed, activated=arguments.activated)
    # A roll is in UTF-8 whatever the terminal's encoding.
    with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as out:
        write(out, lines, activated=arguments.activated)


if __name__ == "__main__":
    main()
