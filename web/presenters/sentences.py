"""Sentences for refusals and for wrong fields, in French."""

from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from activities.sending.contacts import ContactRefusal
from activities.texts.dates import french_instant
from election.procedures import Procedure
from election.settings import Election
from election.verdicts import Verdict
from web.presenters.procedures.catalogue import CATALOGUE

WRONG_NUMEN_SHAPE = "Un NUMEN compte 13 caractères, comme 12A3456789BCD."
WRONG_CAPTCHA = "Les chiffres ne correspondent pas à l’image. Recopiez ceux de la nouvelle image."
CONTACT_REFUSALS = {
    ContactRefusal.NOT_A_PHONE: (
        "Ce numéro n’est pas un numéro de téléphone. Exemple\u00a0: 06 12 34 56 78. "
        "Hors métropole, commencez par l’indicatif."
    ),
    ContactRefusal.NOT_A_MOBILE: "Ce numéro est celui d’un téléphone fixe\u00a0: un SMS ne peut pas y arriver.",
    ContactRefusal.NOT_AN_ADDRESS: "Cette adresse n’a pas la forme d’une adresse de messagerie. "
    "Exemple\u00a0: prenom.nom@exemple.fr.",
    ContactRefusal.WORK_ADDRESS: "Cette adresse est une adresse du ministère. Indiquez une adresse personnelle.",
}

WRONG_SIGN_IN = (
    "L’identifiant ou le mot de passe n’est pas le bon. Vérifiez le mot de passe et les majuscules, "
    "ou reprenez à l’étape 1 pour corriger l’identifiant."
)
WRONG_VOTING_SIGN_IN = (
    "L’identifiant ou le mot de passe n’est pas le bon. Respectez les majuscules, les minuscules et les espaces. "
    "Si vous avez demandé un nouvel identifiant, seul le dernier reçu fonctionne."
)
WRONG_CODE = (
    "Ce code de vote n’est pas le bon. Si vous en avez demandé un nouveau, seul le dernier affiché fonctionne."
)
SUPPORT_UNAVAILABLE = (
    "Votre message n’a pas pu être pris en compte\u00a0: le service ne répond pas. Il est encore dans le formulaire\u00a0: "
    "renvoyez-le dans quelques instants, ou écrivez à {address}."
)

# Unless the procedure's record has a sentence of its own.
_REFUSALS = {
    Verdict.WRONG_PROOF: "La réponse secrète, le NUMEN ou le numéro de sécurité sociale ne correspondent pas. "
    "Vérifiez-les et recommencez.",
    Verdict.WRONG_IDENTITY: "L’identité donnée par FranceConnect n’a pas permis de vous reconnaître avec certitude. "
    "Répondez à la question défi, ou écrivez à l’assistance.",
    Verdict.NOT_ACTIVATED: "Votre compte n’est pas activé\u00a0: il n’a pas encore de question défi. "
    "Activez-le avec le lien reçu dans votre messagerie professionnelle.",
    Verdict.CLOSED: "Les demandes de nouveau code sont closes.",
    Verdict.TOO_MANY_SENDS: "Trop de liens ont été envoyés pour cette demande. "
    "Attendez que le dernier expire, ou écrivez à l’assistance.",
    Verdict.TOO_MANY_REQUESTS: "Vous avez déjà fait toutes les demandes d’identifiant permises pour cette élection. "
    "Écrivez à l’assistance.",
    Verdict.NUMBER_TAKEN: "Ce numéro a déjà servi pour cette élection\u00a0: un numéro ne sert qu’à une personne, "
    "et un nombre limité de fois. Indiquez-en un autre.",
    Verdict.ALREADY_SENT: "Un lien a déjà été envoyé dans votre messagerie professionnelle.",
    Verdict.NOTHING_TO_SEND: "Aucun lien n’est à envoyer de nouveau\u00a0: faites une nouvelle demande.",
}


def refusal(procedure: Procedure, verdict: Verdict, until: datetime | None, zone: ZoneInfo) -> str:
    """Return the sentence of a refusal; `until` is the end of a pause, where it is known."""
    match verdict:
        case Verdict.PAUSED:
            return f"Trop d’essais ont échoué. Vous pourrez réessayer{_after(until, zone)}. Votre vote reste possible."
        case Verdict.TOO_SOON:
            return f"Un lien vient de partir. Vous pourrez en demander un autre{_after(until, zone)}."
        case _:
            return CATALOGUE[procedure].refusals.get(verdict) or _REFUSALS[verdict]


def refusal_status(verdict: Verdict) -> int:
    """Return the HTTP status of a refusal."""
    match verdict:
        case Verdict.PAUSED | Verdict.TOO_SOON | Verdict.TOO_MANY_SENDS | Verdict.TOO_MANY_REQUESTS:
            return 429
        case Verdict.NOTHING_TO_SEND:
            return 409
        case Verdict.WRONG_PROOF | Verdict.WRONG_IDENTITY | Verdict.NOT_ACTIVATED | Verdict.CLOSED:
            return 422
        case Verdict.NUMBER_TAKEN | Verdict.ALREADY_SENT:
            return 422
        case Verdict.ACCEPTED:
            raise ValueError(verdict)
        case _:
            assert_never(verdict)


def redaction_notice(secrets: tuple[str, ...]) -> str:
    """Return what was deleted from a message to the support desk, and what to do next."""
    named = " et ".join(part for part in (", ".join(secrets[:-1]), secrets[-1]) if part)
    return (
        f"Nous avons effacé de votre message ce qui ressemble à {named}\u00a0: personne n’en a besoin pour vous aider. "
        "Rien n’est encore parti. Relisez, puis envoyez."
    )


def paused_code(until: datetime | None, zone: ZoneInfo) -> str:
    """Return the sentence for too many wrong voting codes."""
    return f"Trop d’essais ont échoué. Vous pourrez réessayer{_after(until, zone)}."


def paused_requests(until: datetime, zone: ZoneInfo) -> str:
    """Return the sentence for too many requests with one identifier, on the roll or not; another person may have made them."""
    return (
        "Trop de demandes ont été faites avec cet identifiant. Le dernier lien envoyé reste valable\u00a0: consultez la "
        f"messagerie professionnelle. Vous pourrez faire une autre demande après le {french_instant(until, zone)}."
    )


def paused_sign_in(until: datetime | None, election: Election) -> str:
    """Return the sentence for too many wrong passwords for one identifier, on the roll or not; another person may have typed them."""
    too_late = until is not None and until >= election.calendar.vote.closes
    retry = f"Vous pourrez réessayer{_after(until, election.zone)}."
    wait = "La connexion avec cet identifiant est suspendue." if too_late else retry
    return (
        f"Trop d’essais ont échoué. {wait} Cela peut ne pas venir de vous. Un navigateur qui a déjà servi à "
        "vous connecter reste admis\u00a0: essayez avec lui. Sinon, écrivez à l’assistance, qui peut débloquer la "
        f"connexion\u00a0: {election.support_email}."
    )


def _after(until: datetime | None, zone: ZoneInfo) -> str:
    return f" après le {french_instant(until, zone)}" if until else " dans quelques minutes"
