"""Sentences for refusals and for wrong fields, in the language that is spoken; a constant is translated where it is shown."""

import math
from datetime import datetime
from typing import assert_never

from activities.texts.dates import written_instant
from election.procedures import Procedure
from election.settings import Election
from election.stages import Channel
from election.text.numbers import COUNTED_UP_TO
from election.text.translation import N_, ngettext
from election.text.translation import gettext as _
from election.verdicts import Verdict
from web.presenters.calendar import closed_reason
from web.presenters.objection import objected
from web.presenters.procedures.catalogue import CATALOGUE
from web.presenters.proof_texts import proof_texts

WRONG_NUMEN_SHAPE = N_("Un NUMEN compte 13 caractères, comme 12A3456789BCD.")
WRONG_CAPTCHA = N_("Les chiffres ne correspondent pas au code de sécurité. Recopiez ceux du nouveau code.")
WRONG_SIGN_IN = N_(
    "L’adresse ou le mot de passe est incorrect. Vérifiez le mot de passe et les majuscules, ou reprenez à l’étape 1 pour "
    "corriger l’adresse."
)
WRONG_VOTING_SIGN_IN = N_(
    "L’identifiant ou le mot de passe est incorrect. Vérifiez le mot de passe, ses majuscules et ses minuscules. "
    "Si vous avez demandé un nouvel identifiant, seul le dernier reçu fonctionne."
)
# Added to those two, by what was typed alone.
HAS_UNSEEN = N_(
    "Le mot de passe saisi commence ou finit par une espace, ou contient un caractère invisible, peut-être venu "
    "d’un copier-coller. Si le vôtre n’en a pas, tapez-le à la main."
)
WRONG_CODE = N_(
    "Ce code de vote n’est pas le bon. Si vous en avez demandé un nouveau, seul le dernier affiché fonctionne."
)
_MAY_VOTE = N_(
    "Si vous avez encore de quoi voter, vous pouvez le faire sans attendre. Sinon, écrivez à l’assistance."
)
# Unless the procedure's record has a sentence of its own.
_REFUSALS = {
    Verdict.CODE_NEEDED: N_("Un code envoyé dans votre messagerie professionnelle est demandé."),
    Verdict.WRONG_IDENTITY: N_(
        "L’identité donnée par FranceConnect n’a pas permis de vous reconnaître avec certitude."
    ),
    Verdict.NOT_ACTIVATED: N_(
        "Votre compte n’est pas activé\u00a0: il n’a pas encore de question défi. "
        "Activez-le avec le lien reçu dans votre messagerie professionnelle."
    ),
    Verdict.TOO_MANY_SENDS: N_(
        "Trop de liens ont été envoyés pour cette demande. "
        "Attendez que le dernier expire, ou écrivez à l’assistance."
    ),
    Verdict.IN_FLIGHT: N_(
        "Une demande faite sans connexion est déjà en cours. Pour en faire une autre tout de suite, "
        "connectez-vous à votre portail."
    ),
    Verdict.NUMBER_TAKEN: N_(
        "Ce numéro a déjà servi pour cette élection\u00a0: un numéro ne sert qu’à une personne, "
        "et un nombre limité de fois. Indiquez-en un autre."
    ),
    Verdict.ALREADY_SENT: N_("Un lien a déjà été envoyé dans votre messagerie professionnelle."),
    Verdict.NOTHING_TO_SEND: N_("Aucun lien n’est à envoyer de nouveau\u00a0: faites une nouvelle demande."),
}

_SMS_LIMITS = {
    Verdict.SMS_LIMIT: N_("Beaucoup de SMS sont déjà partis pour vous en un jour."),
    Verdict.NUMBER_SMS_LIMIT: N_("Beaucoup de SMS sont déjà partis vers ce numéro en un jour."),
    Verdict.COUNTRY_SMS_LIMIT: N_("Trop de SMS partent en ce moment vers ce pays."),
}
# Whether another number helps, and whether the message can come by mail.
_INSTEAD_OF_SMS = {
    (True, True): N_("Sans attendre, indiquez un autre numéro ou choisissez le courriel."),
    (True, False): N_("Sans attendre, indiquez un autre numéro ou écrivez à l’assistance."),
    (False, True): N_("Sans attendre, choisissez le courriel."),
    (False, False): N_("Sans attendre, écrivez à l’assistance."),
}


def refusal(
    procedure: Procedure, verdict: Verdict, until: datetime | None, election: Election, now: datetime
) -> str:
    """Return the sentence of a refusal at an instant; `until` is the end of a pause, where it is known."""
    match verdict:
        case Verdict.PAUSED:
            retry = _too_late(procedure, until, election) or _retry(until, election)
            return " ".join([_("Trop d’essais ont échoué."), retry, _(_MAY_VOTE)])
        case Verdict.LOCKED | Verdict.OBJECTED | Verdict.AFTER_PASSWORD_RECOVERY | Verdict.TOO_MANY_REQUESTS:
            return _for_support(procedure, verdict, until, election)
        case Verdict.TOO_SOON:
            is_sms = procedure is Procedure.IDENTIFIER
            sent = _("Un SMS vient de partir.") if is_sms else _("Un lien vient de partir.")
            return f"{sent} {_too_late(procedure, until, election) or _another(until, now)}"
        case Verdict.SMS_LIMIT | Verdict.NUMBER_SMS_LIMIT | Verdict.COUNTRY_SMS_LIMIT:
            return _sms_limit(procedure, verdict, until, election)
        case Verdict.REISSUE_LIMIT:
            return reissue_limit(election)
        case _:
            own = CATALOGUE[procedure].refusals.get(verdict)
            return _(own) if own else _common_refusal(procedure, verdict, election)


def reissue_limit(election: Election) -> str:
    """Return the sentence for an elector who has had as many new voting codes as the election allows."""
    return _(
        "Vous avez déjà obtenu tous les nouveaux codes de vote permis pour cette élection. Le dernier fonctionne toujours. "
        "Si vous ne l’avez plus, l’assistance peut vous en permettre un autre\u00a0: {contact}."
    ).format(contact=election.support.contact)


def reissues_left(left: int) -> str:
    """Return how many more voting codes an elector may have, from one on."""
    return (
        _("C’est le dernier nouveau code que vous pouvez obtenir pour cette élection.")
        if left == 1
        else _("Vous pouvez encore obtenir {left} nouveaux codes pour cette élection.").format(left=left)
    )


def _sms_limit(procedure: Procedure, verdict: Verdict, until: datetime | None, election: Election) -> str:
    has_email = procedure is Procedure.VOTING_CODE and Channel.EMAIL in election.voting_code_recovery.channels
    later = _("Vous pourrez réessayer {when}.").format(when=_after(until, election, _("plus tard")))
    retry = _too_late(procedure, until, election) or later
    instead = _INSTEAD_OF_SMS[verdict is Verdict.NUMBER_SMS_LIMIT, has_email]
    return " ".join([_(_SMS_LIMITS[verdict]), retry, _(instead)])


def _for_support(procedure: Procedure, verdict: Verdict, until: datetime | None, election: Election) -> str:
    if verdict in {Verdict.LOCKED, Verdict.OBJECTED}:
        return _locked(election) if verdict is Verdict.LOCKED else objected(election)
    tell = _too_many_requests if verdict is Verdict.TOO_MANY_REQUESTS else _after_password_recovery
    return tell(until, election, _too_late(procedure, until, election))


def _locked(election: Election) -> str:
    return _(
        "Trop d’essais ont échoué à la suite\u00a0: les demandes sont suspendues jusqu’à ce que l’assistance les débloque. "
        "Joignez-la\u00a0: {contact}. Si vous avez encore de quoi voter, le vote reste possible."
    ).format(contact=election.support.contact)


def _after_password_recovery(until: datetime | None, election: Election, too_late: str) -> str:
    when = _after(until, election, _("plus tard"))
    said = [
        _(
            "Votre mot de passe a été remplacé il y a peu. Par sécurité, il faut attendre avant une demande par la question défi."
        ),
        too_late or _("Vous pourrez en faire une {when}.").format(when=when),
        _(
            "Si ce n’est pas vous qui avez remplacé ce mot de passe, prévenez tout de suite l’assistance\u00a0: {contact}."
        ).format(contact=election.support.contact),
    ]
    return " ".join([*said, *([_ask_how_to_vote(election)] if too_late else [])])


def _too_many_requests(until: datetime | None, election: Election, too_late: str) -> str:
    said = [
        _("Toutes les demandes d’identifiant permises ont déjà été faites."),
        *([too_late] if too_late else []),
    ]
    if until and not too_late:
        another = N_(
            "Vous pourrez en faire une autre après le {instant}, si l’identifiant envoyé n’a pas servi d’ici là."
        )
        said.append(_(another).format(instant=written_instant(until, election.zone)))
    help_ = _("Si ce n’est pas vous, ou pour ne pas attendre, joignez l’assistance\u00a0: {contact}.")
    return " ".join([*said, help_.format(contact=election.support.contact)])


def _too_late(procedure: Procedure, until: datetime | None, election: Election) -> str:
    """Return that a wait ends when no form is accepted any more, or "" when it ends earlier or at an unknown time."""
    if procedure is not Procedure.IDENTIFIER_AND_PASSWORD:
        return _after_the_close(procedure, until, election)
    # 2011's proofs are given behind a link, which outlives the requests.
    told = _("L’attente ne finirait qu’après la fin de validité du lien, le {expires}.")
    expires = election.calendar.links_expire
    return told.format(expires=written_instant(expires, election.zone)) if until and until >= expires else ""


def _after_the_close(procedure: Procedure, until: datetime | None, election: Election) -> str:
    told = _("L’attente ne finirait qu’après la clôture des demandes, le {closes}.")
    closes = election.calendar.period_of(procedure).closes
    return told.format(closes=written_instant(closes, election.zone)) if until and until >= closes else ""


def _ask_how_to_vote(election: Election) -> str:
    return _("Si vous n’avez plus de quoi voter, joignez l’assistance\u00a0: {contact}.").format(
        contact=election.support.contact
    )


def _common_refusal(procedure: Procedure, verdict: Verdict, election: Election) -> str:
    match verdict:
        case Verdict.WRONG_PROOF:
            return proof_texts(election).wrong
        case Verdict.CLOSED:
            closed, contact = (
                _("{requests} sont closes. Pour toute question\u00a0: {contact}."),
                election.support.contact,
            )
            return closed.format(requests=_(CATALOGUE[procedure].requests), contact=contact)
        case _:
            return _(_REFUSALS[verdict])


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


def paused_code(until: datetime | None, election: Election, now: datetime) -> str:
    """Return the sentence for too many wrong voting codes, with what ends the wait; another person may have typed them."""
    has_recovery = closed_reason(election, Procedure.VOTING_CODE, now) is None
    wait = _("L’essai suivant ne serait possible qu’après la fin du vote.")
    ways = (
        _(
            "Sans attendre, demandez un nouveau code de vote, ou joignez l’assistance, qui peut débloquer votre code\u00a0: {contact}."
        )
        if has_recovery
        else _("Sans attendre, joignez l’assistance, qui peut débloquer votre code\u00a0: {contact}.")
    )
    return _paused(until, election, wait, ways)


def paused_requests(procedure: Procedure, until: datetime, election: Election) -> str:
    """Return the sentence for too many requests with one identifier, on the roll or not; another person may have made them."""
    said = _(
        "Trop de demandes identiques ont été faites. Le dernier lien envoyé reste valable\u00a0: consultez votre "
        "messagerie professionnelle."
    )
    if too_late := _after_the_close(procedure, until, election):
        return " ".join([said, too_late, _ask_how_to_vote(election)])
    another = _("Vous pourrez faire une autre demande après le {instant}.")
    return f"{said} {another.format(instant=written_instant(until, election.zone))}"


def paused_sign_in(until: datetime | None, election: Election) -> str:
    """Return the sentence for too many wrong passwords for one identifier, on the roll or not; another person may have typed them."""
    ways = _("Sans attendre, joignez l’assistance, qui peut débloquer la connexion\u00a0: {contact}.")
    return _paused(until, election, _("La connexion est suspendue."), ways)


def _paused(until: datetime | None, election: Election, too_late: str, ways: str) -> str:
    is_too_late = until is not None and until >= election.calendar.vote.closes
    said = [
        _("Trop d’essais ont échoué."),
        too_late if is_too_late else _retry(until, election),
        _("Ces essais ne viennent peut-être pas de vous."),
        ways.format(contact=election.support.contact),
    ]
    return " ".join(said)


def _another(until: datetime | None, now: datetime) -> str:
    """Return how long to wait for another message."""
    if until is None:
        return _("Vous pourrez en demander un autre dans quelques minutes.")
    seconds = max(1, math.ceil((until - now).total_seconds()))
    if seconds <= COUNTED_UP_TO.total_seconds():
        return ngettext(
            "Vous pourrez en demander un autre dans une seconde.",
            "Vous pourrez en demander un autre dans {count}\u00a0secondes.",
            seconds,
        ).format(count=seconds)
    minutes = math.ceil(seconds / 60)
    return _("Vous pourrez en demander un autre dans {minutes}\u00a0minutes.").format(minutes=minutes)


def _retry(until: datetime | None, election: Election) -> str:
    when = _after(until, election, _("dans quelques minutes"))
    return _("Vous pourrez réessayer {when}.").format(when=when)


def _after(until: datetime | None, election: Election, unknown: str) -> str:
    """Return when a wait ends, as it ends a sentence; `unknown` where that is not known."""
    return _("après le {instant}").format(instant=written_instant(until, election.zone)) if until else unknown
