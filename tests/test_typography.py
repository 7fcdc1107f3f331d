"""What voters and operators read has French typography; the checks find each fault, and nothing else."""

from pathlib import Path

import pytest

from tests.support.typography import faults, python_sentences, template_sentences

_ROOT = Path(__file__).parent.parent
_PROGRAMS = sorted(each for folder in ("console", "web") for each in (_ROOT / folder).rglob("*.py"))
_TEMPLATES = [
    *sorted(each for folder in ("console", "web") for each in (_ROOT / folder / "templates").rglob("*.html")),
    *sorted(
        each
        for each in (_ROOT / "activities" / "texts").rglob("*")
        if each.suffix in {".html", ".txt"} and each.name != "sms.txt"  # an SMS has no narrow spaces
    ),
]


def _shown(path: Path) -> str:
    return str(path.relative_to(_ROOT))


def _found(sentences: dict[str, list[str]]) -> set[tuple[str, str, str]]:
    """Return each fault in the sentences of some files."""
    return {
        (path, fault.rule, fault.sentence)
        for path, each in sentences.items()
        for text in each
        for fault in faults(text)
    }


def test_every_template_has_french_typography() -> None:
    """Each sentence of a page or mail."""
    read = {path: path.read_text(encoding="utf-8") for path in _TEMPLATES}
    assert _found({_shown(path): template_sentences(path.name, text) for path, text in read.items()}) == set()


def test_what_web_and_console_say_has_french_typography() -> None:
    """Each sentence that their code writes."""
    read = {path: path.read_text(encoding="utf-8") for path in _PROGRAMS}
    assert _found({_shown(path): python_sentences(text) for path, text in read.items()}) == set()


def test_the_sentences_of_a_program_are_its_strings_in_french() -> None:
    """Also with values; neither docstrings, nor English, nor single words."""
    program = '''
"""Says « no »."""
A = "Bravo !" "Encore"
B = f"Canal {A}\u00a0: {B} d'abord"
def f():
    """Says l'an."""
    raise LookupError("no such page; none")
C = "à"
'''
    assert python_sentences(program) == ["Bravo !Encore", "Canal \ue000\u00a0: \ue000 d'abord"]


def _rules(sentence: str) -> list[str]:
    return [fault.rule for fault in faults(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "L’ancien code ne fonctionne plus\u00a0: il a été remplacé.",
        "Une question\u202f? Écrivez-nous\u202f; nous répondons vite\u202f!",
        "Quoi\u202f?! Le vote ferme à 17:00…",
        "Choisissez «\u00a0Régénérer mon code de vote\u00a0».",
        "Ouvrez https://vote.exemple.fr/lien?x=1;y=2 ou écrivez à l'aide@exemple.fr",
    ],
)
def test_a_correct_sentence_passes(sentence: str) -> None:
    """Typographic apostrophes and quotes, non-breaking spaces, hours and addresses are right."""
    assert _rules(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("L'ancien code", "straight apostrophe"),
        ('Le bouton "Régénérer"', "straight double quote"),
        ("Attention : code", "no non-breaking space before : or »"),
        ("Attention: code", "no non-breaking space before : or »"),
        ("Étape 1: code", "no non-breaking space before : or »"),
        ("Le bouton «\u00a0Régénérer »", "no non-breaking space before : or »"),
        ("Le bouton « Régénérer\u00a0»", "no non-breaking space after «"),
        ("Rien demandé ?", "no narrow non-breaking space before ; ! or ?"),
        ("Rien demandé\u00a0?", "no narrow non-breaking space before ; ! or ?"),
        ("Bravo!", "no narrow non-breaking space before ; ! or ?"),
        ("noter ; puis", "no narrow non-breaking space before ; ! or ?"),
        ("Pendant 25 minutes", "no non-breaking space before a unit"),
        ("deux  espaces", "two spaces"),
        ("trop d’espace \u00a0: oui", "two spaces"),
        ("Vous serez orienté·e ailleurs", "median point"),
        ("Patientez...", "full stops for an ellipsis"),
    ],
)
def test_a_planted_fault_is_found(sentence: str, rule: str) -> None:
    """Each rule finds its own fault, and only that one."""
    assert _rules(sentence) == [rule]


def _page_rules(source: str) -> list[str]:
    return [rule for sentence in template_sentences("page.html", source) for rule in _rules(sentence)]


def test_only_text_that_is_read_is_checked() -> None:
    """Attributes, scripts, styles, comments, Jinja's own syntax and source layout are not sentences."""
    page = """{% extends "layout.html" %}{# it's "English": no! #}
    <!-- it's English -->
    <style>.a::before { color: red; }</style><script>let a = 'b; c';</script>
    <p class='x' data-x="l'an"  id="y">Le code   \n   de <b>vote</b>\u00a0: {{ a['b']  }}
    {% if x == 'y' %} oui {% endif %} non</p>
    <a href="{{ url_for("x", y='z') }}">L’aide</a>"""
    assert _page_rules(page) == []


@pytest.mark.parametrize(
    "page",
    [
        "<p>L'électeur</p>",
        "<p>L&#39;électeur</p>",
        "<p><b>Canal</b>: SMS</p>",
        "<p>Canal\n    : SMS</p>",
        "<p>{{ canal }}: SMS</p>",
        "<p>{% if canal %}Canal : SMS{% endif %}</p>",
        "{{ champ('Réponse secrète : la même') }}",
        "<ul><li>un;</li><li>deux</li></ul>",
        "<p>deux  espaces</p>",
        "<p><a title='Aide ?'>Aide</a></p>",
        '<button aria-label="L’aide !">Aide</button>',
        "<svg><title>x</title></svg><p>Bravo !</p>",
    ],
)
def test_a_fault_on_a_page_is_found_in_every_position(page: str) -> None:
    """A fault is found beside tags, entities, line ends, values and macro calls."""
    assert len(_page_rules(page)) == 1


def test_a_text_template_is_checked_line_by_line() -> None:
    """In a plain-text mail a line end is not a space, and indentation is not a fault."""
    lines = template_sentences("body.txt", "Bonjour,\n\n  {{ nom }}\u00a0: oui\n{% if x %}\nL'an\n{% endif %}\n")
    assert [rule for line in lines for rule in _rules(line)] == ["straight apostrophe"]
