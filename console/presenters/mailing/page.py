"""« Envois en nombre »: how far each mailing is, from its rows and, while a worker answers, from its workflow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from activities.outbox.mailing_figures import MailingCounts
from activities.outbox.rows import State
from console.presenters.rates import shown_rate
from election.causes import cause_of
from election.following.progress import fault_of
from election.stages import Channel
from election.text.numbers import written_span
from workflows.contracts.orders import rate_limits
from workflows.mailings.messages import MAX_RATE, MIN_RATE, MailingProgress
from workflows.mailings.ui_details import heading, percent

URL = "/exploitation/envois"
DEFAULT_RATE = 20
NO_ANSWER = (
    "Aucun worker ne répond, ou l’envoi n’a pas commencé\u00a0: les nombres sont ceux de la base de données. Un envoi en "
    "cours reprend de lui-même au retour des workers."
)
WRONG_RATE = f"Indiquez un rythme de {rate_limits(MIN_RATE, MAX_RATE)}\u00a0envois par seconde."
WRONG_NAME = "Nommez l’envoi en minuscules, chiffres et tirets, 32 au plus\u00a0: par exemple envoi-1."
NOT_OFFERED = "Cette élection n’envoie pas de liens à toutes les personnes de la liste électorale."
NOTHING_FAILED = (
    "Plus aucun courriel n’est en échec pour cette cause\u00a0: quelqu’un les a peut-être déjà renvoyés."
)
RUNS_NO_LONGER = "L’envoi s’est arrêté entre-temps, et rien n’a été renvoyé\u00a0: relisez ce que «\u00a0Renvoyer\u00a0» fait maintenant."
_STATES, _WAITING = 4, 2  # of the figures: each person is in one of the first ones; where those who wait are
_ALTERED = "La ligne de cette personne sur la liste électorale n’a été écrite par aucun import."


@dataclass(frozen=True)
class MailingFailure:
    """What has failed for one cause."""

    cause: str
    sentence: str
    advice: str
    retry_helps: bool
    number: int


@dataclass(frozen=True)
class MailingPage:
    """What the page of a mailing says; what only its workflow knows is empty while that does not answer.

    `ordered_at` is set while no worker has begun it.
    """

    name: str
    state: str
    state_kind: Literal["info", "warning", "success", "new"]
    figures: list[tuple[str, int, str]]
    failures: list[MailingFailure]
    percent: str
    rate: str
    left: str
    begun_at: datetime | None
    changed_at: datetime | None
    answers: bool
    is_running: bool
    is_paused: bool
    is_over: bool
    ordered_at: datetime | None = None

    @property
    def waiting(self) -> int:
        """How many persons have got nothing yet: those whom a mailing that begins again goes to as well."""
        return self.figures[_WAITING][1]

    @property
    def url(self) -> str:
        """The path of the page."""
        return f"{URL}/{self.name}"


def mailing_page(
    name: str,
    counts: MailingCounts | None,
    progress: MailingProgress | None,
    ordered_at: datetime | None = None,
    electors: int = 0,
) -> MailingPage:
    """Return the page of a mailing, of which its rows or its progress may be missing; then it goes to so many electors."""
    figures = _figures(counts, progress.total if progress else electors)
    is_running = progress is not None and progress.ending is None
    return MailingPage(
        name=name,
        state=_state(progress, ordered_at),
        state_kind="warning" if ordered_at else _kind(counts, progress),
        figures=figures,
        failures=_failures(counts),
        percent=_reached(figures),
        rate=shown_rate(progress.per_second) if is_running and progress else "",
        left=written_span(progress.remaining) if progress and progress.remaining is not None else "",
        begun_at=counts.first if counts else None,
        changed_at=counts.last if counts else None,
        answers=progress is not None,
        is_running=is_running,
        is_paused=progress is not None and progress.is_paused,
        is_over=progress is not None and not is_running,
        ordered_at=ordered_at,
    )


def _state(progress: MailingProgress | None, ordered_at: datetime | None) -> str:
    if progress is not None:
        return heading(progress)
    return "En attente d’un worker" if ordered_at else "État inconnu"


def _reached(figures: list[tuple[str, int, str]]) -> str:
    reached, total = sum(each[1] for each in figures[:2]), sum(each[1] for each in figures[:_STATES])
    return percent(100 * reached / total) if total else ""


def _figures(counts: MailingCounts | None, total: int) -> list[tuple[str, int, str]]:
    states = counts.states if counts else {}
    # By the rows: those that must be sealed again wait, and the mailing counts them as not prepared.
    unprepared = max(0, total - sum(states.values()))
    return [
        ("Acceptés par le relais", states.get(State.ACCEPTED, 0), "sent"),
        ("Lien d’une demande de la personne", states.get(State.OWN, 0), "skipped"),
        ("En attente", states.get(State.WAITING, 0) + states.get(State.ASKED, 0) + unprepared, "waiting"),
        ("En échec", states.get(State.FAILED, 0), "failed"),
        # The relay had accepted them; they have failed too.
        ("Dont retournés", counts.bounced if counts else 0, "bounced"),
        ("Liens ouverts", counts.opened if counts else 0, "opened"),
    ]


def _failures(counts: MailingCounts | None) -> list[MailingFailure]:
    ordered = sorted(counts.failed.items(), key=lambda each: -each[1]) if counts else []
    found = []
    for code, number in ordered:
        cause = cause_of(fault_of(Channel.EMAIL, code))
        sentence = _ALTERED if code == "roll" else cause.sentence
        found.append(MailingFailure(code, sentence, cause.advice, cause.retry_helps, number))
    return found


def _kind(
    counts: MailingCounts | None, progress: MailingProgress | None
) -> Literal["info", "warning", "success", "new"]:
    if progress is None:
        return "new"
    if progress.ending is not None:
        is_reached = progress.ending == "AllAccepted" and not (counts and counts.failed)
        return "success" if is_reached else "new"
    return "warning" if progress.is_paused or progress.relay_fault or progress.database_fault else "info"
