"""The faults of our own side: the database, keys, signatures, time-outs and errors of the program."""

import re

from election.faults.cause import WAIT, Cause, CauseKind
from election.faults.voter_sentence import VoterSentence

_BEGIN_AGAIN = "Annuler\u00a0: la personne refait une demande."
_MEND = "Regarder le journal des workers, corriger la cause, puis relancer."
_MEND_DATABASE = "Corriger la cause (migration ou droit qui manque, voir le journal des workers), puis relancer."

_DATABASE_AWAY = "La base de données du portail ne répond pas."
_REFUSALS = {
    "DataError": "La base de données refuse une valeur.",
    "IntegrityError": "La base de données refuse une écriture qui en contredit une autre.",
    "ProgrammingError": "La base de données refuse une requête\u00a0: une migration ou un droit manque.",
    "NotSupportedError": "La base de données ne sait pas exécuter une requête.",
    "StatementError": "Une requête n’a pas pu être préparée pour la base de données.",
}
_PORTAL = {
    "acceptance-forged": (
        "La réponse n’est pas signée par notre messagerie\u00a0: un autre worker a pris l’envoi.",
        "Prévenir l’administration de Temporal avant de relancer.",
        True,
    ),
    "envelope-closed": (
        "La clé qui ouvre la destination est détruite, par exemple après une restauration de la base.",
        _BEGIN_AGAIN,
        False,
    ),
    "gateway-suspended": (
        "Toutes les passerelles de ce canal sont suspendues.",
        "Reprendre une passerelle\u00a0: les messages partent d’eux-mêmes.",
        True,
    ),
    "gateway-left-out": (
        "La seule passerelle de ce canal vient d’échouer.",
        "Attendre\u00a0: le portail essaie de nouveau dans quelques secondes.",
        True,
    ),
    "timeout": ("Aucun worker de messagerie n’a répondu à temps.", "Vérifier les workers, puis relancer.", True),
    "roll": (
        "La ligne de la liste électorale n’a pas été écrite par un import.",
        "Importer de nouveau la liste, puis relancer.",
        True,
    ),
    "sealed": (
        "L’adresse préparée pour l’envoi ne s’ouvre pas.",
        "Relancer\u00a0: elle est préparée de nouveau.",
        True,
    ),
    "LookupError": ("La personne n’est plus sur la liste électorale.", _BEGIN_AGAIN, False),
    "InvalidSignatureError": ("Un ordre n’est pas signé par le portail.", "Prévenir l’administration.", False),
    "InvalidIdError": ("Un identifiant n’a pas la forme de ceux du portail.", "Prévenir l’administration.", False),
    "LinkVerdict": ("Le lien a été remplacé ou annulé entre-temps.", _BEGIN_AGAIN, False),
}
_SAME_AS = {"EnvelopeError": "envelope-closed"}
# By SQLAlchemy's names.
REFUSED_STATEMENTS = tuple(_REFUSALS)
CODES = (*REFUSED_STATEMENTS, *_PORTAL, *_SAME_AS)
_ERROR_NAME = re.compile(r"[A-Z]\w{0,63}")


def database_cause(code: str) -> Cause:
    """Return what the reason of an activity that the database holds up means."""
    database = CauseKind.DATABASE
    if code in {"DatabaseUnavailableError", "timeout"}:
        return Cause(code, database, _DATABASE_AWAY, True, "", VoterSentence.PORTAL_DOWN, WAIT)
    sentence = _REFUSALS.get(code, "Une opération sur la base de données a échoué.")
    return Cause(code, database, sentence, True, "PEP 249", VoterSentence.PORTAL_DOWN, _MEND_DATABASE)


def portal_cause(code: str) -> Cause | None:
    """Return what a code of our own side means, or None for a code that is none of it."""
    if code == "DatabaseUnavailableError" or code in _REFUSALS:
        return database_cause(code)
    if found := _PORTAL.get(_SAME_AS.get(code, code)):
        sentence, advice, retry_helps = found
        voter_sentence = VoterSentence.PORTAL_DOWN if retry_helps else VoterSentence.BEGIN_AGAIN
        return Cause(code, CauseKind.PORTAL, sentence, retry_helps, "", voter_sentence, advice)
    if _ERROR_NAME.fullmatch(code):
        sentence = f"Le programme a échoué (`{code}`)."
        return Cause(code, CauseKind.PORTAL, sentence, True, "", VoterSentence.PORTAL_DOWN, _MEND)
    return None
