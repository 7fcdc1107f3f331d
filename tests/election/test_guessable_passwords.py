"""Passwords that are easy to guess are recognised through case, accents, digits and signs."""

import pytest

from activities.accounts.frequent_passwords import frequent_passwords
from election.guessable_passwords import Guess, GuessableWords, election_words, folded, words_of

WORDS = GuessableWords(
    frequent_passwords(),
    words_of("N’Diaye", "LE GOFF", "Camille Léa", "camille.legoff2"),
    election_words(["Élections professionnelles", "Ministère de démonstration", "ac-*.fr"]),
)
COMMON, PERSONAL, ELECTION = Guess


@pytest.mark.parametrize(
    "password",
    [
        "Password1234!",
        "Azerty123456!",
        "Motdepasse2026!",
        "P@ssw0rd2026!!",
        "M0t-de-p4sse 99",
        "!!2026Soleil2026!!",
        "Doudou-Doudou-1!",
        "PasswordPassword1!",
        "Qwertyuiop123!",
        "Poiuytreza12!",
        "Abcdefghij1#",
        "Éléphant 1943€",
        "Nicolas2026!",
        "Chouchou1234!",
        "Aaaaaaaaaa1!",
        "Abababab123!",
    ],
)
def test_a_common_password_is_recognised(password: str) -> None:
    """A known word, name or run of keys, whatever stands around it."""
    assert COMMON in WORDS.guesses(password)


@pytest.mark.parametrize(
    "password",
    ["Legoff-cheval-1943", "Mon NDIAYE à moi 7!", "xC4mille.orage9", "Orage Léa 1943 !", "orage-Goff-77-XY"],
)
def test_a_password_with_the_elector_s_name_is_recognised(password: str) -> None:
    """Names, first names and parts of the address; a short name as a word of its own."""
    assert WORDS.guesses(password) == [PERSONAL]


@pytest.mark.parametrize(
    "password",
    [
        "Elections2026!",
        "élection-2026-A",
        "Vote!Elections1",
        "Votez2026Votez!",
        "Vote-Motdepasse-1",
        "Ministere2026!",
    ],
)
def test_a_password_about_the_election_is_recognised(password: str) -> None:
    """What the election and its organiser are called, the words of voting, and a common word beside them."""
    assert ELECTION in WORDS.guesses(password)


@pytest.mark.parametrize(
    "password",
    [
        "Deux Éléphants: 1943",
        "Éléphant d’octobre 1943",
        "Passe-muraille 1943",
        "Craie verte, 7 clés",
        "7#4@9!A2b%5$",
        "nuclear Physics 12!",
        "Ma voisine vote à 8h!",
        "kX3#vQ9@tL7%",
        "Clea-orage-77-XY",
    ],
)
def test_other_passwords_are_accepted(password: str) -> None:
    """Several words without a link, and what is drawn at random."""
    assert WORDS.guesses(password) == []


def test_without_words_only_runs_and_repetitions_are_recognised() -> None:
    """The lists are the caller's."""
    nothing = GuessableWords(frozenset())
    assert [nothing.guesses(each) for each in ("Password1234!", "Azerty123456!", "")] == [[], [COMMON], []]


def test_words_are_folded() -> None:
    """Lower case, without accents, apostrophes and hyphens; a ligature is two letters."""
    assert folded("Œuvre N’Éà-9") == "oeuvrenea9"
    assert words_of("N’Diaye Léa", "a") == ("diaye", "lea", "ndiayelea")


def test_a_particle_of_a_name_is_no_name() -> None:
    """« Le Goff » or « Da Costa » may have any sentence as a password; a short name is still found."""
    words = GuessableWords(set(), words_of("Le Goff", "Da Costa", "Léa"))
    assert words.guesses("Le chat dort sous la table 12 !") == []
    assert words.guesses("Un autre 7da3c1 #É") == []
    assert words.guesses("Lea dort sous la table 12 !") == [Guess.PERSONAL]
