"""What an election's file may say of its own site: a state of accessibility that no audit allows is refused."""

from pathlib import Path

import pytest

from election.rules.legal import State
from election.settings import ElectionFileError, load

_DEFAULT = (Path(__file__).parents[3] / "election" / "default.toml").read_text(encoding="utf-8")
_STATE = 'state = "not_compliant"'


def _audit(rate: object, day: str = "2026-11-01", **more: str) -> str:
    keys = {"by": '"Cabinet"', "day": day, "rgaa": '"4.1.2"', "rate": str(rate), "pages": '["Accueil"]'}
    keys |= {"environments": '["Firefox et NVDA"]', **more}
    return "\n".join(["[legal.accessibility.audit]", *(f"{key} = {value}" for key, value in keys.items())])


def _file(tmp_path: Path, before: str, after: str, more: str = "") -> Path:
    assert before in _DEFAULT
    path = tmp_path / "mine.toml"
    path.write_text(f"{_DEFAULT.replace(before, after, 1)}\n{more}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("state", "audit"),
    [
        ("not_compliant", ""),
        ("not_compliant", _audit(49.9)),
        ("partially_compliant", _audit(50)),
        ("partially_compliant", _audit(99.5)),
        ("fully_compliant", _audit(100)),
    ],
)
def test_the_state_is_what_the_audit_says(tmp_path: Path, state: str, audit: str) -> None:
    """Half of the criteria make it partial, all of them total; without an audit it is neither."""
    path = _file(tmp_path, _STATE, f'state = "{state}"', audit)
    assert load(path).legal.accessibility.state == State(state)


@pytest.mark.parametrize(
    ("before", "after", "audit", "told"),
    [
        (
            _STATE,
            'state = "partially_compliant"',
            "",
            "key `legal.accessibility`: `state` must be `not_compliant`",
        ),
        (
            _STATE,
            'state = "fully_compliant"',
            _audit(99),
            "`state` must be `partially_compliant`, as `audit.rate`",
        ),
        (_STATE, _STATE, _audit(70), "`state` must be `partially_compliant`, as `audit.rate`"),
        (_STATE, 'state = "conforme"', "", "key `legal.accessibility.state`: "),
        (_STATE, _STATE, _audit(101), "key `legal.accessibility.audit.rate`: "),
        (_STATE, _STATE, _audit("nan"), "key `legal.accessibility.audit.rate`: "),
        (
            _STATE,
            _STATE,
            _audit(10, rgaa='"quatre"'),
            "key `legal.accessibility.audit.rgaa`: `quatre` cannot be used",
        ),
        (_STATE, _STATE, _audit(10, pages="[]"), "key `legal.accessibility.audit.pages`: "),
        (_STATE, _STATE, _audit(10, "2026-11-30"), "`audit.day` must not be after `established`"),
        (
            _STATE,
            'state = "fully_compliant"\nfailures = ["Une image."]',
            _audit(100),
            "`failures` must be empty where `state` is `fully_compliant`",
        ),
        ("officer_email = ", "officer_mail = ", "", "key `legal.personal_data.officer_email`: "),
        ('legal_basis = "public_task"', 'legal_basis = "consent"', "", "key `legal.personal_data.legal_basis`: "),
        ('telephone = "04 65 71 12 00"', 'telephone = "sur demande"', "", "key `legal.host.telephone`: "),
        ('name = "Hébergeur de démonstration"', 'name = " "', "", "key `legal.host.name`: is blank"),
        (_STATE, f'{_STATE}\nplan = "schéma"', "", "key `legal.accessibility.plan`: `schéma` cannot be used"),
        ("publication_director = ", "director = ", "", "key `legal.publication_director`: "),
    ],
)
def test_a_wrong_value_is_told_with_its_key(
    tmp_path: Path, before: str, after: str, audit: str, told: str
) -> None:
    """Nothing of the section may be left out, and no state may be claimed."""
    path = _file(tmp_path, before, after, audit)
    with pytest.raises(ElectionFileError) as refused:
        load(path)
    assert told in str(refused.value)


def test_a_file_without_the_section_is_refused(tmp_path: Path) -> None:
    """No site may be published without it."""
    start, end = _DEFAULT.index("[legal]"), _DEFAULT.index("[security]")
    path = tmp_path / "mine.toml"
    path.write_text(_DEFAULT[:start] + _DEFAULT[end:], encoding="utf-8")
    with pytest.raises(ElectionFileError, match="key `legal`: "):
        load(path)
