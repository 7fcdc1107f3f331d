"""The figures as tables: a French title, a header, and rows of words and numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from activities.evidence.chain.hashes import Head
from activities.evidence.figures_requests import Recoveries, RequestFigures, Waiting
from activities.evidence.figures_sends import Kind, SendFigures, Sends
from activities.evidence.journal import DELIVERED
from election.procedures import Procedure
from election.rules.security import SecurityRules

_REQUESTS = ("Événement", "Canal", "Issue", "Nombre")
_SENDS = (
    *("Canal", "Passerelle", "Pays ou domaine", "Envois", "Acceptés", "Remis", "En cours"),
    *("En retard", "En échec", "Retournés", "Délai médian (s)", "9 sur 10 en (s)"),
)
_RECOVERIES = ("Demandes", "Refusées", "Remises", "Expirées", "Annulées")
_PROCEDURES: dict[str, str] = {
    Procedure.VOTING_CODE: "code de vote",
    Procedure.PASSWORD: "mot de passe",
    Procedure.IDENTIFIER: "identifiant",
    Procedure.IDENTIFIER_AND_PASSWORD: "identifiant et mot de passe",
}
NO_ANSWER_YET = "sans réponse encore"
Cell = str | int | float


class AllFigures(Protocol):
    """What is shown."""

    @property
    def requests(self) -> "Counts":
        """Requests by event, channel and outcome."""

    @property
    def accesses(self) -> "Counts":
        """Attempts at access by event, channel and outcome."""

    @property
    def recoveries(self) -> RequestFigures:
        """Recoveries by procedure and day, and who waits."""

    @property
    def messages(self) -> SendFigures:
        """Messages by area, cause and day."""

    @property
    def head(self) -> Head:
        """The head of the journal's chain."""


Counts = Mapping[Kind, int]


@dataclass(frozen=True)
class FiguresTable:
    """A table; its first `words` columns have words, the others numbers. `file` is its name without `.csv`."""

    file: str
    title: str
    header: Sequence[str]
    words: int
    rows: Sequence[Sequence[Cell]]


def tables_of(figures: AllFigures, security: SecurityRules) -> list[FiguresTable]:
    """Return every table but that of the waiting electors one by one."""
    return [
        FiguresTable("procedures", "Procédures", ("Procédure", *_RECOVERIES, "Envois"), 1, _procedures(figures)),
        FiguresTable("jours", "Jours", ("Jour", *_RECOVERIES[:3], "Envois", "En échec"), 1, _days(figures)),
        FiguresTable("demandes", "Demandes", _REQUESTS, 3, _requests(figures.requests)),
        FiguresTable("acces", "Accès", _REQUESTS, 3, _requests(figures.accesses)),
        FiguresTable("envois", "Envois", _SENDS, 3, _sends(figures.messages)),
        FiguresTable(
            "causes",
            "Causes des échecs",
            ("Procédure", "Canal", "Passerelle", "Cause", "En cours", "En échec"),
            4,
            _causes(figures.messages),
        ),
        FiguresTable(
            "attentes",
            "Électeurs qui ont demandé et n’ont rien reçu",
            ("Procédure", "Dernier envoi", "Électeurs"),
            2,
            _waiting_counts(figures.recoveries.waiting),
        ),
        FiguresTable("securite", "Sécurité", ("Niveau", "Faiblesse admise", "Motif"), 3, _security_rows(security)),
    ]


def waiting_electors(figures: AllFigures) -> FiguresTable:
    """Return the electors who asked and have received nothing, by their opaque ids."""
    rows = [
        (each.elector_id, _name(each.procedure), _last_send(each), f"{each.last:%Y-%m-%d %H:%M}", each.requests)
        for each in figures.recoveries.waiting
    ]
    header = ("Électeur", "Procédure", "Dernier envoi", "Dernière demande", "Nombre")
    return FiguresTable("electeurs", "Électeurs en attente", header, 4, rows)


def chain(head: Head) -> FiguresTable:
    """Return the head of the journal's chain."""
    return FiguresTable("chaine", "Chaîne", ("Position", "Empreinte"), 2, [(head.position, head.chain_hash)])


def _requests(counts: Counts) -> list[Sequence[Cell]]:
    return [(*kind, number) for kind, number in counts.items()]


def _procedures(figures: AllFigures) -> list[Sequence[Cell]]:
    sent, recoveries = figures.messages.by_procedure, figures.recoveries.by_procedure
    names = sorted({*sent, *recoveries})
    return [(_name(name), *_recoveries(recoveries.get(name, Recoveries())), sent[name]) for name in names]


def _days(figures: AllFigures) -> list[Sequence[Cell]]:
    sends, recoveries = figures.messages.by_day, figures.recoveries.by_day
    rows: list[Sequence[Cell]] = []
    for day in sorted({*sends, *recoveries}):
        some = sends.get(day, Sends())
        rows.append((day, *_recoveries(recoveries.get(day, Recoveries()))[:3], some.sent, some.failed))
    return rows


def _name(procedure: str) -> str:
    return _PROCEDURES.get(procedure, procedure)


def _recoveries(some: Recoveries) -> Sequence[int]:
    return (some.asked, some.refused, some.handed, some.expired, some.cancelled)


def _sends(sends: SendFigures) -> list[Sequence[Cell]]:
    return [(*kind, *_counts(kind[0], each), *_delays(each)) for kind, each in sends.by_area.items()]


def _counts(channel: str, sends: Sends) -> Sequence[Cell]:
    # A mail has no receipt, so whether it was delivered is not known; only that it came back.
    is_sms = channel == "sms"
    delivered, bounced = sends.delivered if is_sms else "", "" if is_sms else sends.bounced
    return (sends.sent, sends.accepted, delivered, sends.trying, sends.late, sends.failed, bounced)


def _delays(sends: Sends) -> Sequence[Cell]:
    delay = sends.delay
    return (_seconds(delay.median), _seconds(delay.percentile_90)) if delay else ("", "")


def _seconds(delay: timedelta) -> float:
    return round(delay.total_seconds(), 1)


def _causes(sends: SendFigures) -> list[Sequence[Cell]]:
    return [
        (_name(procedure), channel, gateway, cause or NO_ANSWER_YET, some.trying, some.failed)
        for (procedure, channel, gateway, cause), some in sorted(sends.by_cause.items())
    ]


def _waiting_counts(waiting: Sequence[Waiting]) -> list[Sequence[Cell]]:
    counted = Counter((_name(each.procedure), _last_send(each)) for each in waiting)
    return [(*kind, number) for kind, number in sorted(counted.items())]


def _last_send(elector: Waiting) -> str:
    """Return what became of an elector's last message, in French."""
    if not elector.has_message:
        return "aucun envoi"
    if elector.is_trying:
        return "en cours"
    if elector.outcome == DELIVERED:
        return "remis"
    if elector.was_accepted and elector.outcome in {"", "accepted"}:
        return "accepté"
    return "en échec"


def _security_rows(security: SecurityRules) -> list[Sequence[Cell]]:
    level = str(security.level)
    return [(level, *each) for each in security.overrides.items()] or [(level, "aucune", "")]
