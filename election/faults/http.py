"""The codes of an SMS operator that is spoken to by HTTP; `providers` has those of its own."""

import re

from election.faults.cause import ASK_OPERATOR, OTHER_NUMBER, WAIT, Cause, CauseKind, operator_down
from election.faults.voter_sentence import VoterSentence

_SOURCE = "RFC 9110, § 15"
_MEND_ACCOUNT = "Corriger le compte chez l’opérateur de SMS, ou les réglages de la passerelle, puis relancer."
_FIRST_SERVER_ERROR = 500

_CONNECTION = {
    "connect": "L’opérateur de SMS ne répond pas.",
    "timeout": "L’opérateur de SMS n’a pas répondu à temps\u00a0: il a peut-être pris le message.",
    "tls": "Le certificat de l’opérateur de SMS n’est pas reconnu.",
    "disconnected": "L’opérateur de SMS a coupé la connexion pendant l’envoi\u00a0: il a peut-être pris le message.",
    "session": "L’opérateur de SMS refuse notre connexion.",
    "answer": "La réponse de l’opérateur de SMS ne se lit pas\u00a0: il a peut-être pris le message.",
}
_ACCOUNT = {
    401: "L’opérateur de SMS refuse notre compte ou sa clé.",
    402: "Le crédit de SMS est épuisé chez l’opérateur.",
    403: "L’opérateur de SMS interdit cet envoi à notre compte.",
    404: "L’opérateur de SMS ne connaît pas le service à cette adresse.",
    405: "L’opérateur de SMS refuse notre façon de demander.",
    407: "Un mandataire veut un mot de passe avant l’opérateur de SMS.",
}
_NOT_NOW = {
    408: "L’opérateur de SMS n’a pas reçu notre demande à temps.",
    409: "L’opérateur de SMS dit qu’un envoi pareil est en cours.",
    423: "L’opérateur de SMS a suspendu notre service pour l’instant.",
    425: "L’opérateur de SMS refuse la demande pour l’instant.",
    429: "L’opérateur de SMS refuse les messages qui arrivent trop vite.",
}
_REFUSED = {
    400: "L’opérateur de SMS refuse ce message\u00a0: souvent un numéro qui n’existe pas.",
    413: "L’opérateur de SMS trouve le message trop grand.",
    422: "L’opérateur de SMS refuse ce message\u00a0: souvent un numéro qui n’existe pas.",
}
_STATUS = re.compile(r"http-([1-5]\d\d)")
_WORD = re.compile(r"http-([a-z]+)")


def http_cause(code: str) -> Cause | None:
    """Return what a code of an HTTP gateway means, or None for a code that is none of its."""
    if found := _STATUS.fullmatch(code):
        return _of_status(code, int(found[1]))
    if not (found := _WORD.fullmatch(code)):
        return None
    word = found[1]
    if word in _CONNECTION:
        return operator_down(code, CauseKind.SESSION, _CONNECTION[word], WAIT)
    return operator_down(code, CauseKind.NOT_NOW, _NOT_NOW[429], WAIT) if word in {"busy", "throttled"} else None


def _of_status(code: str, status: int) -> Cause:
    if status >= _FIRST_SERVER_ERROR:
        sentence = f"L’opérateur de SMS a une panne (HTTP {status})\u00a0: il a peut-être pris le message."
        return operator_down(code, CauseKind.NOT_NOW, sentence, WAIT, _SOURCE)
    if status in _ACCOUNT:
        return operator_down(code, CauseKind.SESSION, _ACCOUNT[status], _MEND_ACCOUNT, _SOURCE)
    if status in _NOT_NOW:
        return operator_down(code, CauseKind.NOT_NOW, _NOT_NOW[status], WAIT, _SOURCE)
    refused = CauseKind.MESSAGE_REFUSED
    if status in _REFUSED:
        return Cause(code, refused, _REFUSED[status], False, _SOURCE, VoterSentence.CHECK_NUMBER, OTHER_NUMBER)
    sentence = f"L’opérateur de SMS refuse ce message (HTTP {status})."
    return Cause(code, refused, sentence, True, _SOURCE, VoterSentence.OPERATOR_DOWN, ASK_OPERATOR)
