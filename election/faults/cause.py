"""What a fault means: its class, a sentence for operators, one for the voter, and whether a retry helps."""

from dataclasses import dataclass
from enum import StrEnum

from election.faults.voter_sentence import VoterSentence


class CauseKind(StrEnum):
    """The class of a cause: what has to change before the message can arrive."""

    MESSAGE_REFUSED = "message-refused"  # this message or its destination, for good
    NOT_DELIVERED = "not-delivered"  # accepted, and the phone or the mailbox did not take it
    NOT_NOW = "not-now"  # the gateway puts messages off
    SESSION = "session"  # no connection, or one that accepts no message of ours
    DATABASE = "database"
    PORTAL = "portal"  # our own keys, signatures or program
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The class in French, for operators."""
        return _LABELS[self]


_LABELS = {
    CauseKind.MESSAGE_REFUSED: "Message refusé",
    CauseKind.NOT_DELIVERED: "Message non remis",
    CauseKind.NOT_NOW: "Refus passager",
    CauseKind.SESSION: "Connexion en panne",
    CauseKind.DATABASE: "Base de données",
    CauseKind.PORTAL: "Panne du portail",
    CauseKind.UNKNOWN: "Cause inconnue",
}


@dataclass(frozen=True)
class Cause:
    """What a gateway's code means.

    `sentence` is for operators, in French. `voter_sentence` is for the voter, to be translated where it is shown; it is
    empty where it would say nothing that helps. `retry_helps` is whether the same message may arrive when it is sent
    again, once what `advice` says is done.
    """

    code: str
    kind: CauseKind
    sentence: str
    retry_helps: bool
    source: str = ""
    voter_sentence: str = ""
    advice: str = ""


def operator_down(code: str, kind: CauseKind, sentence: str, advice: str, source: str = "") -> Cause:
    """Return a cause that lies with the operator of SMS, and not with the message: a retry helps."""
    return Cause(code, kind, sentence, True, source, VoterSentence.OPERATOR_DOWN, advice)


ASK_OPERATOR = "Demander à l’opérateur ce que ce code veut dire, puis relancer."
OTHER_NUMBER = "Ne pas relancer\u00a0: la personne donne un autre numéro, ou choisit un autre moyen."
OTHER_ADDRESS = (
    "Ne pas relancer\u00a0: la personne donne une autre adresse\u202f; celle de la messagerie professionnelle se corrige sur la "
    "liste électorale."
)
WAIT = "Pendant la panne, les essais se font d’eux-mêmes. Relancer ensuite ce qui a échoué."
