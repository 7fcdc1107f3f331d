"""Reads the catalogues of translations at start, from their `.po` files; nothing compiled is kept."""

import re
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from election.settings import Election, ElectionFileError
from election.text.translation import SOURCE_TEXTS, TRANSLATED, Languages

_PLACEHOLDER = re.compile(r"\{[^{}]*\}|%\(\w+\)[a-z]")


def languages_of(election: Election, *packages: str) -> Languages:
    """Return French and every translated language, from the catalogues of these packages and the election's own.

    A text that several have is the election's, else that of the package which is named last.

    Raises:
        ElectionFileError: the election's own catalogue cannot be used; the text names the key.
    """
    return Languages({language: _translations(election, language, packages) for language in TRANSLATED})


def read_catalogue(text: bytes, language: str) -> Catalog:
    """Return the messages of a `.po` file in UTF-8.

    Raises:
        PoFileError: it is none.
        UnicodeDecodeError: it is not in UTF-8.
    """
    return read_po(BytesIO(text), locale=language, abort_invalid=True)


def wrong_placeholders(catalogue: Catalog) -> list[str]:
    """Return the French of each translation whose values, `{name}` or `%(name)s`, are not those of the French."""
    return [texts_of(message.id)[0] for message in catalogue if message.id and not _has_same_values(message)]


def _translations(election: Election, language: str, packages: tuple[str, ...]) -> NullTranslations:
    known = _shipped(language, packages)
    for catalogue in _own(election, language):
        known = _above(known, catalogue)
    return known


@cache
def _shipped(language: str, packages: tuple[str, ...]) -> NullTranslations:
    """Return what the packages' own files say: they are read once a process, which takes a fifth of a second."""
    known: NullTranslations = SOURCE_TEXTS
    for package in packages:
        for file in (files(package) / "languages").iterdir():
            if file.name.endswith(f".{language}.po"):
                known = _above(known, read_catalogue(file.read_bytes(), language))
    return known


def _above(known: NullTranslations, catalogue: Catalog) -> NullTranslations:
    """Return a catalogue's translations, with the known ones for what it has not."""
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    translations.add_fallback(known)
    return translations


def _own(election: Election, language: str) -> Iterator[Catalog]:
    path = election.language.catalogues.get(language)
    if path is None:
        return
    key = f"{path}: key `language.catalogues.{language}`"
    try:
        catalogue = read_catalogue(path.read_bytes(), language)
    except OSError as error:
        raise ElectionFileError(f"{key}: the catalogue cannot be read ({error.strerror})") from error
    except (PoFileError, UnicodeDecodeError) as error:
        raise ElectionFileError(f"{key}: is not a catalogue of gettext in UTF-8 ({error})") from error
    if wrong := wrong_placeholders(catalogue):
        raise ElectionFileError(f"{key}: the values of this text are not those of the French: {wrong[0]}")
    yield catalogue


def texts_of(given: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the texts of a message or of its translation: one, or one for each number; an empty one if there is none."""
    return (given or "",) if isinstance(given, str | None) else tuple(given)


def _has_same_values(message: Message) -> bool:
    wanted = {_values(text) for text in texts_of(message.id)}
    return all(_values(text) in wanted for text in texts_of(message.string) if text)


def _values(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(_PLACEHOLDER.findall(text))))
