"""An election's own catalogue stands beside its file, and is read at start."""

from pathlib import Path

import pytest

from activities.texts.catalogues import languages_of
from election.settings import Election, ElectionFileError, load
from election.text.translation import gettext
from tests.support.demo_election import write_election

_CATALOGUE = """
msgid "Élections professionnelles"
msgstr "Staff elections"

msgid "Quel était le nom de votre premier animal ?"
msgstr "What was your first pet called?"

msgid "Accueil"
msgstr "Front page"
"""


def _election(folder: Path, catalogue: str, key: str = 'en = "mine.po"') -> Election:
    folder.mkdir(exist_ok=True)
    (folder / "mine.po").write_text(catalogue, encoding="utf-8")
    return load(write_election(folder, {}, {"language": f"catalogues = {{ {key} }}"}))


def test_it_adds_the_election_s_own_texts_and_words_others_anew(tmp_path: Path) -> None:
    """Its name and a question of its roll; what it does not have is the product's."""
    languages = languages_of(_election(tmp_path, _CATALOGUE), "election", "activities", "web")
    with languages.speaking("en"):
        assert gettext("Élections professionnelles") == "Staff elections"
        assert gettext("Quel était le nom de votre premier animal ?") == "What was your first pet called?"
        assert gettext("Accueil") == "Front page"
        assert gettext("Aide") == "Help"
    assert gettext("Accueil") == "Accueil"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ('en = "absent.po"', "key `language.catalogues`: there is no file "),
        ('tlh = "mine.po"', "`tlh` is no language of these pages: write `en`"),
    ],
)
def test_a_wrong_key_is_named(tmp_path: Path, key: str, told: str) -> None:
    """A file that is missing, or a language that pages are not in."""
    with pytest.raises(ElectionFileError) as refused:
        _election(tmp_path, _CATALOGUE, key)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("catalogue", "told"),
    [
        ("Accueil = Home", "is not a catalogue of gettext"),
        (
            'msgid "Le {closes}"\nmsgstr "On {day}"\n',
            "the values of this text are not those of the French: Le {closes}",
        ),
        ('msgid "Bonjour %(name)s"\nmsgstr "Hello"\n', "the values of this text are not those of the French"),
    ],
)
def test_a_catalogue_that_would_break_a_page_ends_the_start(tmp_path: Path, catalogue: str, told: str) -> None:
    """The error names the file, the key and the text."""
    election = _election(tmp_path, catalogue)
    with pytest.raises(ElectionFileError) as refused:
        languages_of(election, "election")
    assert str(refused.value).startswith(f"{tmp_path / 'mine.po'}: key `language.catalogues.en`: ")
    assert told in str(refused.value)
