"""Validation of a line of the roll."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.roll_import.lines import Column, LineReader, Reason, Refusal, RollLine
from election.shapes import VotingCodeShape
from tests.support.typography import faults

READER = LineReader(("ac-*.fr", "education.gouv.fr"), VotingCodeShape())
RIGHT = {
    Column.WORK_EMAIL: "Elodie.Le-Goff@ac-rennes.fr",
    Column.BIRTH_NAME: "LE  GOFF",
    Column.USED_NAME: "D’Orgeval",
    Column.FIRST_NAMES: "Élodie Marie-Claude",
    Column.SEX: "F",
    Column.NUMEN: "14e0912345abc",
    Column.NIR: "2 62 05 2A 004 123 45",
    Column.BIRTH_DATE: "31/05/1962",
    Column.BIRTH_PLACE: "2a004",
}


def _line(**changed: str) -> RollLine | tuple[Refusal, ...]:
    return READER.read(7, {**RIGHT, **{Column[name]: value for name, value in changed.items()}})


def test_a_valid_line_is_normalised() -> None:
    """Spaces, case, NIR and dates are read in one form."""
    assert _line() == RollLine(
        number=7,
        work_email="elodie.le-goff@ac-rennes.fr",
        birth_name="LE GOFF",
        used_name="D’Orgeval",
        first_names="Élodie Marie-Claude",
        sex="F",
        numen="14E0912345ABC",
        nir10="262052A004",
        birth_date="1962-05-31",
        birth_place="2A004",
    )


def test_decomposed_accents_are_composed() -> None:
    """An é in two characters is stored as one."""
    line = _line(FIRST_NAMES="E\u0301lodie")
    assert isinstance(line, RollLine)
    assert line.first_names == "Élodie"


def test_an_empty_used_name_is_the_birth_name() -> None:
    """The used name is the birth name if the column is empty."""
    line = _line(USED_NAME=" ")
    assert isinstance(line, RollLine)
    assert line.used_name == "LE GOFF"


@pytest.mark.parametrize(
    ("typed", "kept"), [("00/05/1962", "1962-05-00"), ("00/00/1962", "1962-00-00"), ("29/02/2000", "2000-02-29")]
)
def test_a_birth_date_may_be_partly_unknown(typed: str, kept: str) -> None:
    """`00` stands for an unknown day or month, as with FranceConnect."""
    line = _line(BIRTH_DATE=typed)
    assert isinstance(line, RollLine)
    assert line.birth_date == kept


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("WORK_EMAIL", "", Reason.NO_ADDRESS),
        ("WORK_EMAIL", "elodie.le goff@ac-rennes.fr", Reason.NO_ADDRESS),
        ("WORK_EMAIL", "elodie@ac-rennes", Reason.NO_ADDRESS),
        ("WORK_EMAIL", "élodie@ac-rennes.fr", Reason.NO_ADDRESS),
        ("WORK_EMAIL", "e@ac-rennes.fr,f@ac-rennes.fr", Reason.NO_ADDRESS),
        ("WORK_EMAIL", f"{'e' * 250}@ac-rennes.fr", Reason.NO_ADDRESS),
        ("WORK_EMAIL", "elodie@exemple.fr", Reason.NO_WORK_DOMAIN),
        ("BIRTH_NAME", "  ", Reason.EMPTY),
        ("BIRTH_NAME", "x" * 101, Reason.TOO_LONG),
        ("BIRTH_NAME", "LE\x00GOFF", Reason.INVISIBLE),
        ("USED_NAME", "Le\u200bGoff", Reason.INVISIBLE),
        ("USED_NAME", "x" * 101, Reason.TOO_LONG),
        ("FIRST_NAMES", "", Reason.EMPTY),
        ("FIRST_NAMES", "x" * 201, Reason.TOO_LONG),
        ("SEX", "", Reason.NO_SEX),
        ("SEX", "X", Reason.NO_SEX),
        ("NUMEN", "14E091234ABC", Reason.NO_NUMEN),
        ("NIR", "2,62E+12", Reason.NO_NIR),
        ("NIR", "362052A004", ""),
        ("NIR", "962052A004", Reason.NO_NIR),
        ("BIRTH_DATE", "1962-05-31", Reason.NO_DATE),
        ("BIRTH_DATE", "31/05/62", Reason.NO_DATE),
        ("BIRTH_DATE", "31/06/1962", Reason.NO_DATE),
        ("BIRTH_DATE", "29/02/1900", Reason.NO_DATE),
        ("BIRTH_DATE", "12/00/1962", Reason.NO_DATE),
        ("BIRTH_DATE", "31/05/1862", Reason.NO_DATE),
        ("BIRTH_PLACE", "1053", Reason.NO_COMMUNE),
        ("BIRTH_PLACE", "Rennes", Reason.NO_COMMUNE),
        ("BIRTH_PLACE", "99352", ""),
        ("QUESTION", "Votre rue\u202f?", Reason.NO_ANSWER),
        ("ANSWER", "rue Haute", Reason.NO_QUESTION),
        ("PASSWORD", "x" * 201, Reason.TOO_LONG),
        ("VOTING_CODE", "x" * 201, Reason.TOO_LONG),
    ],
)
def test_a_wrong_value_is_refused_with_its_reason(column: str, value: str, reason: str) -> None:
    """Each invalid value has its own reason; unusual but valid values are accepted."""
    line = _line(**{column: value})
    refused = [each.reason for each in line] if isinstance(line, tuple) else []
    assert refused == ([reason] if reason else [])


def test_all_faults_of_a_line_are_reported() -> None:
    """Each refusal has the line's number, the column and the reason."""
    assert _line(SEX="", NIR="") == (
        Refusal(7, "sexe", Reason.NO_SEX),
        Refusal(7, "NIR", Reason.NO_NIR),
    )


def test_credentials_are_normalised_as_for_comparison() -> None:
    """Case and outer spaces of the answer and spaces of the code are removed; the password is unchanged."""
    line = _line(QUESTION="Rue\u202f?", ANSWER=" Rue Haute ", PASSWORD="Ab c!", VOTING_CODE="acde FHJK @3")
    assert isinstance(line, RollLine)
    assert (line.answer, line.password, line.voting_code) == ("rue haute", "Ab c!", "ACDEFHJK@3")


def test_the_repr_of_a_line_contains_no_secret() -> None:
    """It shows no number, date, answer, password or code, for example in a traceback."""
    shown = repr(_line(QUESTION="Rue\u202f?", ANSWER="Haute", PASSWORD="Ab c!", VOTING_CODE="ACDE"))
    assert not [secret for secret in ("14E09", "26205", "1962", "haute", "Ab c", "ACDE") if secret in shown]


@given(st.dictionaries(st.sampled_from(list(Column)), st.text()))
def test_no_text_raises_an_exception(cells: dict[Column, str]) -> None:
    """Any text gives a line or refusals; a refusal has one of the fixed reasons and does not quote the text."""
    line = READER.read(1, {**RIGHT, **cells})
    if isinstance(line, tuple):
        assert {refusal.reason for refusal in line} <= set(Reason)


def test_reasons_follow_french_typography() -> None:
    """Each sentence that the administration reads passes the checks."""
    assert [fault for reason in Reason for fault in faults(reason)] == []
