"""The address of the page that is being made, and the addresses of the same page in each language."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from election.text.translation import SOURCE, TRANSLATED, language

# In an address: the language in which its page is to be shown from now on.
FIELD = "langue"
_NAMES = {SOURCE: "Français", **TRANSLATED}
_address: ContextVar[tuple[str, str]] = ContextVar("address", default=("/", ""))


@dataclass(frozen=True)
class LanguageChoice:
    """A language of the choice in the header: its code, its own name, and the address of this page in it."""

    code: str
    name: str
    url: str
    is_current: bool


@contextmanager
def at_address(path: str, query: str) -> Iterator[None]:
    """Make pages of this address within the block."""
    token = _address.set((path, query))
    try:
        yield
    finally:
        _address.reset(token)


def language_choices() -> list[LanguageChoice]:
    """Return each language, with the address that shows this page in it."""
    path, query = _address.get()
    kept, current = without_choice(query), language()
    return [
        LanguageChoice(code, name, address(path, [*kept, (FIELD, code)]), code == current)
        for code, name in _NAMES.items()
    ]


def without_choice(query: str) -> list[tuple[str, str]]:
    """Return the names and values of a query, without the choice of a language."""
    return [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != FIELD]


def address(path: str, query: list[tuple[str, str]]) -> str:
    """Return the address of a path with a query, for a link or a redirect; never `//`, which begins another site's."""
    here = f"/{quote(path.lstrip('/'))}"
    return f"{here}?{urlencode(query)}" if query else here
