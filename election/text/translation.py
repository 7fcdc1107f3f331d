"""The language in which a voter is answered: French, the source of all texts, or another that the voter has chosen.

A text stands in the code in French, as `_("Il reste {count} liens.").format(count=count)`, and is translated when it is used: the
language is that of the request or of the message being made, and of nothing at import.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations

SOURCE = "fr"
# By its code: the languages that have a catalogue, each under its own name.
TRANSLATED = {"en": "English"}


class _Source(NullTranslations):
    """Gives texts back in French, where zero is singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if n < 2 else msgid2  # noqa: PLR2004 - two is where the plural begins


SOURCE_TEXTS: NullTranslations = _Source()
_spoken: ContextVar[tuple[str, NullTranslations]] = ContextVar("spoken", default=(SOURCE, SOURCE_TEXTS))


def language() -> str:
    """Return the code of the language that is spoken now, as in `<html lang>`."""
    return _spoken.get()[0]


def gettext(message: str) -> str:
    """Return a French text in the language that is spoken now; one that no catalogue has stays in French."""
    return _spoken.get()[1].gettext(message) if message else ""  # an empty id names the catalogue's header


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the French text that fits a number, in the language that is spoken now."""
    return _spoken.get()[1].ngettext(singular, plural, number)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name, which Babel looks for
    """Return a text as it is: it is extracted here, and translated by `gettext` where it is used."""
    return message


class Languages:
    """The languages that voters may choose: French, and each that has a catalogue."""

    def __init__(self, catalogues: Mapping[str, NullTranslations]) -> None:
        self._catalogues = {SOURCE: SOURCE_TEXTS, **catalogues}

    @property
    def offered(self) -> tuple[str, ...]:
        """The codes of the languages, the source first."""
        return tuple(self._catalogues)

    @contextmanager
    def speaking(self, code: str) -> Iterator[None]:
        """Speak a language within the block; French for a code that is not offered.

        What is started within the block keeps it: tasks and threads of `asyncio` and `anyio` copy the context.
        """
        known = code if code in self._catalogues else SOURCE
        token = _spoken.set((known, self._catalogues[known]))
        try:
            yield
        finally:
            _spoken.reset(token)
