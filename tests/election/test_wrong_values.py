"""Values that an election's file must not have are refused, each with its key and what to write."""

from pathlib import Path

import pytest

from election.settings import ElectionFileError, load

_DEFAULT = (Path(__file__).parents[2] / "election" / "default.toml").read_text(encoding="utf-8")
_2026 = "2026-12-10T17:00:00"


def _told(tmp_path: Path, before: str, after: str) -> str:
    assert before in _DEFAULT
    path = tmp_path / "mine.toml"
    path.write_text(_DEFAULT.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ElectionFileError) as refused:
        load(path)
    return str(refused.value)


def _datum(**changed: object) -> str:
    keys = {"label": '"badge"', "hint": '"Au dos."', "alphabet": '"digits"', "min_length": 6, "max_length": 12}
    lines = [f"{key} = {value}" for key, value in {**keys, **changed}.items()]
    return "\n".join(["[proof_datum]", *lines, "", "[links]"])


@pytest.mark.parametrize(
    "patterns",
    [
        '["*"]',
        '[""]',
        '["@ac-paris.fr"]',
        '["*.fr"]',
        '["a*.fr"]',
        '["fr"]',
        '["ac-*"]',
        '["ac-*-*.fr"]',
        '["ac-paris.*"]',
        '["ac-paris.fr."]',
        '[" ac-paris.fr"]',
    ],
)
def test_a_work_domain_is_a_domain_or_has_one_star(tmp_path: Path, patterns: str) -> None:
    """Anything else would refuse every personal mailbox, or none."""
    told = _told(tmp_path, _DEFAULT.partition("work_mail_domains = ")[2].partition("\n")[0], patterns)
    assert "key `work_mail_domains.0`: " in told
    assert "write a domain without `@`, as `education.gouv.fr`" in told


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"min_length": 5}, "proof_datum.min_length"),
        ({"max_length": 33}, "proof_datum.max_length"),
        ({"min_length": 13}, "proof_datum"),
        ({"alphabet": '"[0-9]"'}, "proof_datum.alphabet"),
        ({"pattern": '"(a+)+$"'}, "proof_datum.pattern"),
        ({"label": '" "'}, "proof_datum.label"),
        ({"hint": '"-"'}, "proof_datum.hint"),
    ],
)
def test_a_datum_has_a_million_values_and_no_regular_expression(
    tmp_path: Path, changed: dict[str, object], key: str
) -> None:
    """Six characters at least of an alphabet."""
    assert f"key `{key}`: " in _told(tmp_path, "[links]", _datum(**changed))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            f"closes = {_2026} }}\n\n",
            "closes = 2026-12-10T17:00:01 }\n\n",
            "`calendar.recoveries.closes` must not be after `calendar.vote.closes`",
        ),
        (
            f"links_expire = {_2026}",
            "links_expire = 2026-12-12T17:00:00\npassword = { opens = 2026-12-01, closes = 2026-12-12 }",
            "`calendar.password.closes` must not be after `calendar.vote.closes`",
        ),
        (
            "recoveries = { opens = 2026-11-18T08:00:00",
            "recoveries = { opens = 2026-03-29T02:30:00",
            "`calendar.recoveries`: 2026-03-29T02:30:00 is not one instant in Europe/Paris, where the clocks change",
        ),
        (
            "recoveries = { opens = 2026-11-18T08:00:00",
            "recoveries = { opens = 2026-10-25T02:30:00",
            "`calendar.recoveries`: 2026-10-25T02:30:00 is not one instant",
        ),
        ('sms_max_lifetime = "PT1H"', 'sms_max_lifetime = "PT9M"', "key `links`: `sms_max_lifetime` is below"),
        (
            'channels = ["sms", "email"]',
            'channels = ["sms", "sms"]',
            "key `voting_code_recovery.channels`: `sms` is",
        ),
        (
            'proofs = ["numen"]',
            'proofs = ["numen", "numen"]',
            "key `voting_code_recovery.proofs`: `numen` is written",
        ),
        (
            '["voting-code", "password"]',
            '["password", "password"]',
            "key `procedures`: `password` is written twice",
        ),
        ('access_traces = "P180D"', 'access_traces = "P366D"', "key `retention.access_traces`: "),
        (
            "max_failures = 10",
            "max_failures = 4",
            "key `proof_attempts`: `free_failures` (5) is above `max_failures` (4)",
        ),
        ('name = "Élections professionnelles"', 'name = " "', "key `name`: is blank: write a text"),
        ('organiser = "Ministère de démonstration"', 'organiser = ""', "key `organiser`: is blank: write a text"),
    ],
)
def test_values_that_contradict_each_other_are_refused(tmp_path: Path, before: str, after: str, told: str) -> None:
    """The line has the key, what is wrong and what to write."""
    assert told in _told(tmp_path, before, after)


@pytest.mark.parametrize("sender", ["", "MINISTERE-EDUC", "MINISTEREEDUC", "ÉDUCATION", "MIN DEMO"])
def test_a_wrong_sender_is_told_in_words(tmp_path: Path, sender: str) -> None:
    """No regular expression is shown."""
    told = _told(tmp_path, 'sms_sender = "MINDEMO"', f'sms_sender = "{sender}"')
    assert f"key `sms_sender`: `{sender}` cannot be used: write 1 to 11 letters without accents or digits" in told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('id = "default"', 'id = "Élection 1"', "write 1 to 32 small letters without accents, digits or hyphens"),
        ('"assistance@elections.exemple.fr"', '"assistance"', "write one address without spaces, as"),
        ('"01 99 00 12 34"', '"poste 12"', "write 4 to 17 digits and single spaces, as"),
    ],
)
def test_a_wrong_form_is_told_in_words(tmp_path: Path, before: str, after: str, told: str) -> None:
    """Id, mail address and telephone: what to write, and no regular expression."""
    message = _told(tmp_path, before, after)
    assert told in message
    assert "pattern" not in message


def test_all_faults_between_sections_are_told_at_once(tmp_path: Path) -> None:
    """Each names its own keys, and none is said to be of a key `election`."""
    many = _DEFAULT.replace('["voting-code", "password"]', '["voting-code", "identifier"]').replace(
        "links_expire = 2026-12-10", "links_expire = 2026-12-09"
    )
    path = tmp_path / "many.toml"
    path.write_text(many, encoding="utf-8")
    with pytest.raises(ElectionFileError) as refused:
        load(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: `voting_space.identifier_and_password` must be true")
    assert "`calendar.links_expire` must not be before `calendar.recoveries.closes`" in message
    assert "`security.level` 2 refuses `birth_date`" in message
    assert "key `election`" not in message


def test_after_a_typo_the_file_says_that_more_is_checked_later(tmp_path: Path) -> None:
    """What concerns several sections cannot be judged while one of them is wrong."""
    told = _told(tmp_path, "level = 2", "levle = 2")
    assert told.count("key `") == 1
    assert told.endswith("what concerns several sections is checked once these keys are right")


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Editors of Windows begin a file with one."""
    path = tmp_path / "mine.toml"
    path.write_text(_DEFAULT, encoding="utf-8-sig")
    assert load(path).id == "default"
