"""The common passwords and words that no new password may be made of."""

from functools import cache
from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from election.guessable_passwords import folded

_FRENCH = Path(__file__).with_name("french_passwords.txt")
# Leaked passwords, frequent words, and names; not the words of films, of which many are no words.
_LISTS = ("passwords", "english_wikipedia", "female_names", "male_names", "surnames")


@cache
def frequent_passwords() -> frozenset[str]:
    """Return some 70,000 common passwords and words, of the package zxcvbn and of a French list of our own."""
    lines = _FRENCH.read_text(encoding="utf-8").splitlines()
    french = (word for line in lines if not line.startswith("#") for word in line.split())
    return frozenset({folded(word) for name in _LISTS for word in FREQUENCY_LISTS[name]} | set(french))
