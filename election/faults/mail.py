"""The codes of a mail relay: answers by SMTP, what the program found, and bounces."""

import re

from election.faults.cause import OTHER_ADDRESS, WAIT, Cause, CauseKind
from election.faults.voter_sentence import VoterSentence

_SMTP, _AUTH, _ENHANCED = "RFC 5321, § 4.2.3", "RFC 4954, § 6", "RFC 3463"
_MEND_ACCOUNT = "Corriger `REASSORT_SMTP_…`, `REASSORT_MAIL_FROM` ou ce que le relais permet, puis relancer."
_MEND_SENDER = "Corriger `REASSORT_MAIL_FROM`, SPF, DKIM ou ce que le relais permet, puis relancer."
_RETRY_LATER = "Relancer plus tard, une ou deux fois\u202f; sinon, la personne donne une autre adresse."

# No connection, or no session on it.
_CONNECTION = {
    "smtp-connect": ("Le relais de messagerie ne répond pas.", WAIT),
    "smtp-timeout": ("Le relais de messagerie n’a pas répondu à temps.", WAIT),
    "smtp-session": ("Le relais de messagerie refuse notre session, ou n’est pas un relais.", _MEND_ACCOUNT),
    "smtp-tls": (
        "Le certificat du relais de messagerie n’est pas reconnu, ou le chiffrement n’a pas été accepté.",
        "Vérifier le certificat\u202f; pour une autorité privée, `REASSORT_SMTP_CA_FILE`. Puis relancer.",
    ),
    "smtp-421": ("Le relais de messagerie s’arrête ou coupe la connexion.", WAIT),
}
# What the relay answers to our account or our sender, whoever the recipient is.
_ACCOUNT = {
    530: "Le relais de messagerie demande un compte.",
    534: "Le relais de messagerie refuse notre façon de nous identifier.",
    535: "Le relais de messagerie refuse notre compte ou son mot de passe.",
    538: "Le relais de messagerie veut un chiffrement avant le mot de passe.",
}
_NOT_NOW = {
    450: "La messagerie du destinataire refuse pour l’instant\u00a0: occupée, ou liste grise.",
    451: "Le relais de messagerie a une panne passagère.",
    452: "Le relais de messagerie manque de place.",
    454: "Le relais de messagerie ne peut ni chiffrer ni identifier pour l’instant.",
    455: "Le relais de messagerie refuse une option pour l’instant.",
}
# A 5xx to this recipient or text: the sentence, and whether a retry helps once somebody has mended the cause.
_REFUSED = {
    500: ("Le relais de messagerie ne comprend pas notre commande.", False),
    501: ("Le relais de messagerie ne comprend pas l’adresse ou une option.", False),
    502: ("Le relais de messagerie n’a pas cette commande.", False),
    503: ("Le relais de messagerie refuse l’ordre de nos commandes.", False),
    504: ("Le relais de messagerie refuse une option.", False),
    521: ("Ce serveur ne reçoit pas de courriel.", False),
    541: ("Le relais de messagerie rejette le message comme indésirable.", True),
    550: ("La messagerie refuse cette adresse\u00a0: elle n’existe pas, ou nous y sommes interdits.", False),
    551: ("La messagerie dit que cette adresse est ailleurs.", False),
    552: ("La boîte est pleine, ou le message trop grand.", False),
    553: ("La messagerie dit que cette adresse est mal écrite ou interdite.", False),
    554: ("Le relais de messagerie refuse le message, souvent comme indésirable.", True),
    555: ("Le relais de messagerie refuse une option de l’adresse.", False),
    556: ("Ce domaine ne reçoit pas de courriel.", False),
}
CODES = (421, *_ACCOUNT, *_NOT_NOW, *_REFUSED)
# RFC 3463 without its class: the sentence, and what to tell the voter.
_DETAILS = {
    "0.0": (
        "La messagerie du destinataire a renvoyé le message, sans dire pourquoi.",
        VoterSentence.CHECK_ADDRESS,
    ),
    "1.0": ("La messagerie refuse cette adresse.", VoterSentence.CHECK_ADDRESS),
    "1.1": ("Cette boîte n’existe pas.", VoterSentence.CHECK_ADDRESS),
    "1.2": (
        "Le domaine de cette adresse n’existe pas, ou ne reçoit pas de courriel.",
        VoterSentence.CHECK_ADDRESS,
    ),
    "1.3": ("Cette adresse est mal écrite.", VoterSentence.CHECK_ADDRESS),
    "1.4": ("Cette adresse désigne plusieurs boîtes.", VoterSentence.CHECK_ADDRESS),
    "1.6": ("Cette boîte a été déplacée, sans nouvelle adresse.", VoterSentence.CHECK_ADDRESS),
    "1.10": ("Ce domaine dit qu’il ne reçoit pas de courriel.", VoterSentence.CHECK_ADDRESS),
    "2.0": ("La boîte ne reçoit pas le message.", VoterSentence.CHECK_ADDRESS),
    "2.1": ("Cette boîte est fermée ou suspendue.", VoterSentence.CHECK_ADDRESS),
    "2.2": ("Cette boîte est pleine.", VoterSentence.MAILBOX_FULL),
    "2.3": ("Le message est trop grand pour cette boîte.", VoterSentence.MAIL_REFUSED),
    "2.4": ("La liste de diffusion à cette adresse est en panne.", VoterSentence.CHECK_ADDRESS),
    "3.0": ("Le serveur du destinataire est en panne.", VoterSentence.MAIL_REFUSED),
    "3.1": ("Le serveur du destinataire est plein.", VoterSentence.MAIL_REFUSED),
    "3.2": ("Le serveur du destinataire ne reçoit plus de courriel.", VoterSentence.MAIL_REFUSED),
    "3.3": ("Le serveur du destinataire ne sait pas recevoir ce message.", VoterSentence.MAIL_REFUSED),
    "3.4": ("Le message est trop grand pour le serveur du destinataire.", VoterSentence.MAIL_REFUSED),
    "3.5": ("Le serveur du destinataire est mal réglé.", VoterSentence.MAIL_REFUSED),
    "4.0": ("Le réseau n’a pas permis de remettre le message.", VoterSentence.MAIL_REFUSED),
    "4.1": ("Le serveur du destinataire ne répond pas.", VoterSentence.MAIL_REFUSED),
    "4.2": ("La connexion au serveur du destinataire s’est rompue.", VoterSentence.MAIL_REFUSED),
    "4.3": ("Le domaine de cette adresse ne se trouve pas pour l’instant.", VoterSentence.CHECK_ADDRESS),
    "4.4": ("Aucun chemin ne mène au serveur du destinataire.", VoterSentence.CHECK_ADDRESS),
    "4.5": ("Le serveur du destinataire est saturé.", VoterSentence.MAIL_REFUSED),
    "4.6": ("Le message tourne en rond entre des serveurs.", VoterSentence.MAIL_REFUSED),
    "4.7": (
        "Le serveur du destinataire n’a pas pris le message dans le délai du relais.",
        VoterSentence.MAIL_REFUSED,
    ),
    "5.": ("La messagerie ne comprend pas nos commandes.", VoterSentence.RELAY_DOWN),
    "6.": ("La messagerie ne peut pas lire la forme du message.", VoterSentence.MAIL_REFUSED),
    "7.0": ("La messagerie refuse le message, par sécurité.", VoterSentence.MAIL_REFUSED),
    "7.1": ("La messagerie refuse nos messages, par une règle à elle.", VoterSentence.MAIL_REFUSED),
    "7.13": ("Le compte du destinataire est fermé.", VoterSentence.CHECK_ADDRESS),
    "7.": ("La messagerie refuse l’expéditeur\u00a0: réputation, SPF, DKIM ou DMARC.", VoterSentence.MAIL_REFUSED),
}
EXPLAINED = tuple(_DETAILS)
# What somebody on our side can mend, so that the same message arrives then.
_OURS = ("5.", "6.", "7.")
# What passes, also after the relay has given up for good.
_PASSING = {"2.2", "3.0", "3.1", "3.2", "4.0", "4.1", "4.2", "4.3", "4.5", "4.7"}

_ACCOUNT_ANSWER = re.compile(r"smtp-(?:account-([45]\d\d)|(53[0458]))")
_ANSWER = re.compile(r"smtp-([45]\d\d)(?:-([245]\.\d{1,3}\.\d{1,3}))?")
_BOUNCE = re.compile(r"bounce-([245])\.(\d{1,3}\.\d{1,3})")


def mail_cause(code: str) -> Cause | None:
    """Return what a code of a mail relay or of a bounce means, or None for a code that is none of these."""
    if code.startswith("bounce"):
        return _of_bounce(code)
    if found := _ACCOUNT_ANSWER.fullmatch(code):
        return _of_account(code, int(found[1] or found[2]))
    return _of_our_side(code) or _of_answer(code)


def _of_our_side(code: str) -> Cause | None:
    """Return what the program found: no connection, no place, an address that this relay does not take."""
    if code in _CONNECTION:
        sentence, advice = _CONNECTION[code]
        source = _SMTP if code == "smtp-421" else ""
        return Cause(code, CauseKind.SESSION, sentence, True, source, VoterSentence.RELAY_DOWN, advice)
    if code in {"smtp-busy", "smtp-throttled"}:
        sentence = (
            "Le relais de messagerie n’accepte pas assez vite\u00a0: la file d’attente du portail est pleine."
        )
        return Cause(code, CauseKind.NOT_NOW, sentence, True, "", VoterSentence.RELAY_DOWN, WAIT)
    if code == "smtp-address":
        sentence, refused = (
            "Le relais de messagerie ne sait pas écrire à cette adresse.",
            CauseKind.MESSAGE_REFUSED,
        )
        return Cause(code, refused, sentence, False, "RFC 6531", VoterSentence.CHECK_ADDRESS, OTHER_ADDRESS)
    return None


def _of_account(code: str, number: int) -> Cause:
    sentence = f"Le relais de messagerie refuse notre compte ou notre expéditeur (code {number})."
    sentence, source = _ACCOUNT.get(number, sentence), _AUTH if number in _ACCOUNT else _SMTP
    return Cause(code, CauseKind.SESSION, sentence, True, source, VoterSentence.RELAY_DOWN, _MEND_ACCOUNT)


def _of_answer(code: str) -> Cause | None:
    if not (found := _ANSWER.fullmatch(code)):
        return None
    if found[2]:
        return _detailed(code, found[2][0], found[2][2:])
    number = int(found[1])
    if number < 500:  # noqa: PLR2004 - RFC 5321, § 4.2.1
        sentence = _NOT_NOW.get(number, f"La messagerie refuse pour l’instant (code {number}).")
        return Cause(code, CauseKind.NOT_NOW, sentence, True, _SMTP, VoterSentence.MAIL_NOT_NOW, _RETRY_LATER)
    sentence, retry_helps = _REFUSED.get(number, (f"La messagerie refuse le message (code {number}).", False))
    voter_sentence = VoterSentence.MAIL_REFUSED if retry_helps else VoterSentence.CHECK_ADDRESS
    advice = _MEND_SENDER if retry_helps else OTHER_ADDRESS
    if number == 552:  # noqa: PLR2004 - RFC 5321, § 4.2.3
        voter_sentence = VoterSentence.MAILBOX_FULL
    return Cause(code, CauseKind.MESSAGE_REFUSED, sentence, retry_helps, _SMTP, voter_sentence, advice)


def _detailed(code: str, of_class: str, detail: str, kind: CauseKind | None = None) -> Cause:
    subject = f"{detail.partition('.')[0]}."
    sentence, voter_sentence = (
        _DETAILS.get(detail)
        or _DETAILS.get(subject)
        or (f"La messagerie refuse le message (code {of_class}.{detail}).", VoterSentence.MAIL_REFUSED)
    )
    if of_class == "4" or detail in _PASSING:
        if voter_sentence == VoterSentence.MAIL_REFUSED:
            voter_sentence = VoterSentence.MAIL_NOT_NOW
        otherwise = CauseKind.NOT_NOW if of_class == "4" else CauseKind.MESSAGE_REFUSED
        return Cause(code, kind or otherwise, sentence, True, _ENHANCED, voter_sentence, _RETRY_LATER)
    is_ours = subject in _OURS and detail != "7.13"
    advice = _MEND_SENDER if is_ours else OTHER_ADDRESS
    return Cause(code, kind or CauseKind.MESSAGE_REFUSED, sentence, is_ours, _ENHANCED, voter_sentence, advice)


def _of_bounce(code: str) -> Cause:
    if found := _BOUNCE.fullmatch(code):
        return _detailed(code, found[1], found[2], CauseKind.NOT_DELIVERED)
    sentence, kind = (
        "La messagerie du destinataire a renvoyé le message, sans dire pourquoi.",
        CauseKind.NOT_DELIVERED,
    )
    return Cause(code, kind, sentence, False, "RFC 3464", VoterSentence.CHECK_ADDRESS, OTHER_ADDRESS)
