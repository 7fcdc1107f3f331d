"""The catalogues of translations: which files each is extracted from, and `python -m tests.support.catalogues` to bring them up to date."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from activities.texts.catalogues import read_catalogue, texts_of
from election.text.translation import TRANSLATED

ROOT = Path(__file__).parents[2]
_KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
_JINJA = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}


@dataclass(frozen=True)
class Domain:
    """One catalogue: the folder of its `.po` files, and of its sources, by Babel's methods."""

    name: str
    folder: str
    sources: str
    methods: tuple[tuple[str, str], ...]

    def path(self, language: str) -> Path:
        """Return its file in a language."""
        return ROOT / self.folder / "languages" / f"{self.name}.{language}.po"


# `pages` is apart from `web` because two people seldom change both.
DOMAINS = (
    Domain("election", "election", "election", (("**.py", "python"),)),
    Domain(
        "activities",
        "activities",
        "activities",
        (("**.py", "python"), ("texts/**.html", "jinja2"), ("texts/**.txt", "jinja2")),
    ),
    Domain("web", "web", "web", (("**.py", "python"),)),
    Domain("pages", "web", "web/templates", (("**.html", "jinja2"),)),
)


def extracted(domain: Domain) -> Catalog:
    """Return every text of a domain's sources that is marked for translation."""
    catalogue = Catalog()
    found = extract_from_dir(ROOT / domain.sources, list(domain.methods), {"**": _JINJA}, _KEYWORDS)
    for _file, _line, message, _comments, _context in found:
        catalogue.add(message)
    if domain.name == "election":
        for text in _texts_of_elections():
            catalogue.add(text)
    return catalogue


def _texts_of_elections() -> Iterator[str]:
    """Yield what voters read of the elections' files that are shipped; any other election has a catalogue of its own."""
    for path in (ROOT / "election").glob("*.toml"):
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        legal = written["legal"]
        yield from (written["name"], written["organiser"], written["support"]["hours"])
        yield from (legal["publication_director"], legal["publisher"]["name"], legal["host"]["name"])
        yield from (legal["personal_data"]["controller"], legal["personal_data"]["legal_text"])


def read(domain: Domain, language: str) -> Catalog:
    """Return a domain's catalogue as it stands in its file; empty without one."""
    path = domain.path(language)
    return read_catalogue(path.read_bytes() if path.exists() else b"", language)


def updated(domain: Domain, language: str) -> bytes:
    """Return what a catalogue's file has to be: each extracted text in the order of the French, with the translation it has.

    Without line numbers, dates and wrapped lines: a change of one text changes its own lines alone.
    """
    catalogue = read(domain, language)
    catalogue.update(extracted(domain), no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    for message in catalogue:
        if message.id and message.fuzzy:  # a text that has got a plural: its translation is another
            message.flags.discard("fuzzy")
            message.string = tuple("" for _ in texts_of(message.string))
    file = BytesIO()
    write_po(file, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return file.getvalue()


def main() -> None:
    """Write every catalogue again."""
    for language in TRANSLATED:
        for domain in DOMAINS:
            text = updated(domain, language)
            domain.path(language).write_bytes(text)
            missing = sum(
                not all(texts_of(message.string)) for message in read_catalogue(text, language) if message.id
            )
            print(f"{domain.path(language).relative_to(ROOT)}: {missing} to translate")  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
