"""The demo's electors could choose their passwords themselves."""

from pathlib import Path

from activities.accounts.frequent_passwords import frequent_passwords
from activities.roll_import.fictional_roll import people as fictional_people
from activities.roll_import.lines import Column
from demo.state.people import people
from election.guessable_passwords import GuessableWords, election_words, words_of
from election.settings import load

_ELECTION = load(Path(__file__).parents[3] / "election" / "demo.toml")


def test_no_password_of_the_demo_is_guessable() -> None:
    """They keep the rules, are not common and contain neither the elector's name nor the election's."""
    about = election_words([_ELECTION.name, _ELECTION.organiser])
    for each in people():
        own = words_of(each.birth_name, each.used_name, each.first_names, each.work_email.partition("@")[0])
        assert GuessableWords(frequent_passwords(), own, about).guesses(each.password) == []
        assert _ELECTION.password.broken(each.password) == []


def test_no_password_of_a_fictional_roll_is_common() -> None:
    """Nor is any of two hundred fictional electors."""
    words = GuessableWords(frequent_passwords(), (), election_words([_ELECTION.name, _ELECTION.organiser]))
    drawn = [each[Column.PASSWORD] for each in fictional_people(200, activated=True)]
    assert [each for each in drawn if words.guesses(each)] == []
