"""What the declaration of accessibility says: the state in words, and which criteria of the RGAA are tested, and how."""

from typing import NamedTuple

from election.rules.legal import State
from election.text.translation import N_

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


_AXE = "Axe, sur chaque page et dans chacun de ses états"
_MARKUP = "Lecture du code de chaque page"
_KEYBOARD = "Parcours d’une demande au clavier seul, dans un navigateur"

# The tests are named in tests/web/presenters/legal/test_accessibility.py.
TESTED = (
    TestedCriterion("1.1", "Images porteuses d’information\u00a0: une alternative", _AXE),
    TestedCriterion("1.4", "Image à recopier\u00a0: une alternative", _AXE),
    TestedCriterion(
        "1.5", "Image à recopier\u00a0: un son la remplace", "Analyse du son\u00a0: chaque chiffre s’y entend"
    ),
    TestedCriterion("3.2", "Contraste des textes", _AXE),
    TestedCriterion("5.7", "Tableaux\u00a0: cellules et en-têtes liés", _AXE),
    TestedCriterion("6.2", "Liens\u00a0: un intitulé", _AXE),
    TestedCriterion("7.3", "Scripts utilisables au clavier", _KEYBOARD),
    TestedCriterion("8.3", "Langue de la page", _MARKUP),
    TestedCriterion("8.6", "Titre propre à chaque page", _MARKUP),
    TestedCriterion("9.1", "Titres\u00a0: un seul de premier niveau, aucun niveau sauté", _MARKUP),
    TestedCriterion(
        "10.7", "Prise de focus visible", "Comparaison d’images de chaque élément avec et sans le focus"
    ),
    TestedCriterion(
        "10.11", "Pas de défilement dans deux directions", "Chaque page, dans une fenêtre de 320\u00a0pixels"
    ),
    TestedCriterion("11.1", "Champs\u00a0: une étiquette", _MARKUP),
    TestedCriterion("11.10", "Erreurs de saisie annoncées, et liées à leur champ", _MARKUP),
    TestedCriterion("12.7", "Lien d’accès rapide au contenu", _KEYBOARD),
    TestedCriterion("12.8", "Ordre de tabulation", _KEYBOARD),
    TestedCriterion("13.1", "Aucune page ne se recharge d’elle-même", _MARKUP),
)


def percent(rate: float) -> str:
    """Return a rate as it is written: « 72,5 % »."""
    return f"{rate:g}\u00a0%".replace(".", ",")
