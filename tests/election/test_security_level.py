"""A file that is weaker than its level of security is refused, unless it says why."""

from pathlib import Path

import pytest

from election.rules.security import Weakness
from election.settings import ElectionFileError, load

_ELECTIONS = Path(__file__).parents[2] / "election"
_DEFAULT = (_ELECTIONS / "default.toml").read_text(encoding="utf-8")
_SHORT_WAIT = (
    "[voting_code_recovery]",
    '[voting_code_recovery]\nafter_password_recovery = "PT23H"',
)
_REASON = "ainsi décidé par l’arrêté de l’élection"
_DEMO = (
    (_ELECTIONS / "demo.toml")
    .read_text(encoding="utf-8")
    .replace(*_SHORT_WAIT)
    .replace("[security.overrides]", f'[security.overrides]\n{Weakness.SHORT_WAIT} = "{_REASON}"')
)


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _without_override(weakness: Weakness, level: int = 2) -> str:
    lines = [line for line in _DEMO.splitlines() if not line.startswith(f"{weakness} = ")]
    return "\n".join(lines).replace("level = 2", f"level = {level}")


def _refusal(path: Path) -> str:
    with pytest.raises(ElectionFileError) as refused:
        load(path)
    message = str(refused.value)
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("weakness", Weakness)
def test_a_weakness_is_refused_with_its_source(tmp_path: Path, weakness: Weakness, level: int) -> None:
    """At level 2 and 3; the line names the level, the weakness, who says so, and how to keep it."""
    message = _refusal(_written(tmp_path, _without_override(weakness, level)))
    assert f"`security.level` {level} refuses `{weakness}`: " in message
    assert "CNIL" in message
    assert message.endswith("what must stay needs its name and its reason in `[security.overrides]`")
    assert message.count("refuses `") == 1


def test_every_weakness_is_reported_at_once(tmp_path: Path) -> None:
    """A file that names none of its weaknesses hears of all of them."""
    text = _DEMO.partition("[security.overrides]")[0] + "[calendar]" + _DEMO.partition("[calendar]")[2]
    message = _refusal(_written(tmp_path, text))
    assert all(f"refuses `{weakness}`" in message for weakness in Weakness)


def test_level_1_refuses_no_weakness(tmp_path: Path) -> None:
    """What is not refused needs no override."""
    text = _DEMO.partition("[security.overrides]")[0] + "[calendar]" + _DEMO.partition("[calendar]")[2]
    assert load(_written(tmp_path, text.replace("level = 2", "level = 1"))).security.overrides == {}
    assert "overrides nothing" in _refusal(_written(tmp_path, _DEMO.replace("level = 2", "level = 1")))


def test_a_file_without_a_level_is_judged_at_level_2(tmp_path: Path) -> None:
    """Forgetting the section makes nothing weaker."""
    text = _DEFAULT.replace("[security]", "").replace("level = 2\n", "")
    assert load(_written(tmp_path, text)).security.level == 2
    assert "refuses `nir`" in _refusal(_written(tmp_path, text.replace('["numen"]', '["nir"]')))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f'nir = "{_REASON}"', "`security.overrides.nir` overrides nothing: delete it"),
        ('nir = "parce que"', "key `security.overrides.nir`: write the reason in words"),
        ('nir = "                    "', "key `security.overrides.nir`: write the reason in words"),
        (
            'nir = "\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0"',
            "key `security.overrides.nir`: write the reason in words",
        ),
        ('nir = "-------------------- 2026"', "key `security.overrides.nir`: write the reason in words"),
        (f'two_channels = "{_REASON}"', "key `security.overrides.two_channels"),
    ],
    ids=["not needed", "no reason", "blank", "no-break spaces", "no letters", "unknown"],
)
def test_an_override_needs_a_weakness_and_a_reason(tmp_path: Path, line: str, told: str) -> None:
    """One that is not needed would let the weakness in later; a word is no reason."""
    path = _written(tmp_path, _DEFAULT.replace("level = 2\n", f"level = 2\n[security.overrides]\n{line}\n"))
    assert told in _refusal(path)


def test_france_connect_needs_the_text_that_allows_it(tmp_path: Path) -> None:
    """The error names the key, and a text of its kind."""
    text = _DEFAULT.replace("france_connect = false", "france_connect = true")
    assert "`france_connect` needs `france_connect_legal_basis`" in _refusal(_written(tmp_path, text))
    blank = text.replace("france_connect = true", 'france_connect = true\nfrance_connect_legal_basis = " "')
    assert "key `voting_code_recovery`" in _refusal(_written(tmp_path, blank))
    named = blank.replace('" "', '"arrêté du 9 mai 2022"')
    assert load(_written(tmp_path, named)).voting_code_recovery.france_connect


def test_a_recovery_of_the_code_must_ask_something(tmp_path: Path) -> None:
    """Without question and without FranceConnect its page would offer nothing."""
    text = _DEFAULT.replace("challenge_question = true", "challenge_question = false")
    assert "must offer `challenge_question`, `france_connect` or both" in _refusal(_written(tmp_path, text))


@pytest.mark.parametrize("wait", ["PT0S", "PT1S", "PT23H59M59S"])
def test_a_wait_after_a_recovered_password_is_a_day(tmp_path: Path, wait: str) -> None:
    """Below it, the work mailbox alone gives password and code; without a question or a password to recover it does not matter."""
    text = _DEFAULT.replace('after_password_recovery = "P1D"', f'after_password_recovery = "{wait}"')
    assert f"refuses `{Weakness.SHORT_WAIT}`" in _refusal(_written(tmp_path, text))
    alone = text.replace('["voting-code", "password"]', '["voting-code"]')
    assert load(_written(tmp_path, alone)).security.overrides == {}
    asked = text.replace("challenge_question = true", "challenge_question = false").replace(
        "france_connect = false", 'france_connect = true\nfrance_connect_legal_basis = "arrêté du 9 mai 2022"'
    )
    assert load(_written(tmp_path, asked)).security.overrides == {}
