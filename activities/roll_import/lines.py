"""Parses one line of the roll's file into an elector, or the reasons to refuse it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from election.contacts import domain_of, is_work_domain
from election.proofs import nir, numen, secret_answer
from election.shapes import VotingCodeShape

# The form of the ministry's addresses; it takes a tenth of the time that the RFCs' form does.
_ADDRESS = re.compile(r"[a-z0-9_'+&-]+(?:\.[a-z0-9_'+&-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,}", re.ASCII)
_DATE = re.compile(r"(\d{2})/(\d{2})/((?:19|20)\d{2})", re.ASCII)
_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)


class Column(StrEnum):
    """The columns that are read, by their names in the header (docs/roll.md)."""

    WORK_EMAIL = "messagerie professionnelle"
    BIRTH_NAME = "nom de naissance"
    USED_NAME = "nom d’usage"
    FIRST_NAMES = "prénoms"
    SEX = "sexe"
    NUMEN = "NUMEN"
    NIR = "NIR"
    BIRTH_DATE = "date de naissance"
    BIRTH_PLACE = "commune de naissance"
    QUESTION = "question défi"
    ANSWER = "réponse secrète"
    PASSWORD = "mot de passe"  # noqa: S105 - the name of a column
    VOTING_CODE = "code de vote"
    IDENTIFIER = "identifiant électeur"


class Reason(StrEnum):
    """Why a value is refused; it is written after the column's name, never with the value."""

    EMPTY = "est vide"
    TOO_LONG = "est trop long"
    INVISIBLE = "contient un caractère invisible"
    NO_ADDRESS = "n’est pas une adresse électronique"
    NO_WORK_DOMAIN = "n’est pas dans un domaine de messagerie professionnelle de l’élection"
    NO_SEX = "n’est ni F ni M"
    NO_NUMEN = "n’a pas la forme d’un NUMEN (2 chiffres, 1 lettre, 7 chiffres, 3 lettres)"
    NO_NIR = "n’a pas la forme des 10 premiers caractères d’un numéro de sécurité sociale"
    NO_DATE = "n’est pas une date de la forme jj/mm/aaaa"
    NO_COMMUNE = "n’est pas un code INSEE de 5 caractères"
    NO_ANSWER = "manque alors que la question défi est donnée"
    NO_QUESTION = "manque alors que la réponse secrète est donnée"


@dataclass(frozen=True)
class Refusal:
    """A refused line's number in the file, the column (or none) and the reason in French."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class RollLine:
    """An elector of the roll's file; `birth_date` is `1962-05-31`, or `1962-00-00` if unknown."""

    number: int
    work_email: str
    birth_name: str
    used_name: str
    first_names: str
    sex: str
    numen: str = field(repr=False)
    nir10: str = field(repr=False)
    birth_date: str = field(repr=False)
    birth_place: str = field(repr=False)
    question: str = ""
    answer: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    voting_code: str = field(default="", repr=False)
    identifier: str = field(default="", repr=False)


class LineReader:
    """Parses lines by one election's work mail domains and shape of voting codes."""

    def __init__(self, work_domains: tuple[str, ...], voting_code: VotingCodeShape) -> None:
        self._work_domains = work_domains
        self._readers: Mapping[Column, Callable[[str], str]] = {
            Column.WORK_EMAIL: self._work_email,
            Column.BIRTH_NAME: lambda value: _words(value, 100) if value else Reason.EMPTY,
            Column.USED_NAME: lambda value: _words(value, 100),
            Column.FIRST_NAMES: lambda value: _words(value, 200) if value else Reason.EMPTY,
            Column.SEX: lambda value: value.upper() if value.upper() in {"F", "M"} else Reason.NO_SEX,
            Column.NUMEN: lambda value: numen.normalise(value) or Reason.NO_NUMEN,
            Column.NIR: lambda value: nir.normalise(value) or Reason.NO_NIR,
            Column.BIRTH_DATE: _iso_date,
            Column.BIRTH_PLACE: _commune,
            Column.QUESTION: _sentence,
            Column.ANSWER: lambda value: _short(secret_answer.normalise(value)),
            Column.PASSWORD: _short,
            Column.VOTING_CODE: lambda value: _short(voting_code.normalise(value)),
            Column.IDENTIFIER: _short,
        }

    def read(self, number: int, cells: Mapping[Column, str]) -> RollLine | tuple[Refusal, ...]:
        """Return the elector of a line, or every reason to refuse it."""
        read = {column: self._readers[column](cells.get(column, "").strip()) for column in Column}
        if bool(read[Column.QUESTION]) != bool(read[Column.ANSWER]):
            missing = Column.ANSWER if read[Column.QUESTION] else Column.QUESTION
            read[missing] = Reason.NO_ANSWER if missing is Column.ANSWER else Reason.NO_QUESTION
        refused = [Refusal(number, column, value) for column, value in read.items() if isinstance(value, Reason)]
        return tuple(refused) or _line(number, read)

    def _work_email(self, value: str) -> str:
        address = value.lower()
        if _ADDRESS.fullmatch(address) is None or len(address) > 254:  # noqa: PLR2004 - RFC 5321
            return Reason.NO_ADDRESS
        return address if is_work_domain(domain_of(address), self._work_domains) else Reason.NO_WORK_DOMAIN


def _line(number: int, read: Mapping[Column, str]) -> RollLine:
    return RollLine(
        number=number,
        work_email=read[Column.WORK_EMAIL],
        birth_name=read[Column.BIRTH_NAME],
        used_name=read[Column.USED_NAME] or read[Column.BIRTH_NAME],
        first_names=read[Column.FIRST_NAMES],
        sex=read[Column.SEX],
        numen=read[Column.NUMEN],
        nir10=read[Column.NIR],
        birth_date=read[Column.BIRTH_DATE],
        birth_place=read[Column.BIRTH_PLACE],
        question=read[Column.QUESTION],
        answer=read[Column.ANSWER],
        password=read[Column.PASSWORD],
        voting_code=read[Column.VOTING_CODE],
        identifier=read[Column.IDENTIFIER],
    )


def _words(value: str, longest: int) -> str:
    """Return the words with single spaces between them, in Unicode's composed form."""
    words = " ".join(unicodedata.normalize("NFC", value).split())
    if not words.isprintable():
        return Reason.INVISIBLE
    return words if len(words) <= longest else Reason.TOO_LONG


def _sentence(value: str) -> str:
    """Return a sentence as it will be shown, with its non-breaking spaces."""
    words = _words(value, 200)
    return words if isinstance(words, Reason) else unicodedata.normalize("NFC", value)


def _commune(value: str) -> str:
    return value.upper() if _COMMUNE.fullmatch(value.upper()) else Reason.NO_COMMUNE


def _short(value: str) -> str:
    return value if len(value) <= 200 else Reason.TOO_LONG  # noqa: PLR2004 - longer than anyone types


def _iso_date(value: str) -> str:
    """Return the date as FranceConnect gives it: `00` stands for an unknown day or month."""
    shape = _DATE.fullmatch(value)
    if shape is None:
        return Reason.NO_DATE
    day, month, year = shape.groups()
    if month == "00" and day != "00":
        return Reason.NO_DATE
    try:
        date(int(year), int(month) or 1, int(day) or 1)
    except ValueError:
        return Reason.NO_DATE
    return f"{year}-{month}-{day}"
