"""The election files of the project are valid, and an error in a file is reported with file and key."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from election.procedures import Procedure
from election.rules.proofs import Datum
from election.settings import Election, ElectionFileError, load
from election.stages import Channel

_SHIPPED = sorted((Path(__file__).parents[2] / "election").glob("*.toml"))
_2022 = next(path for path in _SHIPPED if path.stem == "2022")
_BADGE = '[proof_datum]\nlabel = "badge"\nhint = "Au dos."\nalphabet = "letters_and_digits"\n'


def _changed(tmp_path: Path, before: str, after: str) -> Path:
    text = _2022.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_is_an_election(path: Path) -> None:
    """It loads, has its file's name as id, and requests close before links expire."""
    election = load(path)
    assert election.id == path.stem
    assert election.calendar.recoveries.closes <= election.calendar.links_expire
    assert election.links.sms_lifetime <= timedelta(minutes=10)
    assert election.links.email_lifetime <= timedelta(hours=24)


def test_2022_has_the_dates_and_rules_of_2022() -> None:
    """The vote is from 1 December 8:00 to 8 December 17:00 in Paris, the window 120 seconds, with both channels."""
    election = load(_2022)
    paris = ZoneInfo("Europe/Paris")
    assert election.zone == paris
    assert election.calendar.vote.opens == datetime(2022, 12, 1, 8, tzinfo=paris)
    assert election.calendar.vote.closes == datetime(2022, 12, 8, 17, tzinfo=paris)
    assert election.calendar.period_of(Procedure.VOTING_CODE) == election.calendar.vote
    assert election.voting_code_recovery.display_window == timedelta(seconds=120)
    assert election.voting_code_recovery.channels == (Channel.SMS, Channel.EMAIL)


def test_the_default_file_has_the_default_values() -> None:
    """The sections that it contains are equal to the defaults in the code."""
    election = load(next(path for path in _SHIPPED if path.stem == "default"))
    written = ("links", "delivery", "attempts", "proof_attempts", "sign_in_attempts")
    bare = Election.model_validate(election.model_dump(exclude={"voting_code", *written}))
    assert all(getattr(bare, section) == getattr(election, section) for section in written)


def test_the_default_file_is_what_its_first_line_says() -> None:
    """Two proofs behind a sign-in, neither of which is civil status, and nothing that a level of security refuses.

    Passwords have a length, and no rule of composition.
    """
    path = next(path for path in _SHIPPED if path.stem == "default")
    assert path.read_text(encoding="utf-8").splitlines()[0] == (
        "# A new election starts from this file: a signed-in elector and two independent proofs, "
        "neither of which is civil status."
    )
    election = load(path)
    recovery = election.voting_code_recovery
    assert election.procedures == (Procedure.VOTING_CODE, Procedure.PASSWORD)
    assert not election.voting_space.identifier_and_password
    assert recovery.challenge_question
    assert set(recovery.proofs) == {Datum.NUMEN}
    assert not recovery.france_connect
    assert (election.security.level, election.security.overrides) == (2, {})
    assert (election.password.min_length, election.password.required) == (12, ())


def test_the_default_file_opens_recoveries_fifteen_days_before_the_vote_until_its_close() -> None:
    """Code général de la fonction publique, R. 211-553: the means of authentication have arrived by then."""
    calendar = load(next(path for path in _SHIPPED if path.stem == "default")).calendar
    assert calendar.recoveries.opens == calendar.vote.opens - timedelta(days=15)
    assert calendar.recoveries.closes == calendar.links_expire == calendar.vote.closes


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('sms_sender = "MINDEMO"', "", "sms_sender"),
        ('sms_sender = "MINDEMO"', 'sms_sender = "Élections"', "sms_sender"),
        ('sms_sender = "MINDEMO"', 'sms_sender = "38000"', "sms_sender"),
        ('telephone = "01 99 00 12 34"', "", "support.telephone"),
        ('telephone = "01 99 00 12 34"', 'telephone = "au secrétariat"', "support.telephone"),
        ('hours = "du lundi au vendredi, de 9 h à 18 h, heure de Paris"', "", "support.hours"),
        ('email = "assistance@elections.exemple.fr"', 'email = "assistance"', "support.email"),
        ('id = "2022"', 'id = "20 22"', "id"),
        ('id = "2022"', 'id = "2022"\ncolour = "blue"', "colour"),
        ('time_zone = "Europe/Paris"', 'time_zone = "Europe/Lutece"', "time_zone"),
        ('time_zone = "Europe/Paris"', 'time_zone = "Europe"', "time_zone"),
        ("links_expire = 2022-12-08T17:00:00", "links_expire = 2022-12-08T16:00:00", "calendar.links_expire"),
        (
            "links_expire = 2022-12-08T17:00:00",
            "links_expire = 2022-12-08T17:00:00\nidentifier = { opens = 2022-11-05, closes = 2022-12-09 }",
            "calendar.links_expire",
        ),
        (
            "links_expire = 2022-12-08T17:00:00",
            "links_expire = 2022-12-08T17:00:00\nsupport_until = 2022-12-08T18:00:00",
            "calendar.support_until",
        ),
        ('procedures = ["voting-code", ', 'procedures = ["voting-codes", ', "procedures.0"),
        ("vote = { opens = 2022-12-01T08:00:00", "vote = { opens = 2022-12-31T08:00:00", "calendar.vote"),
        ("vote = { opens = 2022-12-01T08:00:00", "vote = { opens = 2022-12-01T08:00:00Z", "calendar.vote"),
        ('channels = ["sms", "email"]', 'channels = ["sms", "fax"]', "voting_code_recovery.channels.1"),
        ('channels = ["sms", "email"]', "channels = []", "voting_code_recovery.channels"),
        ('display_window = "PT120S"', 'display_window = "PT0S"', "voting_code_recovery.display_window"),
        ('proofs = ["numen", "nir"]', "proofs = []", "voting_code_recovery.proofs"),
        ('proofs = ["numen", "nir"]', 'proofs = ["numen", "birth_date"]', "voting_code_recovery.proofs.1"),
        ('proofs = ["numen", "nir"]', 'proofs = ["datum"]', "voting_code_recovery.proofs"),
        ("[links]", f"{_BADGE}min_length = 6\nmax_length = 6\n[links]", "voting_code_recovery.proofs"),
        ('sms_lifetime = "PT10M"', 'sms_lifetime = "PT11M"', "links.sms_lifetime"),
        ('email_lifetime = "PT24H"', 'email_lifetime = "P2D"', "links.email_lifetime"),
    ],
)
def test_a_wrong_key_is_reported_with_file_and_name(tmp_path: Path, before: str, after: str, key: str) -> None:
    """The error is one line with the file, the key and what is wrong."""
    path = _changed(tmp_path, before, after)
    with pytest.raises(ElectionFileError) as refused:
        load(path)
    message = str(refused.value)
    assert message.startswith((f"{path}: key `", f"{path}: `"))
    assert f"`{key}`" in message
    assert "\n" not in message


def test_all_wrong_keys_are_reported_at_once(tmp_path: Path) -> None:
    """One error has every wrong key."""
    path = _changed(tmp_path, 'sms_lifetime = "PT10M"', 'sms_lifetime = "PT1H"\nsms_longset = "PT1H"')
    with pytest.raises(ElectionFileError, match=r"`links\.sms_lifetime`: .*; key `links\.sms_longset`: "):
        load(path)


@pytest.mark.parametrize("content", [b"id = ", b"id = '\xff'"])
def test_a_file_that_is_not_toml_is_reported(tmp_path: Path, content: bytes) -> None:
    """The error names a file that cannot be parsed or is not UTF-8."""
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(ElectionFileError, match=r"mine\.toml: is not a TOML file"):
        load(path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    """Also a folder with its name."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ElectionFileError, match="cannot be read"):
            load(path)


def test_2018_has_the_dates_and_rules_of_2018() -> None:
    """Identifiers from 5 November, the vote from 29 November to 6 December, at most three requests."""
    election = load(next(path for path in _SHIPPED if path.stem == "2018"))
    paris = ZoneInfo("Europe/Paris")
    assert election.procedures == (Procedure.IDENTIFIER, Procedure.PASSWORD)
    assert election.calendar.period_of(Procedure.IDENTIFIER).opens == datetime(2018, 11, 5, tzinfo=paris)
    assert election.calendar.vote.opens.date().isoformat() == "2018-11-29"
    assert election.calendar.vote.closes.date().isoformat() == "2018-12-06"
    assert (election.password.min_length, election.password.max_length) == (8, 24)
    assert election.password.required == ("lowercase", "uppercase", "digit")
    assert election.identifier_recovery.max_requests == election.identifier_recovery.max_uses_per_number == 3
    assert election.voting_space.identifier_and_password


def test_2011_has_the_dates_and_rules_of_2011() -> None:
    """Requests until 12 October at 8:00, the vote from 13 to 20 October, and links until its end."""
    election = load(next(path for path in _SHIPPED if path.stem == "2011"))
    paris, calendar = ZoneInfo("Europe/Paris"), election.calendar
    assert election.procedures == (Procedure.IDENTIFIER_AND_PASSWORD,)
    assert calendar.period_of(Procedure.IDENTIFIER_AND_PASSWORD).closes == datetime(2011, 10, 12, 8, tzinfo=paris)
    assert calendar.vote.opens == datetime(2011, 10, 13, 8, tzinfo=paris)
    assert calendar.vote.closes == calendar.links_expire == datetime(2011, 10, 20, 17, tzinfo=paris)
    assert election.identifier_and_password_recovery.display_window == timedelta(minutes=10)
    assert election.voting_space.identifier_and_password


def test_a_shape_of_generated_passwords_that_breaks_the_rules_is_refused(tmp_path: Path) -> None:
    """If passwords are drawn, a length that the password rules refuse is reported with its key."""
    text = _2022.read_text(encoding="utf-8") + "\n[generated_password]\nlength = 15\n"
    short = tmp_path / "short.toml"
    short.write_text(text.replace("min_length = 12", "min_length = 16"), encoding="utf-8")
    assert Procedure.IDENTIFIER_AND_PASSWORD not in load(short).procedures
    both = tmp_path / "both.toml"
    both.write_text(
        short.read_text().replace('["voting-code", ', '["identifier-and-password", '), encoding="utf-8"
    )
    with pytest.raises(ElectionFileError, match=r"`generated_password\.length` must be between"):
        load(both)


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: path.stem)
def test_every_generated_password_follows_the_password_rules(path: Path) -> None:
    """It has a small letter, a capital, a digit, a special character and a valid length."""
    election = load(path)
    shape = election.generated_password
    drawn = (shape.lowercase[0] + shape.uppercase[0] + shape.digits[0] + shape.specials[0]) * (shape.length // 4)
    assert shape.fits(drawn)
    assert election.password.broken(drawn) == []


@pytest.mark.parametrize("procedure", ["identifier", "identifier-and-password"])
def test_reissued_identifiers_need_the_voting_space(procedure: str, tmp_path: Path) -> None:
    """An election that reissues identifiers but has no page to enter them is refused with the key."""
    path = tmp_path / "useless.toml"
    text = _2022.read_text(encoding="utf-8").replace('["voting-code", ', f'["{procedure}", ')
    before, _, after = text.partition("[security.overrides]")
    text = before.replace("level = 2", "level = 1") + after[after.index("[calendar]") :]
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ElectionFileError, match=r"`voting_space\.identifier_and_password` must be true"):
        load(path)
    path.write_text(f"{text}\n[voting_space]\nidentifier_and_password = true\n", encoding="utf-8")
    assert load(path).voting_space.identifier_and_password
