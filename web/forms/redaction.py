"""Deletes secrets from messages to the support desk, by their shapes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from activities.config.logs import LINK, NIR, NUMEN, SEPARATOR
from election.shapes import VotingCodeShape
from election.text.translation import N_
from election.text.translation import gettext as _
from web.context.pages import REFERENCE
from web.presenters.enumeration import listed

REDACTED = "•••"
_A_PASSWORD = N_("un mot de passe")
# Also a link's token alone: `Links.token` has 26 characters of Crockford's base32.
_LINK = re.compile(rf"{LINK}|(?<![\w-])(?=\S*\d)[0-9a-hjkmnp-tv-z]{{26}}(?![\w-])", re.IGNORECASE)
_NUMEN = re.compile(rf"(?<!\w){NUMEN}(?!\w)", re.IGNORECASE | re.VERBOSE)
_NIR = re.compile(rf"(?<![\w+]){NIR}(?!\w)", re.IGNORECASE | re.VERBOSE)
_NAMED = r"\b(?:mots? de passe|mdp|password)\b"
_MENTIONS_A_PASSWORD = re.compile(_NAMED, re.IGNORECASE)
# What is quoted after the name, with its spaces, or follows a colon or « est »: an election may take any eight characters.
# Possessive (`*+`): a run of spaces is matched in one way, or two thousand of them would be tried in billions.
_IS = r"\s*+(?:,\s*+)?(?:est|était|c[’']est|is|was)\b"
_TOLD = re.compile(rf"({_NAMED}(?:{_IS})?\s*+(?:[:=]\s*+)?[«“\"]\s*+)([^»”\"\n]{{8,}}+)(?=[»”\"])", re.IGNORECASE)
_AFTER_COLON = re.compile(rf"({_NAMED}(?:{_IS})?\s*+[:=]\s*+)([^\s«“\"]{{8,}})", re.IGNORECASE)
_AFTER_IS = re.compile(rf"({_NAMED}{_IS}\s++)([^\s«“\"]{{8,}})", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://.*|[\w.+-]+@[\w-]+(\.[\w-]+)+")
_QUOTES = "«»“”\"'’()[]<>,;:."
# A word that looks like a password anywhere, and one that does where a password is mentioned.
_PASSWORD = re.compile(r"(?=.*[a-zà-ÿ])(?=.*[A-ZÀ-Þ])(?=.*\d)(?=.*[^\w-]).{8,}")
_LIKELY_PASSWORD = re.compile(r"(?=.*[^\W\d_])(?=.*\d).{8,}")
# What has the shape of a password in many messages that tell none.
_ORDINARY = re.compile(
    r"(?:\d{1,2}h\d{0,2}[-–/]?){1,2}"
    r"|(?:windows|android|iphone|ipad|ipados|ios|macos|firefox|chrome|chromium|safari|edge|galaxy)"
    r"[-/]?\d{1,3}(?:\.\d+)*(?:pro|max|plus|mini)*",
    re.IGNORECASE,
)
# What follows « Mot de passe : » in many messages that tell none. A product with its version may be a password there.
_ORDINARY_WORD = re.compile(
    r"impossible|incorrecte?|toujours|pourtant|introuvable|invalide|inchangé|problème|plusieurs|personne"
    r"|refusée?|bloquée?|erronée?|expirée?|inconnue?|aujourd’hui|quelqu’un|pourriez-vous|pouvez-vous",
    re.IGNORECASE,
)
# « Mon mot de passe est… », “my password is…” go on with a participle or an adverb more often than with a password.
_ORDINARY_PREDICATE = re.compile(
    rf"{_ORDINARY_WORD.pattern}|incorrect|identique|différente?|obligatoire|nécessaire|difficile|peut-être|désormais|conforme"
    r"|different|forgotten|something|[^\W\d_]+(?:ées?|és?|ment|able|ible|ing|ed|ly)",
    re.IGNORECASE,
)
# What ends a sentence: no part of the word before it, unless a password would be too short without.
_SENTENCE_END = ",.;:…)"
_SHORTEST_PASSWORD = 8

_Strike = Callable[[str, str], str]


@dataclass(frozen=True)
class Redacted:
    """A text without what looked like secrets, and those: the name of each in French, and what was deleted."""

    text: str
    struck: tuple[tuple[str, str], ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names, each once."""
        return tuple(dict.fromkeys(name for name, _secret in self.struck))

    @property
    def shown(self) -> tuple[str, ...]:
        """Each name with how what was deleted begins, in the language that is spoken: « un NUMEN (« 12… ») »."""
        begun = [(name, _("«\u00a0{begun}…\u00a0»").format(begun=secret[:2])) for name, secret in self.struck]
        of = {name: dict.fromkeys(shown for each, shown in begun if each == name) for name in self.secrets}
        return tuple(f"{_(name)} ({', '.join(shown)})" for name, shown in of.items())

    @property
    def notice(self) -> str:
        """What was deleted from a message to the support desk, and what to do next."""
        return _(
            "Nous avons effacé de votre message ce qui ressemble à {named}\u00a0: personne n’en a besoin pour vous aider. "
            "Rien n’est encore parti. Relisez, puis envoyez."
        ).format(named=listed(self.shown))


def redact(text: str, shape: VotingCodeShape) -> Redacted:
    """Return a text in which links, NUMEN, NIR, voting codes and passwords are •••, and every other word is kept."""
    struck: list[tuple[str, str]] = []

    def strike(name: str, secret: str) -> str:
        struck.append((name, secret))
        return REDACTED

    for name, pattern in (
        (N_("un lien personnel"), _LINK),
        (N_("un NUMEN"), _NUMEN),
        (N_("un numéro de sécurité sociale"), _NIR),
    ):
        text = pattern.sub(partial(_strike_all, strike, name), text)
    return Redacted(_without_passwords(_without_codes(text, shape, strike), strike), tuple(struck))


def _strike_all(strike: _Strike, name: str, found: re.Match[str]) -> str:
    return strike(name, found[0])


def _strike_quoted(strike: _Strike, found: re.Match[str]) -> str:
    secret = found[2].rstrip()
    return f"{found[1]}{strike(_A_PASSWORD, secret)}{found[2].removeprefix(secret)}"


def _strike_unless(strike: _Strike, ordinary: re.Pattern[str], found: re.Match[str]) -> str:
    word = found[2].rstrip(_SENTENCE_END)
    if ordinary.fullmatch(word):
        return found[0]
    secret = word if len(word) >= _SHORTEST_PASSWORD else found[2]
    return f"{found[1]}{strike(_A_PASSWORD, secret)}{found[2].removeprefix(secret)}"


def _without_codes(text: str, shape: VotingCodeShape, strike: _Strike) -> str:
    # In one piece, in groups or character by character; the word before a code may consist of the same letters.
    sign = f"[{re.escape(shape.alphabet)}]"
    gap = rf"(?:(?!{sign}){SEPARATOR}){{0,3}}"
    run = re.compile(rf"(?<!\w)(?:{sign}{gap}){{{shape.length - 1},}}{sign}(?!\w)", re.IGNORECASE)

    def judged(found: re.Match[str]) -> str:
        return strike(N_("un code de vote"), found[0]) if shape.fits(shape.normalise(found[0])) else found[0]

    return run.sub(judged, text)


def _without_passwords(text: str, strike: _Strike) -> str:
    shape = _LIKELY_PASSWORD if _MENTIONS_A_PASSWORD.search(text) else _PASSWORD

    def judged(found: re.Match[str]) -> str:
        word = found[0].strip(_QUOTES)
        others = (_ADDRESS, REFERENCE, _ORDINARY)  # support needs the references
        if not shape.fullmatch(word) or any(other.fullmatch(word) for other in others):
            return found[0]
        return found[0].replace(word, strike(_A_PASSWORD, word))

    text = _TOLD.sub(partial(_strike_quoted, strike), text)
    text = _AFTER_COLON.sub(partial(_strike_unless, strike, _ORDINARY_WORD), text)
    text = _AFTER_IS.sub(partial(_strike_unless, strike, _ORDINARY_PREDICATE), text)
    return re.sub(r"\S+", judged, text)
