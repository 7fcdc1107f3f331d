"""What a voter may have lost, in words: one entry for each recovery."""

from dataclasses import dataclass

from election.procedures import Procedure


@dataclass(frozen=True)
class CatalogueEntry:
    """A recovery as pages name it: `thing` ends « J’ai perdu… », `guide` is its place on the help page."""

    label: str
    thing: str
    outcome: str
    action: str
    url: str
    guide: str


RECOVERY_CATALOGUE = {
    Procedure.VOTING_CODE: CatalogueEntry(
        "Réassort du code de vote",
        "mon code de vote",
        "Un nouveau code s’affiche à l’écran.",
        "Obtenir un nouveau code",
        "/reassort/code-de-vote",
        "/aide#code-de-vote",
    ),
    Procedure.IDENTIFIER: CatalogueEntry(
        "Réassort de l’identifiant électeur",
        "mon identifiant",
        "Un nouvel identifiant arrive par SMS.",
        "Obtenir un nouvel identifiant",
        "/reassort/identifiant",
        "/aide#identifiant",
    ),
    Procedure.PASSWORD: CatalogueEntry(
        "Réassort du mot de passe Élections",
        "mon mot de passe",
        "Un lien pour en choisir un autre arrive dans votre messagerie professionnelle.",
        "Choisir un nouveau mot de passe",
        "/reassort/mot-de-passe",
        "/aide#mot-de-passe",
    ),
    Procedure.IDENTIFIER_AND_PASSWORD: CatalogueEntry(
        "Électeurs et électrices sans notice",
        "ma notice de vote",
        "Un lien pour obtenir identifiant et mot de passe arrive dans votre messagerie professionnelle.",
        "Voter sans notice",
        "/sans-notice",
        "/aide#sans-notice",
    ),
}
