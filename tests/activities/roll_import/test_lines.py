"""Validation of a line of the roll."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.roll_import.lines import Column, LineReader, Reason, Refusal, RollLine
from election.proofs import secret_answer
from election.rules.proofs import Alphabet, ProofDatum
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


def test_what_electors_will_type_is_folded_as_their_form_is() -> None:
    """A secret answer, a code or a number of the file is the same as on the page, whatever was pasted into it."""
    line = _line(
        WORK_EMAIL="\ufeffelodie.le\u2011goff@ac-rennes.fr\u200b",
        NUMEN="14E09\u200b12345ABC",
        NIR="2\u202f62 05 2A 004",
        QUESTION="Votre rue\u202f?",
        ANSWER="L’île\u00a0 d’Yeu",
        VOTING_CODE="ACDE\u00a03479\ufeff",
        IDENTIFIER="ac\u00ad-de 34",
    )
    assert isinstance(line, RollLine)
    assert (line.work_email, line.numen) == ("elodie.le-goff@ac-rennes.fr", "14E0912345ABC")
    assert (line.nir10, line.voting_code, line.identifier) == ("262052A004", "ACDE3479", "ACDE34")
    assert line.answer == secret_answer.normalise("L'ÎLE D'YEU")


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
    "written",
    [
        *("1962-05-01", "1962-05-01 00:00:00", "1962-05-01T00:00:00", "1/5/1962", "01-05-1962", "01.05.1962"),
        *("01 05 1962", "01/05/1962 00:00", " 01/05/1962 ", "01/05/1962 0:00:00"),
    ],
)
def test_a_birth_date_may_be_written_as_spreadsheets_do(written: str) -> None:
    """Wherever it has one reading."""
    line = _line(BIRTH_DATE=written)
    assert isinstance(line, RollLine), line
    assert line.birth_date == "1962-05-01"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        *((each, "F") for each in ("F", "f", "Mme", "MME.", "Mlle", "Madame", "Femme", "féminin", "2")),
        *((each, "M") for each in ("M", "M.", "m.", "Mr", "Monsieur", "H", "homme", "MASCULIN", "1")),
    ],
)
def test_a_sex_may_be_a_title_a_word_or_a_digit(written: str, kept: str) -> None:
    """INSEE's digits are those of the NIR."""
    line = _line(SEX=written)
    assert isinstance(line, RollLine), line
    assert line.sex == kept


@pytest.mark.parametrize(
    ("column", "written", "kept"),
    [
        ("BIRTH_PLACE", '="01053"', "01053"),
        ("BIRTH_PLACE", "'01053", "01053"),
        ("BIRTH_PLACE", "75056.0", "75056"),
        ("NIR", "2620575056.0", "2620575056"),
        ("NIR", '="262052A004"', "262052A004"),
        ("PASSWORD", '="0105"', '="0105"'),
        ("USED_NAME", "'t Hooft", "'t Hooft"),
    ],
)
def test_a_number_may_be_marked_as_text(column: str, written: str, kept: str) -> None:
    """As exports do for spreadsheets; what an elector chose keeps its signs."""
    line = _line(**{column: written})
    assert isinstance(line, RollLine), line
    assert kept in {line.birth_place, line.nir10, line.password, line.used_name}


def test_the_first_zero_of_a_commune_is_given_back() -> None:
    """Spreadsheets take it away; no other code has four digits."""
    line = _line(BIRTH_PLACE="1053")
    assert isinstance(line, RollLine), line
    assert line.birth_place == "01053"


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
        ("NIR", "2,62E+12", Reason.ROUNDED),
        ("NIR", "2.62052E+14", Reason.ROUNDED),
        ("IDENTIFIER", "2,34567E+11", Reason.ROUNDED),
        ("VOTING_CODE", "1.23E+15", Reason.ROUNDED),
        ("IDENTIFIER", "2E34567", ""),
        ("USED_NAME", "NULL", Reason.NO_VALUE),
        ("USED_NAME", "(null)", Reason.NO_VALUE),
        ("USED_NAME", "Nan", ""),
        ("BIRTH_NAME", "NULL", ""),
        ("PASSWORD", "NULL", Reason.NO_VALUE),
        ("VOTING_CODE", "#N/A", Reason.NO_VALUE),
        ("IDENTIFIER", "\\N", Reason.NO_VALUE),
        ("NIR", "362052A004", ""),
        ("NIR", "962052A004", Reason.NO_NIR),
        ("BIRTH_NAME", "LEF?VRE", Reason.NO_NAME),
        ("USED_NAME", "Lef_vre", Reason.NO_NAME),
        ("FIRST_NAMES", "H?l?ne", Reason.NO_NAME),
        ("FIRST_NAMES", "H‚lŠne", Reason.NO_NAME),
        ("FIRST_NAMES", "RenŽ", Reason.NO_NAME),
        ("FIRST_NAMES", "MichŠle", Reason.NO_NAME),
        ("BIRTH_NAME", "Leb½uf", Reason.NO_NAME),
        ("BIRTH_NAME", "LEB¼UF", Reason.NO_NAME),
        ("USED_NAME", "L'HA¾-LES-ROSES", Reason.NO_NAME),
        ("USED_NAME", "Martin²", Reason.NO_NAME),
        ("USED_NAME", "GUƒRIN", Reason.NO_NAME),
        ("USED_NAME", "Mˆme", Reason.NO_NAME),
        ("FIRST_NAMES", "H\ufffdl\ufffdne", Reason.LOST_ACCENTS),
        ("FIRST_NAMES", "HÃ©lÃ¨ne", Reason.LOST_ACCENTS),
        ("FIRST_NAMES", "VoilÃ\u00a0", Reason.LOST_ACCENTS),
        ("USED_NAME", "Lâ€™Hermitte", Reason.LOST_ACCENTS),
        ("FIRST_NAMES", "João Åsa Zoë", ""),
        ("FIRST_NAMES", "Žarko Šárka BOŽIDAR Božena-Žofie Mª", ""),
        ("BIRTH_NAME", "LEBŒUF O'ŠEA Teʻura", ""),
        ("BIRTH_NAME", "GUIMARÃES D’ÁVILA", ""),
        ("BIRTH_NAME", "DE L`ÉPÉE-N´DIAYE (VVE Œuvrard), Jr. 2e", ""),
        ("BIRTH_DATE", "31/05/62", Reason.SHORT_YEAR),
        ("BIRTH_DATE", "22797", Reason.DATE_NUMBER),
        ("BIRTH_DATE", "1962", Reason.NO_DATE),
        ("BIRTH_DATE", "05/31/1962", Reason.NO_DATE),
        ("BIRTH_DATE", "31/05/1962 08:30", Reason.NO_DATE),
        ("BIRTH_DATE", "31/06/1962", Reason.NO_DATE),
        ("BIRTH_DATE", "29/02/1900", Reason.NO_DATE),
        ("BIRTH_DATE", "12/00/1962", Reason.NO_DATE),
        ("BIRTH_DATE", "31/05/1862", Reason.NO_DATE),
        ("BIRTH_PLACE", "0053", Reason.NO_COMMUNE),
        ("BIRTH_PLACE", "105", Reason.NO_COMMUNE),
        ("BIRTH_PLACE", "Rennes", Reason.NO_COMMUNE),
        ("BIRTH_PLACE", "99352", ""),
        ("QUESTION", "Votre rue\u202f?", Reason.NO_ANSWER),
        ("ANSWER", "rue Haute", Reason.NO_QUESTION),
        ("PASSWORD", "x" * 201, Reason.TOO_LONG),
        ("PASSWORD", "Craie\u200b-2026", Reason.INVISIBLE),
        ("VOTING_CODE", "x" * 201, Reason.TOO_LONG),
    ],
)
def test_a_wrong_value_is_refused_with_its_reason(column: str, value: str, reason: str) -> None:
    """Each invalid value has its own reason; unusual but valid values are accepted."""
    line = _line(**{column: value})
    refused = [each.reason for each in line] if isinstance(line, tuple) else []
    assert refused == ([reason] if reason else [])


def test_a_secret_answer_that_lost_its_accents_is_refused() -> None:
    """Nobody could give it; nor is a question shown that did."""
    line = _line(QUESTION="Votre prÃ©nom\u202f?", ANSWER="for\ufffdt")
    assert line == tuple(Refusal(7, each, Reason.LOST_ACCENTS) for each in (Column.QUESTION, Column.ANSWER))


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


def test_a_database_without_answers_gives_nobody_the_answer_null() -> None:
    """`NULL` in both cells would be the question and the secret answer of every elector who has none."""
    assert _line(QUESTION="NULL", ANSWER="NULL") == (
        Refusal(7, Column.QUESTION, Reason.NO_VALUE),
        Refusal(7, Column.ANSWER, Reason.NO_VALUE),
    )


@given(st.dictionaries(st.sampled_from(list(Column)), st.text()))
@settings(max_examples=30)
def test_no_text_raises_an_exception(cells: dict[Column, str]) -> None:
    """Any text gives a line or refusals; a refusal has one of the fixed reasons and does not quote the text."""
    line = READER.read(1, {**RIGHT, **cells})
    if isinstance(line, tuple):
        assert {refusal.reason for refusal in line} <= set(Reason)


def test_reasons_follow_french_typography() -> None:
    """Each sentence that the administration reads passes the checks."""
    assert [fault for reason in Reason for fault in faults(reason)] == []


def test_the_elections_own_datum_is_read_in_its_normal_form() -> None:
    """Without spaces and in capitals; an empty cell is accepted, another shape is refused without its value."""
    badge = ProofDatum(
        label="numéro de badge", hint="Au dos.", alphabet=Alphabet.LETTERS_AND_DIGITS, min_length=6, max_length=6
    )
    reader = LineReader(("ac-*.fr",), VotingCodeShape(), badge)
    given = {datum: reader.read(2, {**RIGHT, Column.DATUM: datum}) for datum in ("b 04217", "", "4217", "4,2E+17")}
    assert isinstance(given["b 04217"], RollLine)
    assert given["b 04217"].datum == "B04217"
    assert isinstance(given[""], RollLine)
    assert given["4217"] == (Refusal(2, Column.DATUM, Reason.NO_DATUM),)
    assert given["4,2E+17"] == (Refusal(2, Column.DATUM, Reason.ROUNDED),)


def test_a_datum_that_the_election_does_not_ask_for_is_refused() -> None:
    """The file's administrator learns that nobody would be asked for it."""
    assert _line(DATUM="B4217") == (Refusal(7, Column.DATUM, Reason.NOT_ASKED),)
