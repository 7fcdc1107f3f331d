"""The codes of an SMS operator that is spoken to by HTTP, and the final states that its events tell."""

import re

from election.faults.cause import ASK_OPERATOR, OTHER_NUMBER, WAIT, Cause, CauseKind
from election.faults.voter_sentence import VoterSentence

_SOURCE = "RFC 9110, § 15"
_MEND_ACCOUNT = "Corriger le compte chez l’opérateur de SMS, ou les réglages de la passerelle, puis relancer."
_ONCE = "Relancer une fois\u202f; sinon, la personne choisit le courriel."
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
# What the events of OVHcloud, Brevo and Twilio say in the end: the sentence, whether a retry helps, the voter's sentence.
_STATES = {
    "undelivered": ("Le téléphone n’a pas reçu le SMS.", True, VoterSentence.CHECK_PHONE),
    "failed": ("L’opérateur n’a pas pu remettre le SMS.", True, VoterSentence.CHECK_PHONE),
    "expired": ("Le téléphone est resté injoignable\u00a0: le SMS a expiré.", True, VoterSentence.CHECK_PHONE),
    "softbounce": ("Le téléphone est injoignable pour l’instant.", True, VoterSentence.CHECK_PHONE),
    "hardbounce": ("Ce numéro n’existe pas, ou ne reçoit pas de SMS.", False, VoterSentence.CHECK_NUMBER),
    "invalid": ("Ce numéro n’existe pas, ou ne reçoit pas de SMS.", False, VoterSentence.CHECK_NUMBER),
    "rejected": ("L’opérateur a rejeté le SMS.", False, VoterSentence.OPERATOR_DOWN),
    "refused": ("L’opérateur de SMS refuse ce message.", False, VoterSentence.OPERATOR_DOWN),
    "blocked": ("L’opérateur bloque les SMS vers ce numéro.", False, VoterSentence.CHECK_NUMBER),
    "blacklisted": ("Ce numéro est sur la liste noire de l’opérateur.", False, VoterSentence.CHECK_NUMBER),
    "unsubscribed": ("Ce numéro a refusé nos SMS par «\u00a0STOP\u00a0».", False, VoterSentence.CHECK_NUMBER),
}

_STATUS = re.compile(r"http-([1-5]\d\d)")
_WORD = re.compile(r"http-([a-z]+)(?:-([\w.]{1,24}))?")


def http_cause(code: str) -> Cause | None:
    """Return what a code of an HTTP gateway means, or None for a code that is none of its."""
    if found := _STATUS.fullmatch(code):
        return _of_status(code, int(found[1]))
    if not (found := _WORD.fullmatch(code)):
        return None
    word, detail = found[1], found[2] or ""
    if word in _CONNECTION:
        return _down(code, CauseKind.SESSION, _CONNECTION[word], WAIT)
    if word in {"busy", "throttled"}:
        return _down(code, CauseKind.NOT_NOW, _NOT_NOW[429], WAIT)
    if word.removesuffix("s") in _STATES or word in _STATES:
        return _of_state(code, _STATES.get(word) or _STATES[word.removesuffix("s")], detail)
    return None


def _of_status(code: str, status: int) -> Cause:
    if status >= _FIRST_SERVER_ERROR:
        sentence = f"L’opérateur de SMS a une panne (HTTP {status})\u00a0: il a peut-être pris le message."
        return _down(code, CauseKind.NOT_NOW, sentence, WAIT, _SOURCE)
    if status in _ACCOUNT:
        return _down(code, CauseKind.SESSION, _ACCOUNT[status], _MEND_ACCOUNT, _SOURCE)
    if status in _NOT_NOW:
        return _down(code, CauseKind.NOT_NOW, _NOT_NOW[status], WAIT, _SOURCE)
    refused = CauseKind.MESSAGE_REFUSED
    if status in _REFUSED:
        return Cause(code, refused, _REFUSED[status], False, _SOURCE, VoterSentence.CHECK_NUMBER, OTHER_NUMBER)
    sentence = f"L’opérateur de SMS refuse ce message (HTTP {status})."
    return Cause(code, refused, sentence, True, _SOURCE, VoterSentence.OPERATOR_DOWN, ASK_OPERATOR)


def _of_state(code: str, state: tuple[str, bool, str], detail: str) -> Cause:
    sentence, retry_helps, voter_sentence = state
    if detail:
        sentence = f"{sentence[:-1]} (code {detail} de l’opérateur)."
    kind = CauseKind.NOT_DELIVERED
    if code.startswith(("http-refused", "http-rejected", "http-invalid")):
        kind = CauseKind.MESSAGE_REFUSED
    return Cause(code, kind, sentence, retry_helps, "", voter_sentence, _ONCE if retry_helps else OTHER_NUMBER)


def _down(code: str, kind: CauseKind, sentence: str, advice: str, source: str = "") -> Cause:
    return Cause(code, kind, sentence, True, source, VoterSentence.OPERATOR_DOWN, advice)
