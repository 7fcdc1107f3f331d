"""Parses one line of the roll's file into an elector, or the reasons to refuse it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from activities.roll_import import cells
from election.contacts import domain_of, is_work_domain
from election.proofs import birth_dates, nir, numen, secret_answer
from election.rules.proofs import ProofDatum
from election.shapes import VotingCodeShape
from election.text.folding import compact, fold, has_unseen

# The form of the ministry's addresses; it takes a tenth of the time that the RFCs' form does.
_ADDRESS = re.compile(r"[a-z0-9_'+&-]+(?:\.[a-z0-9_'+&-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,}", re.ASCII)
_DAYS = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)


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
    DATUM = "donnée de preuve"


_CHOSEN = {Column.QUESTION, Column.ANSWER, Column.PASSWORD}  # any signs are the elector's own
_MAY_BE_EMPTY = _CHOSEN | {Column.USED_NAME, Column.DATUM, Column.VOTING_CODE, Column.IDENTIFIER}
NAMING = (Column.WORK_EMAIL, Column.NUMEN)


class Reason(StrEnum):
    """Why a value is refused; it is written after the column's name, never with the value."""

    EMPTY = "est vide"
    TOO_LONG = "est trop long"
    NO_VALUE = "est le mot qu’un programme écrit pour une cellule vide\u00a0: videz-la"
    INVISIBLE = "contient un caractère invisible"
    LOST_ACCENTS = (
        "a perdu ses accents\u00a0: exportez de nouveau la liste depuis sa source, en «\u00a0CSV UTF-8\u00a0»"
    )
    NO_NAME = "contient un signe qu’un nom n’a pas, à la place d’un accent peut-être\u00a0: corrigez-le"
    NO_ADDRESS = "n’est pas une adresse électronique"
    NO_WORK_DOMAIN = "n’est pas dans un domaine de messagerie professionnelle de l’élection"
    NO_SEX = "n’est ni F ni M, ni Mme ou M., ni 2 ou 1"
    NO_NUMEN = "n’a pas la forme d’un NUMEN (2 chiffres, 1 lettre, 7 chiffres, 3 lettres)"
    NO_NIR = "n’a pas la forme des 10 premiers caractères d’un numéro de sécurité sociale"
    ROUNDED = "a été arrondi par le tableur\u00a0: exportez de nouveau la colonne au format Texte"
    NO_DATE = "n’est pas une date de la forme jj/mm/aaaa"
    DATE_NUMBER = (
        "est un nombre de jours de tableur, qui a deux lectures\u00a0: donnez à la colonne le format jj/mm/aaaa"
    )
    SHORT_YEAR = "n’a que deux chiffres pour l’année\u00a0: donnez à la colonne le format jj/mm/aaaa"
    NO_COMMUNE = "n’est pas un code INSEE de 5 caractères"
    NO_DATUM = "n’a pas la forme que le fichier de l’élection demande ([proof_datum])"
    NOT_ASKED = "n’est pas demandée par le fichier de l’élection ([proof_datum])"
    CHANGED = "diffère de la liste électorale\u00a0: pour l’y corriger, relancez avec --update"
    NUMEN_TAKEN = "appartient déjà à un autre électeur"
    ADDRESS_TAKEN = (
        "appartient à un autre électeur, de NUMEN et de NIR différents\u00a0: retirez-le d’abord (--remove)"
    )
    SAME_ELECTOR = "la ligne désigne le même électeur qu’une autre"
    NOT_ON_ROLL = "aucun électeur de la liste n’a cette adresse et ce NUMEN"
    NO_ANSWER = "manque alors que la question défi est donnée"
    NO_QUESTION = "manque alors que la réponse secrète est donnée"


@dataclass(frozen=True)
class Refusal:
    """A refused line's number in the file, the column (or none) and the reason in French."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class ElectorLine:
    """What names an elector of the roll: both must be right."""

    number: int
    work_email: str
    numen: str = field(repr=False)


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
    datum: str = field(default="", repr=False)
    question: str = ""
    answer: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    voting_code: str = field(default="", repr=False)
    identifier: str = field(default="", repr=False)


class LineReader:
    """Parses lines by one election's work mail domains, shape of voting codes, and own datum if it has one."""

    def __init__(
        self, work_domains: tuple[str, ...], voting_code: VotingCodeShape, proof_datum: ProofDatum | None = None
    ) -> None:
        self._work_domains = work_domains
        self._proof_datum = proof_datum
        self._readers: Mapping[Column, Callable[[str], str]] = {
            Column.WORK_EMAIL: self._work_email,
            Column.BIRTH_NAME: lambda value: _name(value, 100) if value else Reason.EMPTY,
            Column.USED_NAME: lambda value: _name(value, 100),
            Column.FIRST_NAMES: lambda value: _name(value, 200) if value else Reason.EMPTY,
            Column.SEX: lambda value: cells.sex(fold(value)) or Reason.NO_SEX,
            Column.NUMEN: lambda value: numen.normalise(value) or Reason.NO_NUMEN,
            Column.NIR: _nir,
            Column.BIRTH_DATE: _birth_date,
            Column.BIRTH_PLACE: lambda value: cells.commune(fold(value)) or Reason.NO_COMMUNE,
            Column.DATUM: self._datum,
            Column.QUESTION: _sentence,
            Column.ANSWER: lambda value: _short(secret_answer.normalise(value)),
            Column.PASSWORD: lambda value: Reason.INVISIBLE if has_unseen(value) else _short(value),
            Column.VOTING_CODE: lambda value: _code(value, voting_code.normalise),
            Column.IDENTIFIER: lambda value: _code(value, compact),
        }

    def read(self, number: int, given: Mapping[Column, str]) -> RollLine | tuple[Refusal, ...]:
        """Return the elector of a line, or every reason to refuse it."""
        read = {column: self.read_cell(column, given.get(column, "")) for column in Column}
        if bool(read[Column.QUESTION]) != bool(read[Column.ANSWER]):
            missing = Column.ANSWER if read[Column.QUESTION] else Column.QUESTION
            read[missing] = Reason.NO_ANSWER if missing is Column.ANSWER else Reason.NO_QUESTION
        refused = [Refusal(number, column, value) for column, value in read.items() if isinstance(value, Reason)]
        return tuple(refused) or _line(number, read)

    def read_names(self, number: int, given: Mapping[Column, str]) -> ElectorLine | tuple[Refusal, ...]:
        """Return which elector a line names by address and NUMEN, or every reason to refuse it."""
        read = {column: self.read_cell(column, given.get(column, "")) for column in NAMING}
        refused = tuple(Refusal(number, each, value) for each, value in read.items() if isinstance(value, Reason))
        return refused or ElectorLine(number, read[Column.WORK_EMAIL], read[Column.NUMEN])

    def read_cell(self, column: Column, cell: str) -> str:
        """Return a cell in its normal form, or the `Reason` to refuse it."""
        # Before anything is trimmed: a no-break space may be half of a letter.
        if cells.has_lost_accents(cell):
            return Reason.LOST_ACCENTS
        value = _trimmed(column, cell)
        if column in _MAY_BE_EMPTY and cells.is_no_value(value):
            return Reason.NO_VALUE  # it would be the secret answer or the password of everybody who has none
        return self._readers[column](value)

    def _work_email(self, value: str) -> str:
        address = fold(value).lower()
        if _ADDRESS.fullmatch(address) is None or len(address) > 254:  # noqa: PLR2004 - RFC 5321
            return Reason.NO_ADDRESS
        return address if is_work_domain(domain_of(address), self._work_domains) else Reason.NO_WORK_DOMAIN

    def _datum(self, value: str) -> str:
        """Return the datum in its normal form; an elector without one cannot prove with it."""
        if not value:
            return ""
        if self._proof_datum is None:
            return Reason.NOT_ASKED
        return Reason.ROUNDED if cells.is_rounded(value) else self._proof_datum.normalise(value) or Reason.NO_DATUM


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
        datum=read[Column.DATUM],
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


def _name(value: str, longest: int) -> str:
    words = _words(value, longest)
    return words if isinstance(words, Reason) or cells.is_name(words) else Reason.NO_NAME


def _sentence(value: str) -> str:
    """Return a sentence as it will be shown, with its non-breaking spaces."""
    words = _words(value, 200)
    return words if isinstance(words, Reason) else unicodedata.normalize("NFC", value)


def _short(value: str) -> str:
    return value if len(value) <= 200 else Reason.TOO_LONG  # noqa: PLR2004 - longer than anyone types


def _code(value: str, normalise: Callable[[str], str]) -> str:
    return Reason.ROUNDED if cells.is_rounded(value) else _short(normalise(value))


def _trimmed(column: Column, cell: str) -> str:
    return cell.strip() if column in _CHOSEN else cells.plain(cell)


def _nir(value: str) -> str:
    return Reason.ROUNDED if cells.is_rounded(value) else nir.normalise(value) or Reason.NO_NIR


def _birth_date(cell: str) -> str:
    value = fold(cell)
    if _DAYS.fullmatch(value):
        return Reason.DATE_NUMBER
    return Reason.SHORT_YEAR if birth_dates.has_short_year(value) else cells.birth_date(value) or Reason.NO_DATE
