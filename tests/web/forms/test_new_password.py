"""The page of a new password lists the rules of the election's file, and no others."""

from pathlib import Path

import pytest

from election.guessable_passwords import GuessableWords
from election.settings import load
from tests.support.typography import faults
from web.forms.new_password import new_password_of, shown_rules
from web.forms.submitted_form import Form

_FILES = Path(__file__).parents[3] / "election"
_NO_WORDS = GuessableWords(frozenset())


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("default", ["12 caractères ou plus"]),
        ("2018", ["de 8 à 24 caractères", "une lettre minuscule", "une lettre majuscule", "un chiffre"]),
        (
            "2022",
            [
                "12 caractères ou plus",
                "une lettre minuscule",
                "une lettre majuscule",
                "un chiffre",
                "un caractère spécial, comme #, % ou @",
            ],
        ),
    ],
)
def test_the_rules_are_those_of_the_election_s_file(name: str, listed: list[str]) -> None:
    """In this order; the default has no rule of composition."""
    shown = [rule.text for rule in shown_rules(load(_FILES / f"{name}.toml").password)]
    assert shown == listed


@pytest.mark.parametrize(
    ("name", "lacks"), [("default", ""), ("2022", "une lettre majuscule, un chiffre, un caractère")]
)
def test_what_a_password_lacks_is_named(name: str, lacks: str) -> None:
    """Sixteen small letters are enough by default."""
    form = Form({"password": "lampadairesverts", "confirmation": "lampadairesverts"})
    new = new_password_of(form, load(_FILES / f"{name}.toml").password, _NO_WORDS)
    told = form.errors.get("password", "")
    assert (new is None) == bool(lacks)
    assert lacks in told
    assert not list(faults(told))
