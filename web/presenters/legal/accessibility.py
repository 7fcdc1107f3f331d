"""What the declaration of accessibility says: the state in words, and which criteria of the RGAA are tested, and how."""

from typing import NamedTuple

from election.rules.legal import State
from election.text.numbers import written_decimal
from election.text.translation import N_, SOURCE, language
from election.text.translation import gettext as _

STATE_WORDS = {
    State.NOT_COMPLIANT: N_("non conforme"),
    State.PARTIALLY_COMPLIANT: N_("partiellement conforme"),
    State.FULLY_COMPLIANT: N_("totalement conforme"),
}


class TestedCriterion(NamedTuple):
    """A criterion of the RGAA 4.1: its number, what it asks for, and what the tests of each version look at."""

    number: str
    subject: str
    method: str


_AXE = N_("Règles d’axe-core, sur chaque page et dans chacun de ses états")
_MARKUP = N_("Lecture du code de chaque page")
_KEYBOARD = N_("Parcours d’une demande au clavier seul, dans un navigateur")

# The tests are named in tests/web/presenters/legal/test_accessibility.py.
TESTED = (
    TestedCriterion("1.1", N_("Images porteuses d’information\u00a0: une alternative"), _AXE),
    TestedCriterion("1.4", N_("Image à recopier\u00a0: une alternative"), _AXE),
    TestedCriterion(
        "1.5",
        N_("Image à recopier\u00a0: un son la remplace"),
        N_("Analyse du son\u00a0: chaque chiffre s’y entend"),
    ),
    TestedCriterion("3.2", N_("Contraste des textes"), _AXE),
    TestedCriterion("5.7", N_("Tableaux\u00a0: cellules et en-têtes liés"), _AXE),
    TestedCriterion("6.2", N_("Liens\u00a0: un intitulé"), _AXE),
    TestedCriterion("7.3", N_("Scripts utilisables au clavier"), _KEYBOARD),
    TestedCriterion("8.3", N_("Langue de la page"), _MARKUP),
    TestedCriterion("8.6", N_("Titre propre à chaque page"), _MARKUP),
    TestedCriterion("9.1", N_("Titres\u00a0: un seul de premier niveau, aucun niveau sauté"), _MARKUP),
    TestedCriterion(
        "10.7", N_("Prise de focus visible"), N_("Comparaison d’images de chaque élément, avec et sans le focus")
    ),
    TestedCriterion(
        "10.11",
        N_("Pas de défilement dans deux directions"),
        N_("Chaque page, dans une fenêtre de 320\u00a0pixels"),
    ),
    TestedCriterion("11.1", N_("Champs\u00a0: une étiquette"), _MARKUP),
    TestedCriterion("11.10", N_("Erreurs de saisie annoncées, et liées à leur champ"), _MARKUP),
    TestedCriterion("12.7", N_("Lien d’accès rapide au contenu"), _KEYBOARD),
    TestedCriterion("12.8", N_("Ordre de tabulation"), _KEYBOARD),
    TestedCriterion(
        "13.1",
        N_(
            "Aucune page ne se recharge d’elle-même, sauf celles qui font attendre (service très demandé, réponse en retard après "
            "le bouton d’un lien) et, sans script, celle d’un code ou d’un mot de passe, à la fin de son affichage"
        ),
        N_("Lecture du code et de l’en-tête de chaque page"),
    ),
)


def tested() -> list[TestedCriterion]:
    """Return these criteria in the language that is spoken."""
    return [each._replace(subject=_(each.subject), method=_(each.method)) for each in TESTED]


def percent(rate: float) -> str:
    """Return a rate as it is written: « 72,5 % », in English `72.5%`."""
    space = "\u00a0" if language() == SOURCE else ""
    return f"{written_decimal(rate, 2)}{space}%"
