"""Whether a password is easy to guess: a common one, or made of what its elector or its election is called.

NIST SP 800-63B-4, 3.1.1.2: a new password is compared with a list of common, expected or compromised values. OWASP
ASVS 5.0: 6.2.4 (the most common passwords), 6.2.11 (words of the context); 6.2.5 asks for no rule of composition.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from election.text.accents import unaccented

# Rows of French and English keyboards, and the alphabet.
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_MIN_LETTERS = 4  # fewer letters are no word: nearly every password contains some
_SHORTEST_NAME = 3
_VOTING_WORDS = "vote voter votez votant elections electeur electrice electoral scrutin suffrage urne bulletin"
# What people write for a letter; a 1 may stand for an i or an l.
_LEET = tuple(str.maketrans("4@3€05$7!1", letters) for letters in ("aaeeosstii", "aaeeosstil"))
_KEPT_DIGITS = re.compile(r"[^a-z0-9]")
_LETTERS_ONLY = re.compile(r"[^a-z]")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


class Guess(StrEnum):
    """Why a password is easy to guess."""

    COMMON = "common"
    PERSONAL = "personal"
    ELECTION = "election"


@dataclass(frozen=True)
class GuessableWords:
    """What a new password must not be made of, as `folded` writes it.

    `common` has common passwords and words; `personal` is what the elector is called, `election` what the election is about.
    """

    common: Collection[str]
    personal: tuple[str, ...] = ()
    election: tuple[str, ...] = ()

    def guesses(self, password: str) -> list[Guess]:
        """Return why a password is easy to guess; nothing when it is not."""
        readings = _readings(password)
        found = {
            Guess.COMMON: folded(password) in self.common or any(map(self._is_common, readings)),
            Guess.PERSONAL: self._names(password, readings),
            Guess.ELECTION: any(map(self._is_about_the_election, readings)),
        }
        return [guess for guess, is_found in found.items() if is_found]

    def _is_common(self, reading: str) -> bool:
        if reading in self.common or any(reading in row or reading in row[::-1] for row in _ROWS):
            return True
        unit = _repeated(reading)
        return unit != reading and (len(unit) < _MIN_LETTERS or self._is_common(unit))

    def _names(self, password: str, readings: Collection[str]) -> bool:
        # A short name is looked for as a word of its own: « Léa » is in « clea ».
        words = {folded(word) for word in _WORD.findall(unaccented(password))}
        long = [name for name in self.personal if len(name) >= _MIN_LETTERS]
        return not words.isdisjoint(self.personal) or any(name in each for name in long for each in readings)

    def _is_about_the_election(self, reading: str) -> bool:
        rest = reading
        for word in sorted(self.election, key=len, reverse=True):
            rest = rest.replace(word, "")
        return rest != reading and (len(rest) < _MIN_LETTERS or self._is_common(rest))


def folded(text: str) -> str:
    """Return the letters and digits of a text in lower case, without accents."""
    return _KEPT_DIGITS.sub("", unaccented(text).casefold())


def words_of(*texts: str) -> tuple[str, ...]:
    """Return the words of names or addresses as they are looked for: each part of three letters or more, and the whole.

    A part of two is a particle (« Le Goff », « Da Costa ») or an initial: every other sentence has one.
    """
    parts = {word for text in texts for word in re.split(r"[^a-z]+", unaccented(text).casefold())}
    wholes = {_LETTERS_ONLY.sub("", unaccented(text).casefold()) for text in texts}
    return tuple(sorted(word for word in parts | wholes if len(word) >= _SHORTEST_NAME))


def election_words(names: Iterable[str]) -> tuple[str, ...]:
    """Return the words that an election's passwords are not made of: of its names, and of voting."""
    return tuple(word for word in words_of(_VOTING_WORDS, *names, "election") if len(word) >= _MIN_LETTERS)


def _readings(password: str) -> set[str]:
    """Return the letters that a password may be read as: without what stands around them, with letters for digits."""
    plain = unaccented(password).casefold()
    tables: tuple[dict[int, int], ...] = ({}, *_LEET)
    letters = {_LETTERS_ONLY.sub("", each.translate(table)) for each in _trimmed(plain) for table in tables}
    return {each for each in letters if len(each) >= _MIN_LETTERS}


def _trimmed(plain: str) -> Iterator[str]:
    start = re.sub(r"^[^a-z]+", "", plain)
    yield from (plain, start, re.sub(r"[^a-z]+$", "", plain), re.sub(r"[^a-z]+$", "", start))


def _repeated(reading: str) -> str:
    """Return the shortest beginning that the whole is a repetition of."""
    # The first place, after its own, where a text is found in its double is the length of what it repeats.
    return reading[: (reading * 2).find(reading, 1)]
