"""Deletes secrets from messages to the support desk, by their shapes."""

import re
from dataclasses import dataclass

from activities.config.logs import LINK, NIR, NUMEN, SEPARATOR
from election.shapes import VotingCodeShape

REDACTED = "•••"
# Also a link's token alone: `Links.token` has 26 characters of Crockford's base32.
_LINK = re.compile(rf"{LINK}|(?<![\w-])(?=\S*\d)[0-9a-hjkmnp-tv-z]{{26}}(?![\w-])", re.IGNORECASE)
_NUMEN = re.compile(rf"(?<!\w){NUMEN}(?!\w)", re.IGNORECASE | re.VERBOSE)
_NIR = re.compile(rf"(?<![\w+]){NIR}(?!\w)", re.IGNORECASE | re.VERBOSE)
_NAMED = r"\b(?:mots? de passe|mdp|password)\b"
_MENTIONS_A_PASSWORD = re.compile(_NAMED, re.IGNORECASE)
# What is quoted after the name, with its spaces, or follows a colon: an election may take any eight characters.
_TOLD = re.compile(rf"({_NAMED}(?:\s+est)?\s*[:=]?\s*[«“\"]\s*)[^»”\"\n]{{8,}}?(?=\s*[»”\"])", re.IGNORECASE)
_AFTER_COLON = re.compile(rf"({_NAMED}(?:\s+est)?\s*[:=]\s*)[^\s«“\"]{{8,}}", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://.*|[\w.+-]+@[\w-]+(\.[\w-]+)+")
_QUOTES = "«»“”\"'’()[]<>,;:."
# A word that looks like a password anywhere, and one that does where a password is mentioned.
_PASSWORD = re.compile(r"(?=.*[a-zà-ÿ])(?=.*[A-ZÀ-Þ])(?=.*\d)(?=.*[^\w-]).{8,}")
_LIKELY_PASSWORD = re.compile(r"(?=.*[^\W\d_])(?=.*\d).{8,}")
# References of recoveries and letters, which support needs.
_REFERENCE = re.compile(r"[0-9A-Z]{4,5}(?:-[0-9A-Z]{4,5}){1,2}")


@dataclass(frozen=True)
class Redacted:
    """A text without what looked like secrets, and the names of those, in French."""

    text: str
    secrets: tuple[str, ...]


def redact(text: str, shape: VotingCodeShape) -> Redacted:
    """Return a text in which links, NUMEN, NIR, voting codes and passwords are •••."""
    found: list[str] = []

    def without(pattern: re.Pattern[str], secret: str) -> str:
        redacted, times = pattern.subn(REDACTED, text)
        if times:
            found.append(secret)
        return redacted

    for secret, pattern in (
        ("un lien personnel", _LINK),
        ("un NUMEN", _NUMEN),
        ("un numéro de sécurité sociale", _NIR),
    ):
        text = without(pattern, secret)
    without_codes = _without_codes(text, shape)
    if without_codes != text:
        found.append("un code de vote")
    safe = _without_passwords(without_codes)
    if safe != without_codes:
        found.append("un mot de passe")
    return Redacted(safe, tuple(found))


def _without_codes(text: str, shape: VotingCodeShape) -> str:
    # In one piece, in groups or character by character; the word before a code may consist of the same letters.
    sign = f"[{re.escape(shape.alphabet)}]"
    gap = rf"(?:(?!{sign}){SEPARATOR}){{0,3}}"
    run = re.compile(rf"(?<!\w)(?:{sign}{gap}){{{shape.length - 1},}}{sign}(?!\w)", re.IGNORECASE)
    return run.sub(lambda found: REDACTED if shape.fits(shape.normalise(found[0])) else found[0], text)


def _without_passwords(text: str) -> str:
    shape = _LIKELY_PASSWORD if _MENTIONS_A_PASSWORD.search(text) else _PASSWORD

    def judged(found: re.Match[str]) -> str:
        word = found[0].strip(_QUOTES)
        if not shape.fullmatch(word) or _ADDRESS.fullmatch(word) or _REFERENCE.fullmatch(word):
            return found[0]
        return found[0].replace(word, REDACTED)

    text = re.sub(r"\S+", judged, text)
    return _AFTER_COLON.sub(rf"\1{REDACTED}", _TOLD.sub(rf"\1{REDACTED}", text))
