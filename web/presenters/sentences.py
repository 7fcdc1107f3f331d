"""Sentences for refusals and for wrong fields, in French."""

import math
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from activities.sending.contacts import ContactRefusal
from activities.sending.support_limits import SupportLimit, SupportRefusal
from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.settings import Election
from election.stages import Channel
from election.text.translation import N_
from election.verdicts import Verdict
from web.presenters.calendar import closed_reason
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.proof_texts import proof_texts

WRONG_NUMEN_SHAPE = N_("Un NUMEN compte 13 caractères, comme 12A3456789BCD.")
WRONG_CAPTCHA = N_("Les chiffres ne correspondent pas à l’image. Recopiez ceux de la nouvelle image.")
_CONTACT_REFUSALS = {
    ContactRefusal.NOT_A_PHONE: (
        "Ce numéro n’est pas un numéro de téléphone. S’il commence par 0, il a dix chiffres\u00a0: 06 12 34 56 78. "
        "Hors métropole, commencez par + et l’indicatif."
    ),
    ContactRefusal.NOT_AN_ADDRESS: "Cette adresse n’a pas la forme d’une adresse de messagerie. "
    "Exemple\u00a0: prenom.nom@exemple.fr.",
    ContactRefusal.WORK_ADDRESS: "Cette adresse est une adresse du ministère. Indiquez une adresse personnelle.",
}
# A number to which no SMS is sent; what to do is added.
_NUMBER_REFUSALS = {
    ContactRefusal.NOT_A_MOBILE: "Ce numéro n’est pas celui d’un mobile\u00a0: un SMS ne peut pas y arriver.",
    ContactRefusal.UNKNOWN_ABROAD: "Ce numéro étranger n’est pas reconnu comme celui d’un mobile\u00a0: vérifiez "
    "l’indicatif et les chiffres.",
    ContactRefusal.INTERNATIONAL_NETWORK: "Ce numéro est celui d’un satellite ou d’un service international\u00a0: "
    "nous n’y envoyons pas de SMS.",
    ContactRefusal.COUNTRY_NOT_SERVED: "Cette élection n’envoie pas de SMS vers le pays de ce numéro.",
}

WRONG_SIGN_IN = (
    "L’adresse ou le mot de passe est incorrect. Vérifiez le mot de passe et les majuscules, ou reprenez à l’étape 1 pour "
    "corriger l’adresse."
)
WRONG_VOTING_SIGN_IN = (
    "L’identifiant ou le mot de passe est incorrect. Vérifiez le mot de passe, ses majuscules et ses minuscules. "
    "Si vous avez demandé un nouvel identifiant, seul le dernier reçu fonctionne."
)
# Added to those two, by what was typed alone.
HAS_UNSEEN = (
    "Le mot de passe saisi commence ou finit par une espace, ou contient un caractère invisible, peut-être venu "
    "d’un copier-coller. Si le vôtre n’en a pas, tapez-le à la main."
)
WRONG_SIGN_IN_CODE = "Ce code n’est pas le bon. Si vous avez saisi le mot de passe plusieurs fois, seul le dernier code reçu fonctionne."
SIGN_IN_CODE_OVER = (
    "Ce code ne fonctionne plus : il a déjà servi, il a été essayé trop de fois, ou son délai est passé. "
    "Saisissez de nouveau votre mot de passe\u00a0: s’il est juste, un autre code partira."
)
WRONG_CODE = (
    "Ce code de vote n’est pas le bon. Si vous en avez demandé un nouveau, seul le dernier affiché fonctionne."
)
SUPPORT_UNAVAILABLE = (
    "Votre message n’a pas pu être pris en compte\u00a0: le service ne répond pas. Il est encore dans le formulaire\u00a0: "
    "renvoyez-le dans quelques instants, ou joignez l’assistance\u00a0: {contact}."
)

_SUPPORT_LIMITS = {
    SupportLimit.SENDER: "Plusieurs messages sont déjà partis de votre part, ou avec cette adresse de réponse.",
    SupportLimit.NETWORK: "Beaucoup de messages sont partis de votre réseau en une heure.",
    SupportLimit.ALL: "L’assistance reçoit en ce moment trop de messages.",
}

_MAY_VOTE = "Si vous avez encore de quoi voter, vous pouvez le faire sans attendre. Sinon, écrivez à l’assistance."
# Unless the procedure's record has a sentence of its own.
_REFUSALS = {
    Verdict.CODE_NEEDED: "Un code envoyé dans votre messagerie professionnelle est demandé.",
    Verdict.NOT_ACTIVATED: "Votre compte n’est pas activé\u00a0: il n’a pas encore de question défi. "
    "Activez-le avec le lien reçu dans votre messagerie professionnelle.",
    Verdict.TOO_MANY_SENDS: "Trop de liens ont été envoyés pour cette demande. "
    "Attendez que le dernier expire, ou écrivez à l’assistance.",
    Verdict.IN_FLIGHT: "Une demande faite sans connexion est déjà en cours. Pour en faire une autre tout de suite, "
    "connectez-vous à votre portail.",
    Verdict.NUMBER_TAKEN: "Ce numéro a déjà servi pour cette élection\u00a0: un numéro ne sert qu’à une personne, "
    "et un nombre limité de fois. Indiquez-en un autre.",
    Verdict.ALREADY_SENT: "Un lien a déjà été envoyé dans votre messagerie professionnelle.",
    Verdict.NOTHING_TO_SEND: "Aucun lien n’est à envoyer de nouveau\u00a0: faites une nouvelle demande.",
}

_SMS_LIMITS = {
    Verdict.SMS_LIMIT: "Beaucoup de SMS sont déjà partis pour vous en un jour.",
    Verdict.NUMBER_SMS_LIMIT: "Beaucoup de SMS sont déjà partis vers ce numéro en un jour.",
    Verdict.COUNTRY_SMS_LIMIT: "Trop de SMS partent en ce moment vers ce pays.",
}


def contact_refusal(refusal: ContactRefusal, *, has_other_channel: bool = False) -> str:
    """Return why a message cannot go where the voter asks, and what to do; `has_other_channel` if the form offers e-mail too."""
    if refusal not in _NUMBER_REFUSALS:
        return _CONTACT_REFUSALS[refusal]
    other = ", choisissez le courriel" if has_other_channel else ""
    return f"{_NUMBER_REFUSALS[refusal]} Indiquez un autre mobile{other} ou écrivez à l’assistance."


def refusal(
    procedure: Procedure, verdict: Verdict, until: datetime | None, election: Election, now: datetime
) -> str:
    """Return the sentence of a refusal at an instant; `until` is the end of a pause, where it is known."""
    match verdict:
        case Verdict.PAUSED:
            return f"Trop d’essais ont échoué. Vous pourrez réessayer{_after(until, election.zone)}. {_MAY_VOTE}"
        case Verdict.LOCKED | Verdict.OBJECTED | Verdict.AFTER_PASSWORD_RECOVERY | Verdict.TOO_MANY_REQUESTS:
            return _for_support(verdict, until, election)
        case Verdict.TOO_SOON:
            sent = "SMS" if procedure is Procedure.IDENTIFIER else "lien"
            return f"Un {sent} vient de partir. Vous pourrez en demander un autre{_within(until, now)}."
        case Verdict.SMS_LIMIT | Verdict.NUMBER_SMS_LIMIT | Verdict.COUNTRY_SMS_LIMIT:
            return _sms_limit(procedure, verdict, until, election)
        case Verdict.REISSUE_LIMIT:
            return reissue_limit(election)
        case _:
            return CATALOGUE[procedure].refusals.get(verdict) or _common_refusal(procedure, verdict, election)


def objected(election: Election) -> str:
    """Return the sentence for an elector whose recoveries are paused by an objection."""
    return (
        "Une opposition a été faite depuis votre messagerie professionnelle\u00a0: les demandes sont suspendues jusqu’à ce que "
        f"vous ayez parlé à l’assistance\u00a0: {election.support.contact}. Le vote, lui, n’est pas suspendu."
    )


def reissue_limit(election: Election) -> str:
    """Return the sentence for an elector who has had as many new voting codes as the election allows."""
    return (
        "Vous avez déjà obtenu tous les nouveaux codes de vote permis pour cette élection. Le dernier fonctionne toujours. "
        f"Si vous ne l’avez plus, l’assistance peut vous en permettre un autre\u00a0: {election.support.contact}."
    )


def reissues_left(left: int) -> str:
    """Return how many more voting codes an elector may have, from one on."""
    return (
        "C’est le dernier nouveau code que vous pouvez obtenir pour cette élection."
        if left == 1
        else f"Vous pouvez encore obtenir {left} nouveaux codes pour cette élection."
    )


def _sms_limit(procedure: Procedure, verdict: Verdict, until: datetime | None, election: Election) -> str:
    has_email = procedure is Procedure.VOTING_CODE and Channel.EMAIL in election.voting_code_recovery.channels
    ways = ["indiquez un autre numéro"] if verdict is Verdict.NUMBER_SMS_LIMIT else []
    ways += ["choisissez le courriel"] if has_email else ["écrivez à l’assistance"]
    when = f"après le {written_instant(until, election.zone)}" if until else "plus tard"
    return f"{_SMS_LIMITS[verdict]} Vous pourrez réessayer {when}. Sans attendre, {' ou '.join(ways)}."


def _for_support(verdict: Verdict, until: datetime | None, election: Election) -> str:
    if verdict in {Verdict.LOCKED, Verdict.OBJECTED}:
        return _locked(election) if verdict is Verdict.LOCKED else objected(election)
    tell = _too_many_requests if verdict is Verdict.TOO_MANY_REQUESTS else _after_password_recovery
    return tell(until, election)


def _locked(election: Election) -> str:
    return (
        "Trop d’essais ont échoué à la suite\u00a0: les demandes sont suspendues jusqu’à ce que l’assistance les débloque. "
        f"Joignez-la\u00a0: {election.support.contact}. Si vous avez encore de quoi voter, le vote reste possible."
    )


def _after_password_recovery(until: datetime | None, election: Election) -> str:
    when = f"après le {written_instant(until, election.zone)}" if until else "plus tard"
    return (
        "Votre mot de passe a été remplacé il y a peu. Par sécurité, il faut attendre avant une demande par la question "
        f"défi\u00a0: vous pourrez en faire une {when}. Si ce n’est pas vous qui avez remplacé ce mot de passe, prévenez "
        f"tout de suite l’assistance\u00a0: {election.support.contact}."
    )


def _too_many_requests(until: datetime | None, election: Election) -> str:
    place = (
        f"Une place se libère après le {written_instant(until, election.zone)}, si l’identifiant envoyé n’a pas servi d’ici là. "
        if until
        else ""
    )
    return (
        f"Toutes les demandes d’identifiant permises ont déjà été faites. {place}Si ce n’est pas vous, ou pour ne pas "
        f"attendre, joignez l’assistance\u00a0: {election.support.contact}."
    )


def _common_refusal(procedure: Procedure, verdict: Verdict, election: Election) -> str:
    match verdict:
        case Verdict.WRONG_PROOF:
            return proof_texts(election).wrong
        case Verdict.WRONG_IDENTITY:
            question = "Répondez à la question défi, ou écrivez" if _has_challenge(election) else "Écrivez"
            return (
                "L’identité donnée par FranceConnect n’a pas permis de vous reconnaître avec certitude. "
                f"{question} à l’assistance."
            )
        case Verdict.CLOSED:
            return f"{CATALOGUE[procedure].requests} sont closes."
        case _:
            return _REFUSALS[verdict]


def _has_challenge(election: Election) -> bool:
    return election.voting_code_recovery.challenge_question


def refusal_status(verdict: Verdict) -> int:
    """Return the HTTP status of a refusal."""
    match verdict:
        case Verdict.LOCKED | Verdict.AFTER_PASSWORD_RECOVERY:
            return 429
        case Verdict.PAUSED | Verdict.TOO_SOON | Verdict.TOO_MANY_SENDS | Verdict.TOO_MANY_REQUESTS:
            return 429
        case Verdict.SMS_LIMIT | Verdict.NUMBER_SMS_LIMIT | Verdict.COUNTRY_SMS_LIMIT | Verdict.REISSUE_LIMIT:
            return 429
        case Verdict.NOTHING_TO_SEND:
            return 409
        case Verdict.WRONG_PROOF | Verdict.WRONG_IDENTITY | Verdict.NOT_ACTIVATED | Verdict.CLOSED:
            return 422
        case (
            Verdict.NUMBER_TAKEN
            | Verdict.ALREADY_SENT
            | Verdict.CODE_NEEDED
            | Verdict.IN_FLIGHT
            | Verdict.OBJECTED
        ):
            return 422
        case Verdict.ACCEPTED:
            raise ValueError(verdict)
        case _:
            assert_never(verdict)


def support_refusal(refused: SupportRefusal, election: Election) -> str:
    """Return why a letter was not sent, until when, and another way to reach the support desk."""
    support, when = election.support, written_instant(refused.until, election.zone)
    return (
        f"{_SUPPORT_LIMITS[refused.limit]} Celui-ci n’est pas parti\u00a0: vous pourrez l’envoyer après le {when}. Sans "
        f"attendre, appelez l’assistance au {support.shown_telephone} ({support.shown_hours})."
    )


def redaction_notice(secrets: tuple[str, ...]) -> str:
    """Return what was deleted from a message to the support desk, and what to do next."""
    named = " et ".join(part for part in (", ".join(secrets[:-1]), secrets[-1]) if part)
    return (
        f"Nous avons effacé de votre message ce qui ressemble à {named}\u00a0: personne n’en a besoin pour vous aider. "
        "Rien n’est encore parti. Relisez, puis envoyez."
    )


def paused_code(until: datetime | None, election: Election, now: datetime) -> str:
    """Return the sentence for too many wrong voting codes, with what ends the wait; another person may have typed them."""
    has_recovery = closed_reason(election, Procedure.VOTING_CODE, now) is None
    reissue = "demandez un nouveau code de vote, ou " if has_recovery else ""
    too_late = until is not None and until >= election.calendar.vote.closes
    retry = f"Vous pourrez réessayer{_after(until, election.zone)}."
    wait = "L’essai suivant ne serait possible qu’après la fin du vote." if too_late else retry
    return (
        f"Trop d’essais ont échoué. {wait} Cela peut ne pas venir de vous. "
        f"Sans attendre, {reissue}joignez l’assistance, qui peut débloquer votre code\u00a0: {election.support.contact}."
    )


def paused_requests(until: datetime, zone: ZoneInfo) -> str:
    """Return the sentence for too many requests with one identifier, on the roll or not; another person may have made them."""
    return (
        "Trop de demandes identiques ont été faites. Le dernier lien envoyé reste valable\u00a0: consultez votre "
        f"messagerie professionnelle. Vous pourrez faire une autre demande après le {written_instant(until, zone)}."
    )


def paused_sign_in(until: datetime | None, election: Election) -> str:
    """Return the sentence for too many wrong passwords for one identifier, on the roll or not; another person may have typed them."""
    too_late = until is not None and until >= election.calendar.vote.closes
    retry = f"Vous pourrez réessayer{_after(until, election.zone)}."
    wait = "La connexion est suspendue." if too_late else retry
    return (
        f"Trop d’essais ont échoué. {wait} Cela peut ne pas venir de vous. Sans attendre, joignez l’assistance, qui peut "
        f"débloquer la connexion\u00a0: {election.support.contact}."
    )


def _within(until: datetime | None, now: datetime) -> str:
    if until is None:
        return " dans quelques minutes"
    seconds = max(1, math.ceil((until - now).total_seconds()))
    minutes = math.ceil(seconds / 60)
    if seconds == 1:
        return " dans une seconde"
    return f" dans {seconds}\u00a0secondes" if seconds < 2 * 60 else f" dans {minutes}\u00a0minutes"


def _after(until: datetime | None, zone: ZoneInfo) -> str:
    return f" après le {written_instant(until, zone)}" if until else " dans quelques minutes"
