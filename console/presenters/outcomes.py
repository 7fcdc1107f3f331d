"""What an entry of the journal says beside its event, in French: its outcome, and what the program wrote as its detail."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from activities.acts.bulk_order import BulkKind
from activities.evidence.journal import ACCEPTED, BOUNCE, DELIVERED, Event
from activities.recoveries.settlements import TYPED_NAME
from console.presenters import gateways
from console.presenters.roll import KINDS
from console.presenters.words import counted, place_name
from election.causes import cause_of
from election.following.progress import fault_of
from election.routing.shifting import Why
from election.rules.security import Weakness
from election.stages import Channel, Stage
from election.timetable import format_in_zone
from election.verdicts import REASONS, Verdict
from workflows.mailings.messages import MailingEnding

_VERDICTS: Mapping[str, str] = {**REASONS, Verdict.ACCEPTED: "accepté"}
# Of one recovery, at its end or when an operator cancelled it.
_STAGES: Mapping[str, str] = {
    Stage.VERIFYING: "à vérifier",
    Stage.SENDING: "en cours d’envoi",
    Stage.SENT: "envoyé, pas encore ouvert",
    Stage.LATE: "en retard",
    Stage.HELD: "en échec",
    Stage.OPENED: "lien ouvert",
    Stage.DISPLAYING: "secret affiché",
    Stage.REISSUED: "remplacement fait",
    Stage.REFUSED: "refusé",
    Stage.EXPIRED: "expiré sans servir",
    Stage.CANCELLED: "annulé",
}
_MAILINGS: Mapping[str, str] = {
    MailingEnding.COMPLETE: "chaque personne atteinte",
    MailingEnding.INCOMPLETE: "une partie en échec",
    MailingEnding.STOPPED: "arrêté par un opérateur",
    MailingEnding.CLOSED: "demandes closes",
}
_ROLES = {"operateur": "opérateur"}  # the others are French words
_REFUSED_ORDERS = {"OperatorMissing": "opérateur sans nom", "OrderMalformed": "ordre mal formé"}
WEAKNESSES: Mapping[str, str] = {
    Weakness.ONE_CHANNEL: "les deux moyens par la même messagerie",
    Weakness.NO_CHALLENGE: "ni question défi ni FranceConnect",
    Weakness.NIR: "le NIR pris comme preuve",
    Weakness.BIRTH_DATE: "la date de naissance prise comme preuve",
    Weakness.BIRTH_DEPARTMENT: "le département de naissance pris comme preuve",
    Weakness.SHORT_WAIT: "moins d’un jour d’attente après un nouveau mot de passe",
}
_ACTS: Mapping[str, str] = {
    BulkKind.RETRY_BY_OTHER: "relance par une autre passerelle",
    BulkKind.RETRY: "relance",
    BulkKind.CANCEL: "annulation",
}
# What the program counts, as « 3 requests » or « sent 3 ».
_COUNTED = {
    "requests": ("demande rendue", "demandes rendues"),
    "failures": ("essai oublié", "essais oubliés"),
    "counts": ("compte d’essais effacé", "comptes d’essais effacés"),
    "more": ("nouveau code de plus", "nouveaux codes de plus"),
    "entries": ("entrée", "entrées"),
    "messages": ("message", "messages"),
    "added": ("électeur ajouté", "électeurs ajoutés"),
    "updated": ("électeur corrigé", "électeurs corrigés"),
    "removed": ("électeur retiré", "électeurs retirés"),
    "refused": ("ligne refusée", "lignes refusées"),
    "sent": ("fait", "faits"),
    "failed": ("en échec", "en échec"),
    "skipped": ("passé", "passés"),
    "accepted": ("accepté par le relais", "acceptés par le relais"),
    "own": ("lien d’une demande de la personne", "liens d’une demande de la personne"),
}
_NUMBER_FIRST, _NUMBER_LAST = re.compile(r"(\d+) ([a-z]+)"), re.compile(r"([a-z]+) (\d+)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)/s")
_Words = Callable[[str, str, ZoneInfo], str]


def outcome(event: str, channel: str, code: str, zone: ZoneInfo) -> str:
    """Return an entry's outcome in French; a code that has no words here as it is."""
    if not code:
        return ""
    return (_OUTCOMES.get(event) or _of_kind(event))(channel, code, zone)


def detail(event: str, text: str) -> str:
    """Return an entry's detail: what people wrote as it is, what the program wrote in French."""
    if not text:
        return ""
    if event.startswith("message:send:"):
        return place_name(text)
    if event not in _WRITTEN:
        return text
    _, typed, said = text.rpartition(f"{TYPED_NAME}\u00a0: ")
    return text if said == TYPED_NAME else f"{typed}{_WRITTEN[event](said)}"


def cause(channel: str, code: str) -> str:
    """Return what a gateway's code means."""
    return cause_of(fault_of(Channel(channel), code) if channel in set(Channel) else code).sentence


def _of_kind(event: str) -> _Words:
    if event.endswith(":recovery:ended"):
        return _one_of(_STAGES)
    return _sent if event.startswith("message:send:") else _one_of(_VERDICTS)


def _sent(channel: str, code: str, _zone: ZoneInfo) -> str:
    return {ACCEPTED: "accepté", DELIVERED: "remis"}.get(code) or cause(channel, code)


def _fault(_channel: str, code: str, _zone: ZoneInfo) -> str:
    return cause_of(code).sentence


def _delay(_channel: str, code: str, _zone: ZoneInfo) -> str:
    return cause_of(f"{Channel.EMAIL}:{BOUNCE}{code}").sentence


def _repeated(channel: str, code: str, _zone: ZoneInfo) -> str:
    gateway, _, reason = code.partition(":")
    return f"Peut-être déjà pris par {gateway}. {cause(channel, reason) if reason else ''}".rstrip()


def _gateway(_channel: str, code: str, _zone: ZoneInfo) -> str:
    why, _, priority = code.partition(":")
    return gateways.change(Why(why), priority) if why in set(Why) else code


def _until(_channel: str, code: str, zone: ZoneInfo) -> str:
    try:
        return f"jusqu’au {format_in_zone(datetime.fromisoformat(code), str(zone))}"
    except ValueError:
        return code


def _number(one: str, many: str) -> _Words:
    return lambda _channel, code, _zone: counted(int(code), one, many) if code.isdecimal() else code


def _one_of(words: Mapping[str, str]) -> _Words:
    return lambda _channel, code, _zone: words.get(code, code)


def _numbers(_channel: str, code: str, _zone: ZoneInfo) -> str:
    return _listed(code)


def _listed(text: str) -> str:
    return _NUMBER_FIRST.sub(lambda found: _counted(found[1], found[2]) or found[0], text)


def _counted(number: str, what: str) -> str:
    return counted(int(number), *_COUNTED[what]) if what in _COUNTED else ""


def _summed(text: str) -> str:
    return _NUMBER_LAST.sub(lambda found: _counted(found[2], found[1]) or found[0], text).replace(" / ", " sur ")


def _begun(text: str) -> str:
    kind, comma, numbers = text.partition(", ")
    return f"{_ACTS.get(kind, kind)}{comma}{_summed(numbers)}"


def _paced(text: str) -> str:
    return _RATE.sub(lambda found: f"{found[1].replace('.', ',')}\u00a0par seconde", text)


_OUTCOMES: Mapping[str, _Words] = {
    Event.SEND_DELAYED: _delay,
    Event.SEND_REPEATED: _repeated,
    Event.GATEWAY_CHANGED: _gateway,
    Event.MAILING_PREPARED: _number("personne", "personnes"),
    Event.MAILING_RETRIED: _number("courriel", "courriels"),
    Event.MAILING_PAUSED: _fault,
    Event.MAILING_RESUMED: _fault,
    Event.MAILING_ENDED: _one_of(_MAILINGS),
    Event.OPERATOR_RETRIED: _fault,
    Event.OPERATOR_RETRY_REFUSED: _one_of(_REFUSED_ORDERS),
    Event.OPERATOR_EXTENDED: _until,
    Event.OPERATOR_CANCELLED: _one_of(_STAGES),
    Event.OPERATOR_LIFTED_PAUSE: _numbers,
    Event.OPERATOR_GAVE_BACK: _numbers,
    Event.OPERATOR_UNLOCKED: _numbers,
    Event.OPERATOR_ALLOWED_REISSUES: _numbers,
    Event.OPERATOR_IMPORTED_ROLL: _numbers,
    Event.OPERATOR_REMOVED_ELECTORS: _numbers,
    Event.OPERATOR_CHANGED_ELECTOR: lambda _channel, code, _zone: code,  # names of columns, in French
    Event.OPERATOR_UPLOADED_ROLL: _one_of({str(kind): label for kind, label in KINDS.items()}),
    Event.OPERATOR_SIGNED_IN: _one_of(_ROLES),
    Event.OPERATOR_SIGNED_OUT: _one_of(_ROLES),
    Event.PROCESS_STARTED: lambda _channel, code, _zone: f"version {code}",
    Event.WEAKNESS_KEPT: _one_of(WEAKNESSES),
    Event.EVIDENCE_DESTROYED: _numbers,
}
_WRITTEN: Mapping[str, Callable[[str], str]] = {
    Event.MAILING_PACED: _paced,
    Event.MAILING_RETRIED: lambda code: cause(Channel.EMAIL, code),
    Event.MAILING_ENDED: _summed,
    Event.OPERATOR_ACT_BEGUN: _begun,
    Event.OPERATOR_ACT_PACED: _paced,
    Event.OPERATOR_ACT_ENDED: _summed,
    Event.EVIDENCE_DESTROYED: _listed,
}
