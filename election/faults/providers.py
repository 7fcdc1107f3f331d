"""The codes of their own by which SMS operators answer by HTTP and report what became of an SMS."""

import re

from election.faults.cause import ASK_OPERATOR, OTHER_NUMBER, WAIT, Cause, CauseKind
from election.faults.voter_sentence import VoterSentence

_MEND_ACCOUNT = "Corriger le compte chez l’opérateur de SMS, puis relancer."
_ONCE = "Relancer une fois\u202f; sinon, la personne choisit un autre moyen."
_NO_SUCH_NUMBER = "Ce numéro n’existe pas, ou ne reçoit pas de SMS."
# By what the answer means: the class, whether a retry helps, what to tell the voter, and what to do.
_NUMBER = (CauseKind.MESSAGE_REFUSED, False, VoterSentence.CHECK_NUMBER, OTHER_NUMBER)
_MESSAGE = (CauseKind.MESSAGE_REFUSED, True, VoterSentence.OPERATOR_DOWN, ASK_OPERATOR)
_REFUSED = (CauseKind.MESSAGE_REFUSED, False, VoterSentence.OPERATOR_DOWN, OTHER_NUMBER)
_ACCOUNT = (CauseKind.SESSION, True, VoterSentence.OPERATOR_DOWN, _MEND_ACCOUNT)
_LATER = (CauseKind.NOT_NOW, True, VoterSentence.OPERATOR_DOWN, WAIT)
_PHONE = (CauseKind.NOT_DELIVERED, True, VoterSentence.CHECK_PHONE, _ONCE)
_NETWORK = (CauseKind.NOT_DELIVERED, True, VoterSentence.OPERATOR_DOWN, _ONCE)
_Known = tuple[str, tuple[CauseKind, bool, str, str]]

# https://www.twilio.com/docs/api/errors
TWILIO: dict[str, _Known] = {
    "14107": ("L’opérateur de SMS refuse les messages qui arrivent trop vite.", _LATER),
    "20003": ("L’opérateur de SMS refuse notre compte ou sa clé.", _ACCOUNT),
    "20005": ("Notre compte n’est plus actif chez l’opérateur de SMS.", _ACCOUNT),
    "20006": ("L’opérateur de SMS interdit cet envoi à notre compte.", _ACCOUNT),
    "20429": ("L’opérateur de SMS refuse les messages qui arrivent trop vite.", _LATER),
    "21211": (_NO_SUCH_NUMBER, _NUMBER),
    "21212": ("L’opérateur de SMS refuse le nom de l’expéditeur.", _ACCOUNT),
    "21214": (_NO_SUCH_NUMBER, _NUMBER),
    "21217": (_NO_SUCH_NUMBER, _NUMBER),
    "21401": (_NO_SUCH_NUMBER, _NUMBER),
    "21408": ("Notre compte n’a pas le droit d’écrire dans ce pays.", _ACCOUNT),
    "21606": ("L’opérateur de SMS refuse notre expéditeur.", _ACCOUNT),
    "21607": ("L’opérateur de SMS refuse notre expéditeur.", _ACCOUNT),
    "21608": ("Notre compte d’essai ne peut pas écrire à ce numéro.", _ACCOUNT),
    "21610": ("Ce numéro a refusé nos SMS par «\u00a0STOP\u00a0».", _NUMBER),
    "21611": ("La file d’attente de l’opérateur de SMS est pleine.", _LATER),
    "21612": ("L’opérateur de SMS ne peut pas joindre ce numéro avec notre expéditeur.", _ACCOUNT),
    "21614": ("Ce numéro n’est pas un mobile.", _NUMBER),
    "21617": ("L’opérateur de SMS trouve le message trop long.", _MESSAGE),
    "30001": ("La file d’attente de l’opérateur de SMS est pleine.", _LATER),
    "30002": ("Notre compte est suspendu chez l’opérateur de SMS.", _ACCOUNT),
    "30003": ("Le téléphone est éteint ou hors réseau.", _PHONE),
    "30004": ("Le réseau mobile bloque les SMS vers ce numéro.", _NUMBER),
    "30005": (_NO_SUCH_NUMBER, _NUMBER),
    "30006": ("Ce numéro est un fixe, ou son réseau est injoignable.", _NUMBER),
    "30007": ("Le réseau mobile a filtré le SMS.", _MESSAGE),
    "30008": ("L’opérateur n’a pas pu remettre le SMS, sans dire pourquoi.", _NETWORK),
    "30036": ("Le SMS a expiré avant d’être remis.", _PHONE),
    "30410": ("Le réseau mobile n’a pas répondu à temps.", _NETWORK),
    "63038": ("La limite du jour est atteinte chez l’opérateur de SMS.", _ACCOUNT),
}
# https://developers.brevo.com/docs/transactional-webhooks, and words that others use; without case, `-` and `_`.
WORDS: dict[str, _Known] = {
    "hardbounce": (_NO_SUCH_NUMBER, _NUMBER),
    "softbounce": ("Le téléphone est injoignable pour l’instant.", _PHONE),
    "blacklisted": ("Ce numéro est sur la liste noire de l’opérateur.", _NUMBER),
    "blocked": ("L’opérateur bloque les SMS vers ce numéro.", _NUMBER),
    "unsubscribed": ("Ce numéro a refusé nos SMS par «\u00a0STOP\u00a0».", _NUMBER),
    "rejected": ("L’opérateur a rejeté le SMS.", _REFUSED),
    "skip": ("L’opérateur n’a pas envoyé le SMS.", _MESSAGE),
    "skipped": ("L’opérateur n’a pas envoyé le SMS.", _MESSAGE),
    "undelivered": ("Le téléphone n’a pas reçu le SMS.", _PHONE),
    "refused": ("L’opérateur de SMS refuse ce message.", _REFUSED),
    "invalid": (_NO_SUCH_NUMBER, _NUMBER),
    "session": ("L’opérateur de SMS refuse notre compte.", _ACCOUNT),
    "failed": ("L’opérateur n’a pas pu remettre le SMS.", _NETWORK),
    "canceled": ("L’opérateur a annulé le SMS.", _NETWORK),
    "expired": ("Le SMS a expiré avant d’être remis.", _PHONE),
    "invalidreceiver": (_NO_SUCH_NUMBER, _NUMBER),
    "invalidparameter": (
        "L’opérateur de SMS refuse ce message\u00a0: souvent un numéro qui n’existe pas.",
        _NUMBER,
    ),
    "missingparameter": ("L’opérateur de SMS dit qu’il manque une donnée à notre message.", _MESSAGE),
    "outofrange": ("L’opérateur de SMS refuse une valeur de notre message.", _MESSAGE),
    "notenoughcredits": ("Le crédit de SMS est épuisé chez l’opérateur.", _ACCOUNT),
    "unauthorized": ("L’opérateur de SMS refuse notre compte ou sa clé.", _ACCOUNT),
    "permissiondenied": ("L’opérateur de SMS interdit cet envoi à notre compte.", _ACCOUNT),
    "accountundervalidation": ("L’opérateur de SMS vérifie encore notre compte.", _ACCOUNT),
}
_SOURCES = (TWILIO, "Twilio, Error and Warning Dictionary"), (WORDS, "")
_CODE = re.compile(r"http-([a-z]+)(?:-([\w.]{1,24}))?", re.ASCII)


def provider_cause(code: str) -> Cause | None:
    """Return what an operator by HTTP says in words or codes of its own, such as `http-undelivered-30003`, or None."""
    if not (found := _CODE.fullmatch(code)):
        return None
    word, detail = found[1], found[2] or ""
    for table, source in _SOURCES:
        if known := table.get(detail.replace("_", "").lower()):
            return _cause(code, known, source)
    known = WORDS.get(word) or WORDS.get(word.removesuffix("s"))
    if known is None:
        return None
    sentence, meaning = known
    named = f"{sentence[:-1]} (code {detail} de l’opérateur)." if detail else sentence
    return _cause(code, (named, meaning))


def _cause(code: str, known: _Known, source: str = "") -> Cause:
    sentence, (kind, retry_helps, voter_sentence, advice) = known
    return Cause(code, kind, sentence, retry_helps, source, voter_sentence, advice)
