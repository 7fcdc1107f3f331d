"""The codes of an SMS operator's SMPP account: answers, binds, and delivery receipts."""

import re

from election.faults.cause import ASK_OPERATOR, OTHER_NUMBER, WAIT, Cause, CauseKind, operator_down
from election.faults.voter_sentence import VoterSentence

_STATUS_SOURCE = "SMPP 3.4, § 5.1.3"
_STATE_SOURCE = "SMPP 3.4, § 5.2.28 et annexe B"
_NETWORK_SOURCE = "3GPP TS 29.002, § 17.6.6"
_LOWER_RATE = "Attendre, puis relancer\u202f; si cela dure, baisser `REASSORT_SMPP_RATE`."
_MEND_ACCOUNT = "Corriger le compte SMPP (`REASSORT_SMPP_…`) ou demander à l’opérateur, puis relancer."
_OTHER_WAY = (
    "Ne pas relancer par cette passerelle\u00a0: par une autre, s’il y en a une\u202f; sinon, par un autre moyen."
)
_MEND_PROGRAM = "Ne pas relancer\u00a0: prévenir l’équipe technique. La personne peut choisir un autre moyen."

# By § 5.1.3: what the operator's platform says for itself, and will not say a moment later.
_NOT_NOW = {
    0x08: ("ESME_RSYSERR", "L’opérateur de SMS a une panne interne."),
    0x14: ("ESME_RMSGQFUL", "La file d’attente de l’opérateur de SMS est pleine."),
    0x58: ("ESME_RTHROTTLED", "L’opérateur de SMS refuse les messages qui arrivent trop vite."),
    0x64: ("ESME_RX_T_APPN", "L’opérateur de SMS refuse le message pour l’instant."),
}
_SESSION = {
    0x04: ("ESME_RINVBNDSTS", "L’opérateur de SMS dit que notre session n’a pas le droit d’envoyer."),
    0x05: ("ESME_RALYBND", "L’opérateur de SMS dit que notre compte a déjà une session ouverte."),
    0x0D: (
        "ESME_RBINDFAIL",
        "L’opérateur de SMS refuse d’ouvrir une session, souvent parce qu’il y en a une de trop.",
    ),
    0x0E: ("ESME_RINVPASWD", "L’opérateur de SMS refuse le mot de passe de notre compte."),
    0x0F: ("ESME_RINVSYSID", "L’opérateur de SMS ne connaît pas notre compte."),
    0x53: ("ESME_RINVSYSTYP", "L’opérateur de SMS refuse le type de notre compte (`REASSORT_SMPP_SYSTEM_TYPE`)."),
}
# This number cannot be written to.
_DESTINATION = {
    0x0B: (
        "ESME_RINVDSTADR",
        "L’opérateur de SMS refuse ce numéro\u00a0: il n’existe pas, ou n’est pas desservi.",
    ),
    0x50: ("ESME_RINVDSTTON", "L’opérateur de SMS refuse le type de ce numéro."),
    0x51: ("ESME_RINVDSTNPI", "L’opérateur de SMS refuse le plan de numérotation de ce numéro."),
}
# For good, whatever the reason.
_REJECTED = {
    0x65: ("ESME_RX_P_APPN", "L’opérateur de SMS refuse le message pour de bon."),
    0x66: ("ESME_RX_R_APPN", "L’opérateur de SMS rejette le message."),
}
# The operator's answer to this message; why, only the operator knows.
_MESSAGE = {
    0x45: ("ESME_RSUBMITFAIL", "L’opérateur de SMS n’a pas pris le message, sans dire pourquoi."),
    0xFE: ("ESME_RDELIVERYFAILURE", "L’opérateur de SMS n’a pas pu remettre le message."),
    0xFF: ("ESME_RUNKNOWNERR", "L’opérateur de SMS signale une erreur sans la nommer."),
    0x0A: ("ESME_RINVSRCADR", "L’opérateur de SMS refuse le nom de l’expéditeur."),
    0x48: ("ESME_RINVSRCTON", "L’opérateur de SMS refuse le type du nom de l’expéditeur."),
    0x49: ("ESME_RINVSRCNPI", "L’opérateur de SMS refuse le plan de numérotation de l’expéditeur."),
    0x15: ("ESME_RINVSERTYP", "L’opérateur de SMS refuse le type de service du message."),
}
# What our program would have to change in its messages.
_MALFORMED = {
    0x01: ("ESME_RINVMSGLEN", "longueur du texte"),
    0x02: ("ESME_RINVCMDLEN", "longueur de la commande"),
    0x03: ("ESME_RINVCMDID", "commande inconnue"),
    0x06: ("ESME_RINVPRTFLG", "priorité"),
    0x07: ("ESME_RINVREGDLVFLG", "demande d’accusé de réception"),
    0x0C: ("ESME_RINVMSGID", "identifiant du message"),
    0x11: ("ESME_RCANCELFAIL", "annulation"),
    0x13: ("ESME_RREPLACEFAIL", "remplacement"),
    0x33: ("ESME_RINVNUMDESTS", "nombre de destinataires"),
    0x34: ("ESME_RINVDLNAME", "liste de diffusion"),
    0x40: ("ESME_RINVDESTFLAG", "type de destinataire"),
    0x42: ("ESME_RINVSUBREP", "remplacement à l’envoi"),
    0x43: ("ESME_RINVESMCLASS", "classe du message"),
    0x44: ("ESME_RCNTSUBDL", "envoi à une liste"),
    0x54: ("ESME_RINVREPFLAG", "option de remplacement"),
    0x55: ("ESME_RINVNUMMSGS", "nombre de messages"),
    0x61: ("ESME_RINVSCHED", "date d’envoi"),
    0x62: ("ESME_RINVEXPIRY", "durée de validité"),
    0x63: ("ESME_RINVDFTMSGID", "message enregistré"),
    0x67: ("ESME_RQUERYFAIL", "interrogation"),
    0xC0: ("ESME_RINVOPTPARSTREAM", "paramètres facultatifs"),
    0xC1: ("ESME_ROPTPARNOTALLWD", "paramètre facultatif interdit"),
    0xC2: ("ESME_RINVPARLEN", "longueur d’un paramètre"),
    0xC3: ("ESME_RMISSINGOPTPARAM", "paramètre manquant"),
    0xC4: ("ESME_RINVOPTPARAMVAL", "valeur d’un paramètre"),
}
_REFUSED = CauseKind.MESSAGE_REFUSED
# Of the statuses above: the class, whether a retry helps, what to tell the voter, and what to do.
_ANSWERS = (
    (_NOT_NOW, CauseKind.NOT_NOW, True, VoterSentence.OPERATOR_DOWN, _LOWER_RATE),
    (_SESSION, CauseKind.SESSION, True, VoterSentence.OPERATOR_DOWN, _MEND_ACCOUNT),
    (_DESTINATION, _REFUSED, False, VoterSentence.CHECK_NUMBER, OTHER_NUMBER),
    (_REJECTED, _REFUSED, False, VoterSentence.OPERATOR_DOWN, _OTHER_WAY),
    (_MESSAGE, _REFUSED, True, VoterSentence.OPERATOR_DOWN, ASK_OPERATOR),
)
EXPLAINED = (*_NOT_NOW, *_SESSION, *_DESTINATION, *_REJECTED, *_MESSAGE)
STATUSES = (*EXPLAINED, *_MALFORMED)

_CONNECTION = {
    "smpp-unbound": "Le portail n’est pas connecté à l’opérateur de SMS.",
    "smpp-timeout": "L’opérateur de SMS n’a pas répondu à temps\u00a0: il a peut-être pris le message.",
    "smpp-disconnected": "L’opérateur de SMS a coupé la connexion pendant l’envoi\u00a0: il a peut-être pris le message.",
}
_BUSY = {
    "smpp-busy": "L’opérateur de SMS n’accepte pas assez vite\u00a0: la file d’attente du portail est pleine.",
    "smpp-throttled": _NOT_NOW[0x58][1],
    "smpp-queue-full": _NOT_NOW[0x14][1],
}

# The state of a receipt: what it says, whether a retry helps, and what to tell the voter.
_STATES = {
    "undeliv": ("Le téléphone n’a pas reçu le SMS\u00a0: l’opérateur n’a pas pu le remettre.", True),
    "expired": ("Le téléphone est resté injoignable\u00a0: le SMS a expiré chez l’opérateur.", True),
    "rejectd": ("Le réseau mobile a rejeté le SMS.", False),
    "deleted": ("L’opérateur a supprimé le SMS avant de le remettre.", True),
    "unknown": ("L’opérateur de SMS ne sait pas ce que le SMS est devenu.", True),
}
# The errors of the mobile network that operators repeat as theirs: the words, and whether a retry may help.
_NETWORK_ERRORS = {
    1: ("numéro non attribué", False),
    5: ("abonné inconnu du réseau", False),
    6: ("téléphone injoignable", True),
    8: ("itinérance interdite", True),
    9: ("abonné interdit de réseau", False),
    10: ("service non souscrit", False),
    11: ("SMS non souscrits", False),
    12: ("téléphone interdit de réseau", False),
    13: ("SMS bloqués par l’abonné ou son opérateur", False),
    21: ("SMS non desservis par ce réseau", False),
    27: ("téléphone éteint ou hors réseau", True),
    31: ("téléphone occupé", True),
    32: ("mémoire du téléphone pleine, ou SMS refusé par lui", True),
    33: ("trop de SMS attendent ce téléphone", True),
    34: ("panne du réseau mobile", True),
}

_STATUS = re.compile(r"smpp-(bind-)?0x([0-9A-F]{1,8})", re.IGNORECASE)
_RECEIPT = re.compile(r"smpp-([a-z]+)(?:-(\w{1,8}))?")


def smpp_cause(code: str) -> Cause | None:
    """Return what a code of an SMPP gateway means, or None for a code that is none of its."""
    if found := _STATUS.fullmatch(code):
        status = int(found[2], 16)
        return _of_bind(code, status) if found[1] else _of_status(code, status)
    if code in _CONNECTION:
        return operator_down(code, CauseKind.SESSION, _CONNECTION[code], WAIT)
    if code in _BUSY:
        return operator_down(code, CauseKind.NOT_NOW, _BUSY[code], _LOWER_RATE)
    if code == "smpp-too-long":
        sentence = "Le texte du SMS est trop long pour être envoyé."
        return Cause(code, _REFUSED, sentence, False, "", VoterSentence.PORTAL_DOWN, _MEND_PROGRAM)
    found = _RECEIPT.fullmatch(code)
    return _of_receipt(code, found[1], found[2] or "") if found and found[1] in _STATES else None


def _of_bind(code: str, status: int) -> Cause:
    name, sentence = _SESSION.get(
        status, ("", f"L’opérateur de SMS refuse d’ouvrir une session (code {status:02X}).")
    )
    return operator_down(code, CauseKind.SESSION, sentence, _MEND_ACCOUNT, _named(name))


def _of_status(code: str, status: int) -> Cause:
    for table, kind, retry_helps, voter_sentence, advice in _ANSWERS:
        if status in table:
            name, sentence = table[status]
            return Cause(code, kind, sentence, retry_helps, _named(name), voter_sentence, advice)
    if status in _MALFORMED:
        name, what = _MALFORMED[status]
        sentence = f"L’opérateur de SMS ne comprend pas notre message ({what})."
        return Cause(code, _REFUSED, sentence, False, _named(name), VoterSentence.OPERATOR_DOWN, _MEND_PROGRAM)
    sentence = f"L’opérateur de SMS refuse le message, par un code à lui ({status:X})."
    return Cause(code, _REFUSED, sentence, True, _STATUS_SOURCE, VoterSentence.OPERATOR_DOWN, ASK_OPERATOR)


def _of_receipt(code: str, state: str, error: str) -> Cause:
    sentence, retry_helps = _STATES[state]
    source, number = _STATE_SOURCE, int(error) if error.isdecimal() else 0
    voter_sentence = VoterSentence.CHECK_PHONE
    if number in _NETWORK_ERRORS:
        words, retry_helps = _NETWORK_ERRORS[number]
        sentence = f"{sentence[:-1]} (code {error}, souvent\u00a0: {words})."
        source = f"{source}\u202f; {_NETWORK_SOURCE}"
        if not retry_helps:
            voter_sentence = VoterSentence.CHECK_NUMBER
    elif error:
        sentence = f"{sentence[:-1]} (code {error} de l’opérateur)."
    advice = "Relancer une fois\u202f; sinon, la personne choisit un autre moyen."
    return Cause(
        code,
        CauseKind.NOT_DELIVERED,
        sentence,
        retry_helps,
        source,
        voter_sentence,
        advice if retry_helps else OTHER_NUMBER,
    )


def _named(status: str) -> str:
    return f"{_STATUS_SOURCE}, {status}" if status else _STATUS_SOURCE
