"""What a link that does nothing any more says: a title, why, and what to do next."""

from election.procedures import Procedure
from election.verdicts import LinkVerdict

Told = tuple[str, str, str]

_LINKS = {
    LinkVerdict.UNKNOWN: (
        "Lien inconnu",
        "Ce lien n’existe pas. Vérifiez que l’adresse est complète\u00a0: un lien coupé ne fonctionne pas.",
        "Rouvrez-le depuis le message reçu, ou recopiez-le en entier.",
    ),
    LinkVerdict.USED: (
        "Lien déjà utilisé",
        "Ce lien a déjà servi\u00a0: un nouveau code de vote a été affiché, une seule fois.",
        "Si vous n’avez pas pu le noter, faites une nouvelle demande. Si ce n’était pas vous, écrivez à l’assistance.",
    ),
    LinkVerdict.EXPIRED: (
        "Lien expiré",
        "Ce lien n’est plus valable\u00a0: le temps pour l’utiliser est passé.",
        "Votre code de vote actuel n’a pas changé. Faites une nouvelle demande pour recevoir un autre lien.",
    ),
    LinkVerdict.REPLACED: (
        "Lien remplacé",
        "Un lien plus récent vous a été envoyé\u00a0: il remplace celui-ci.",
        "Ouvrez le dernier message reçu.",
    ),
    LinkVerdict.CANCELLED: (
        "Lien annulé",
        "Cette demande a été annulée\u00a0: son lien ne fonctionne plus.",
        "Votre code de vote n’a pas changé. Faites une nouvelle demande, ou écrivez à l’assistance.",
    ),
}
# What is said otherwise in another procedure than the voting code's.
_BY_PROCEDURE: dict[Procedure, dict[LinkVerdict, Told]] = {
    Procedure.PASSWORD: {
        LinkVerdict.USED: (
            "Lien déjà utilisé",
            "Ce lien a déjà servi\u00a0: un nouveau mot de passe a été choisi.",
            "Connectez-vous avec lui, ou faites une nouvelle demande. Si ce n’était pas vous, écrivez à l’assistance.",
        ),
        LinkVerdict.EXPIRED: (
            "Lien expiré",
            "Ce lien n’est plus valable\u00a0: le temps pour l’utiliser est passé.",
            "Votre mot de passe n’a pas changé. Faites une nouvelle demande pour recevoir un autre lien.",
        ),
        LinkVerdict.CANCELLED: (
            "Lien annulé",
            "Cette demande a été annulée\u00a0: son lien ne fonctionne plus.",
            "Votre mot de passe n’a pas changé. Faites une nouvelle demande, ou écrivez à l’assistance.",
        ),
    },
    Procedure.IDENTIFIER_AND_PASSWORD: {
        LinkVerdict.USED: (
            "Lien déjà utilisé",
            "Ce lien a déjà servi\u00a0: le mot de passe a été affiché, et l’identifiant arrive par courriel.",
            "Si vous n’avez pas le mot de passe, faites une nouvelle demande. Si ce n’était pas vous, écrivez à l’assistance.",
        ),
        LinkVerdict.EXPIRED: (
            "Lien expiré",
            "Ce lien n’est plus valable\u00a0: le temps pour l’utiliser est passé.",
            "Ni votre identifiant ni votre mot de passe n’ont changé. Faites une nouvelle demande.",
        ),
        LinkVerdict.CANCELLED: (
            "Lien annulé",
            "Cette demande a été annulée\u00a0: son lien ne fonctionne plus.",
            "Ni votre identifiant ni votre mot de passe n’ont changé. Faites une nouvelle demande, ou écrivez à l’assistance.",
        ),
    },
}


def told_of(procedure: Procedure, verdict: LinkVerdict) -> Told:
    """Return the sentences of a link that is not live."""
    return {**_LINKS, **_BY_PROCEDURE.get(procedure, {})}[verdict]
